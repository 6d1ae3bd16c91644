//! A sentence that depends on a fact is there with the fact and away without it.

use super::{deployment, paper, papers, renderer};
use vc4all_deploy::model::alerts::{Webhook, WebhookAddress};
use vc4all_deploy::model::deployment::*;
use vc4all_deploy::model::identity::Recipient;
use vc4all_deploy::model::tls::{Authority, Hook, OtherAuthority};
use vc4all_deploy::model::values::{CountryCode, Line, StunUri, WebAddress};
use vc4all_deploy::papers::gathered::{Gathered, Line as Found, Place};
use vc4all_deploy::papers::{HostFacts, Known, Paper, Program, Written};

/// A fact: how it becomes otherwise, and the papers in which a text then appears or disappears, in the order of
/// `Language::ALL`; `|` stands between texts of which one is enough.
struct Toggle {
    change: fn(&mut Deployment),
    papers: &'static [Paper],
    before: [&'static str; 4],
    after: [&'static str; 4],
}

/// The word for a meeting host's passphrase, in the order of `Language::ALL`.
const PASSPHRASE: [&str; 4] = ["wachtzin", "passphrase", "Passphrase", "phrase de passe"];

const TOGGLES: [Toggle; 16] = [
    Toggle {
        change: |one| one.retention.logs_days = 3,
        papers: &[Paper::Statement, Paper::Notice, Paper::Record, Paper::Impact, Paper::Access],
        before: ["hoogstens 7 dagen", "at most 7 days", "höchstens 7 Tage", "7 jours au plus"],
        after: ["hoogstens 3 dagen", "at most 3 days", "höchstens 3 Tage", "3 jours au plus"],
    },
    Toggle {
        change: |one| one.retention.logs_days = 1,
        papers: &[Paper::Statement, Paper::Notice, Paper::Record],
        before: ["hoogstens 7 dagen", "at most 7 days", "höchstens 7 Tage", "7 jours au plus"],
        after: ["hoogstens 1 dag", "at most 1 day", "höchstens 1 Tag", "1 jour au plus"],
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
        before: ["Voorbeeldhosting"; 4],
        after: [""; 4],
    },
    Toggle {
        change: |one| one.media.peer_to_peer = PeerToPeer::On,
        papers: &[Paper::Statement, Paper::Notice, Paper::Record, Paper::Impact, Paper::Access],
        before: [""; 4],
        after: [
            "uw IP-adres zien|elkaars IP-adres zien",
            "can see|can then see",
            "andere Person Ihre IP-Adresse|IP-Adresse der anderen Person",
            "voir votre adresse IP|voir l’adresse IP de l’autre",
        ],
    },
    Toggle {
        change: |one| one.updates.security = SecurityUpdates::Manual,
        papers: &[Paper::Record, Paper::Impact],
        before: ["installeren zichzelf", "install themselves", "installieren sich selbst", "s’installent seules"],
        after: ["met de hand", "by hand", "von Hand", "à la main"],
    },
    Toggle {
        change: |one| one.operator.kind = OperatorKind::Organisation,
        papers: &[Paper::Statement, Paper::Notice, Paper::Record, Paper::Impact],
        before: ["algemeen belang", "public interest", "öffentliche", "intérêt public"],
        after: ["gerechtvaardigd belang", "legitimate interest", "berechtigtes Interesse", "intérêt légitime"],
    },
    Toggle {
        change: |one| one.operator.privacy_officer = None,
        papers: &[Paper::Statement, Paper::Record],
        before: ["fg@voorbeeldstad.nl"; 4],
        after: [""; 4],
    },
    Toggle {
        change: |one| one.access.second_factor = SecondFactor::Optional,
        papers: &[Paper::Record],
        before: [
            "en een code van een app",
            "and a code of an app",
            "und dem Code einer App",
            "et un code d’une application",
        ],
        after: ["niet verplicht", "not required", "nicht Pflicht", "pas obligatoire"],
    },
    Toggle {
        change: |one| one.access.guests = Guests::Password,
        papers: &[Paper::Record, Paper::Impact],
        before: [""; 4],
        after: ["wachtwoord", "password", "Passwort", "mot de passe"],
    },
    Toggle {
        change: |one| {
            let server = StunUri::parse("stun:stun.voorbeeld.example:3478").unwrap();
            let (operator, country) = (Line::parse("Voorbeeldstun").unwrap(), CountryCode::parse("DE").unwrap());
            one.media.stun.push(ForeignStun { server, operator, country });
        },
        papers: &[Paper::Statement, Paper::Notice, Paper::Record, Paper::Processors, Paper::Impact, Paper::Access],
        before: [""; 4],
        after: [
            "Voorbeeldstun (Duitsland)|Voorbeeldstun | Duitsland",
            "Voorbeeldstun (Germany)|Voorbeeldstun | Germany",
            "Voorbeeldstun (Deutschland)|Voorbeeldstun | Deutschland",
            "Voorbeeldstun (Allemagne)|Voorbeeldstun | Allemagne",
        ],
    },
    Toggle {
        change: |one| {
            let directory = WebAddress::parse("https://ca.voorbeeldstad.nl/dir").unwrap();
            one.tls.authority = Authority::other(directory);
        },
        papers: &[Paper::Statement, Paper::Processors],
        before: ["Let’s Encrypt"; 4],
        after: ["ca.voorbeeldstad.nl"; 4],
    },
    Toggle {
        change: |one| one.tls.authority = other_authority("US"),
        papers: &[Paper::Statement, Paper::Record, Paper::Processors],
        before: ["Let’s Encrypt"; 4],
        after: [
            "Voorbeeld-CA (Verenigde Staten)|Voorbeeld-CA | Verenigde Staten",
            "Voorbeeld-CA (United States)|Voorbeeld-CA | United States",
            "Voorbeeld-CA (Vereinigte Staaten)|Voorbeeld-CA | Vereinigte Staaten",
            "Voorbeeld-CA (États-Unis)|Voorbeeld-CA | États-Unis",
        ],
    },
    Toggle {
        change: |one| one.tls.authority = other_authority("NL"),
        papers: &[Paper::Record],
        before: ["(Verenigde Staten)", "(United States)", "(Vereinigte Staaten)", "(États-Unis)"],
        after: [""; 4],
    },
    Toggle {
        change: |one| {
            let path = "/tmp/hook".into();
            one.tls.hook = Some(Hook { path, text: "#!/bin/sh\n".to_owned(), secrets: None });
        },
        papers: &[Paper::Statement, Paper::Processors],
        before: [""; 4],
        after: [
            "een bewijs neer|bewijs voor het certificaat",
            "a proof that the name|proof for the certificate",
            "einen Nachweis, dass|Nachweis für das Zertifikat",
            "une preuve que|preuve pour le certificat",
        ],
    },
    Toggle {
        change: |one| {
            let address = Some(WebhookAddress::parse("https://chat.voorbeeld.example/t0ken").unwrap());
            let recipient = recipient("Voorbeeldchat", "BE");
            one.alerts.webhook = Some(Webhook { file: "/tmp/webhook".into(), address, recipient });
        },
        papers: &[Paper::Statement, Paper::Record, Paper::Processors],
        before: [""; 4],
        after: [
            "Voorbeeldchat (België)|Voorbeeldchat | België",
            "Voorbeeldchat (Belgium)|Voorbeeldchat | Belgium",
            "Voorbeeldchat (Belgien)|Voorbeeldchat | Belgien",
            "Voorbeeldchat (Belgique)|Voorbeeldchat | Belgique",
        ],
    },
    Toggle {
        change: |one| one.operator.country = CountryCode::parse("DE").unwrap(),
        papers: &[Paper::Statement, Paper::Notice, Paper::Impact, Paper::Access],
        before: ["Autoriteit Persoonsgegevens"; 4],
        after: ["Datenschutzaufsichtsbehörde des Landes"; 4],
    },
];

fn recipient(operator: &str, country: &str) -> Recipient {
    Recipient { operator: Line::parse(operator).unwrap(), country: CountryCode::parse(country).unwrap() }
}

fn other_authority(country: &str) -> Authority {
    Authority::Other(OtherAuthority {
        directory: WebAddress::parse("https://ca.voorbeeld.example/dir").unwrap(),
        staging: None,
        root: None,
        recipient: Some(recipient("Voorbeeld-CA", country)),
        caa: Vec::new(),
    })
}

#[test]
fn no_paper_shows_what_is_secret_of_a_webhook() {
    let mut told = deployment("voorbeeldstad");
    let address = Some(WebhookAddress::parse("https://chat.voorbeeld.example/t0ken").unwrap());
    told.alerts.webhook =
        Some(Webhook { file: "/tmp/webhook".into(), address, recipient: recipient("Voorbeeldchat", "BE") });
    for written in papers(&told) {
        assert!(!written.markdown.contains("t0ken"), "{}", written.stem());
    }
}

#[test]
fn every_derived_sentence_flips_with_its_fact() {
    let deployment = deployment("voorbeeldstad");
    for (number, toggle) in TOGGLES.iter().enumerate() {
        let mut changed = deployment.clone();
        (toggle.change)(&mut changed);
        for which in toggle.papers {
            for (at, language) in Language::ALL.into_iter().enumerate() {
                let (old, new) =
                    (paper(*which, language, &deployment).markdown, paper(*which, language, &changed).markdown);
                assert_ne!(old, new, "fact {number} changes nothing in {which:?} {language:?}");
                let (before, after) = (toggle.before[at], toggle.after[at]);
                assert!(
                    old.contains(before) && (before.is_empty() || !new.contains(before)),
                    "{number} {which:?} {before}"
                );
                assert!(
                    after.is_empty()
                        || after.split('|').any(|after| new.contains(after.trim()) && !old.contains(after)),
                    "{number} {which:?} {language:?} {after}"
                );
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
        let shape = |paper: &Written| {
            let page = paper.body();
            ["<h2", "<h3", "<tr", "<li", "<mark", "<dt", "<a ", "<p", "<code"].map(|tag| page.matches(tag).count())
        };
        let all = papers(&deployment);
        assert_eq!(all.len(), Paper::ALL.len() * Language::ALL.len());
        for one in &all {
            let dutch = all.iter().find(|dutch| dutch.paper == one.paper && dutch.language == Language::Nl).unwrap();
            assert_eq!(shape(one), shape(dutch), "{name} {}", one.stem());
            assert_eq!(one.blanks, dutch.blanks, "{name} {}", one.stem());
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
            for (language, passphrase) in Language::ALL.into_iter().zip(PASSPHRASE) {
                let text = paper(which, language, &deployment).markdown;
                assert!(text.contains(&login) && !text.contains(passphrase), "{name} {which:?} {language:?}");
            }
        }
    }
}

#[test]
fn a_dutch_public_body_gets_the_dutch_model() {
    let mut deployment = deployment("voorbeeldstad");
    let dutch =
        ["toegankelijkheidsverklaring.nl", "Besluit digitale toegankelijkheid overheid", "nationaleombudsman.nl"];
    let holds = |deployment: &Deployment, wanted: bool| {
        for language in Language::ALL {
            let text = paper(Paper::Accessibility, language, deployment).markdown;
            assert!(dutch.iter().all(|word| text.contains(word) == wanted), "{language:?}: {text}");
            assert_eq!(text.contains("2018/1523"), !wanted, "{language:?}: {text}");
        }
    };
    holds(&deployment, true);
    deployment.operator.country = CountryCode::parse("BE").unwrap();
    holds(&deployment, false);
    deployment.operator.country = CountryCode::parse("NL").unwrap();
    deployment.operator.kind = OperatorKind::Person;
    holds(&deployment, false);
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
            ("de", "Wir haben nichts gefunden"),
            ("fr", "rien trouvé"),
        ];
        let said = word.iter().find(|(code, _)| *code == language.code()).unwrap().1;
        assert!(nothing.contains(said) && !nothing.contains("hello"), "{nothing}");
        gathered.lines.push(line);
    }
}
