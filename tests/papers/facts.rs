//! A sentence that depends on a fact is there with the fact and away without it.

use super::{deployment, paper, papers, renderer};
use vc4all_deploy::model::deployment::*;
use vc4all_deploy::model::values::{CountryCode, Line, StunUri, WebAddress};
use vc4all_deploy::papers::gathered::{Gathered, Line as Found, Place};
use vc4all_deploy::papers::{HostFacts, Known, Paper, Program, Written};

/// A fact: how it becomes otherwise, and the papers in which a text then appears or disappears, in Dutch and in English.
struct Toggle {
    change: fn(&mut Deployment),
    papers: &'static [Paper],
    before: [&'static str; 2],
    after: [&'static str; 2],
}

const TOGGLES: [Toggle; 12] = [
    Toggle {
        change: |one| one.retention.logs_days = 3,
        papers: &[Paper::Statement, Paper::Notice, Paper::Record, Paper::Impact, Paper::Access],
        before: ["hoogstens 7 dagen", "at most 7 days"],
        after: ["hoogstens 3 dagen", "at most 3 days"],
    },
    Toggle {
        change: |one| one.retention.logs_days = 1,
        papers: &[Paper::Statement, Paper::Notice, Paper::Record],
        before: ["hoogstens 7 dagen", "at most 7 days"],
        after: ["hoogstens 1 dag", "at most 1 day"],
    },
    Toggle {
        change: |one| one.host.provider = None,
        papers: &[
            Paper::Statement,
            Paper::Notice,
            Paper::Record,
            Paper::Processors,
            Paper::Agreement,
            Paper::Impact,
            Paper::Access,
        ],
        before: ["Voorbeeldhosting", "Voorbeeldhosting"],
        after: ["", ""],
    },
    Toggle {
        change: |one| one.media.peer_to_peer = PeerToPeer::On,
        papers: &[Paper::Statement, Paper::Notice, Paper::Record, Paper::Impact, Paper::Access],
        before: ["", ""],
        after: ["IP-adres zien", "see"],
    },
    Toggle {
        change: |one| one.updates.security = SecurityUpdates::Manual,
        papers: &[Paper::Record, Paper::Impact],
        before: ["installeren zichzelf", "install themselves"],
        after: ["met de hand", "by hand"],
    },
    Toggle {
        change: |one| one.operator.kind = OperatorKind::Organisation,
        papers: &[Paper::Statement, Paper::Notice, Paper::Record, Paper::Impact],
        before: ["algemeen belang", "public interest"],
        after: ["gerechtvaardigd belang", "legitimate interest"],
    },
    Toggle {
        change: |one| one.operator.privacy_officer = None,
        papers: &[Paper::Statement, Paper::Record],
        before: ["fg@voorbeeldstad.nl", "fg@voorbeeldstad.nl"],
        after: ["", ""],
    },
    Toggle {
        change: |one| one.access.second_factor = SecondFactor::Optional,
        papers: &[Paper::Record],
        before: ["en een code van een app", "and a code of an app"],
        after: ["niet verplicht", "not required"],
    },
    Toggle {
        change: |one| one.access.guests = Guests::Password,
        papers: &[Paper::Record, Paper::Impact],
        before: ["", ""],
        after: ["wachtwoord", "password"],
    },
    Toggle {
        change: |one| {
            let server = StunUri::parse("stun:stun.voorbeeld.example:3478").unwrap();
            let (operator, country) = (Line::parse("Voorbeeldstun").unwrap(), CountryCode::parse("DE").unwrap());
            one.media.stun.push(ForeignStun { server, operator, country });
        },
        papers: &[Paper::Statement, Paper::Notice, Paper::Record, Paper::Processors, Paper::Impact, Paper::Access],
        before: ["", ""],
        after: [
            "Voorbeeldstun (Duitsland)|Voorbeeldstun | Duitsland",
            "Voorbeeldstun (Germany)|Voorbeeldstun | Germany",
        ],
    },
    Toggle {
        change: |one| {
            let directory = WebAddress::parse("https://ca.voorbeeldstad.nl/dir").unwrap();
            one.tls.authority = Authority::Other { directory, root: None };
        },
        papers: &[Paper::Statement, Paper::Processors],
        before: ["Let’s Encrypt", "Let’s Encrypt"],
        after: ["ca.voorbeeldstad.nl", "ca.voorbeeldstad.nl"],
    },
    Toggle {
        change: |one| one.operator.country = CountryCode::parse("DE").unwrap(),
        papers: &[Paper::Statement, Paper::Notice, Paper::Impact, Paper::Access],
        before: ["Autoriteit Persoonsgegevens", "Autoriteit Persoonsgegevens"],
        after: ["Die Bundesbeauftragte", "Die Bundesbeauftragte"],
    },
];

#[test]
fn every_derived_sentence_flips_with_its_fact() {
    let deployment = deployment("voorbeeldstad");
    for (number, toggle) in TOGGLES.iter().enumerate() {
        let mut changed = deployment.clone();
        (toggle.change)(&mut changed);
        for which in toggle.papers {
            for (at, language) in [Language::Nl, Language::En].into_iter().enumerate() {
                let (old, new) =
                    (paper(*which, language, &deployment).markdown, paper(*which, language, &changed).markdown);
                assert_ne!(old, new, "fact {number} changes nothing in {which:?} {language:?}");
                let (before, after) = (toggle.before[at], toggle.after[at]);
                assert!(
                    old.contains(before) && (before.is_empty() || !new.contains(before)),
                    "{number} {which:?} {before}"
                );
                assert!(after.split('|').any(|after| new.contains(after.trim())), "{number} {which:?} {after}");
            }
        }
    }
}

#[test]
fn every_language_changes_with_the_facts() {
    let deployment = deployment("voorbeeldstad");
    for toggle in &TOGGLES {
        let mut changed = deployment.clone();
        (toggle.change)(&mut changed);
        for (old, new) in papers(&deployment).iter().zip(papers(&changed)) {
            let wanted = toggle.papers.contains(&old.paper);
            assert!(!wanted || old.markdown != new.markdown, "{}", old.stem());
        }
    }
}

#[test]
fn the_papers_speak_of_the_same_facts_in_each_language() {
    for (name, deployment) in super::support::deployments() {
        for which in [Paper::Statement, Paper::Notice, Paper::Record, Paper::Access] {
            let shape = |language: Language| {
                let page = paper(which, language, &deployment).body();
                ["<h2", "<tr", "<li", "<mark", "<dt", "<a ", "<p"].map(|tag| page.matches(tag).count())
            };
            for language in Language::ALL {
                assert_eq!(shape(language), shape(Language::Nl), "{name} {which:?} {language:?}");
            }
        }
    }
}

#[test]
fn who_logs_in_elsewhere_is_named_with_its_country() {
    for name in ["keycloak", "portaal"] {
        let deployment = deployment(name);
        let login = match &deployment.access.meeting_hosts {
            MeetingHosts::Oidc(provider) => provider.recipient.operator.to_string(),
            MeetingHosts::Jwt(portal) => portal.recipient.operator.to_string(),
            MeetingHosts::Accounts { .. } => panic!("{name} has accounts"),
        };
        for which in [Paper::Statement, Paper::Record, Paper::Processors, Paper::Impact, Paper::Access] {
            let text = paper(which, Language::Nl, &deployment).markdown;
            assert!(text.contains(&login) && !text.contains("wachtzin"), "{name} {which:?}");
        }
    }
}

#[test]
fn a_dutch_public_body_gets_the_dutch_model() {
    let mut deployment = deployment("voorbeeldstad");
    let text = |deployment: &Deployment| paper(Paper::Accessibility, Language::Nl, deployment).markdown;
    assert!(text(&deployment).contains("toegankelijkheidsverklaring.nl") && text(&deployment).contains("ombudsman"));
    deployment.operator.country = CountryCode::parse("BE").unwrap();
    assert!(text(&deployment).contains("2018/1523") && !text(&deployment).contains("ombudsman"));
    deployment.operator.country = CountryCode::parse("NL").unwrap();
    deployment.operator.kind = OperatorKind::Person;
    assert!(!text(&deployment).contains("ombudsman"));
}

#[test]
fn what_the_host_showed_stands_in_the_record_alone_where_it_was_looked_at() {
    let deployment = deployment("voorbeeldstad");
    let programs = vec![Program { name: "Prosody", version: "0.12.3-1".into() }];
    let host = HostFacts { release: "Debian 12".into(), programs, generation: 4 };
    let known = Known { host: Some(&host), ..Known::offline(&deployment) };
    for language in Language::ALL {
        let text = Written::of(Paper::Record, language, &known, renderer()).unwrap().markdown;
        assert!(text.contains("Debian 12") && text.contains("Prosody 0.12.3-1"), "{text}");
        assert!(!paper(Paper::Record, language, &deployment).markdown.contains("Prosody"));
    }
}

#[test]
fn the_letter_says_what_was_found_or_that_nothing_was() {
    let deployment = deployment("voorbeeldstad");
    let mut gathered = Gathered {
        address: "192.0.2.1".into(),
        from: "2026-12-01 17:30".into(),
        until: "2026-12-01 19:30".into(),
        places: vec![Place { name: "journal".into(), found: 1 }],
        unread: vec!["/var/log/x.xz".into()],
        lines: vec![Found { place: "journal".into(), text: "hello <b> 192.0.2.1 [… x …] | y".into() }],
        cut: false,
    };
    for language in Language::ALL {
        let letter = |gathered: &Gathered| {
            let known = Known { answer: Some(gathered), ..Known::offline(&deployment) };
            Written::of(Paper::Access, language, &known, renderer()).unwrap()
        };
        let found = letter(&gathered);
        assert!(found.body().contains("journal") && found.body().contains("hello &lt;b&gt; 192.0.2.1 [… x …] | y"));
        assert_eq!(found.body().matches("<mark>").count(), found.blanks);
        assert!(found.body().contains("/var/log/x.xz"));
        let whole = found.markdown.len();
        gathered.cut = true;
        assert!(letter(&gathered).markdown.len() > whole, "that there is more is said");
        gathered.cut = false;
        let line = gathered.lines.pop().unwrap();
        let nothing = letter(&gathered).markdown;
        let word = [
            ("nl", "Wij vonden niets"),
            ("en", "We found nothing"),
            ("de", "Wir fanden nichts"),
            ("fr", "rien trouvé"),
        ];
        let said = word.iter().find(|(code, _)| *code == language.code()).unwrap().1;
        assert!(nothing.contains(said) && !nothing.contains("hello"), "{nothing}");
        gathered.lines.push(line);
    }
}
