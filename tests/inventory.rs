//! The inventory as people meet it: mistakes at their line, the example that names every key, and any bytes at all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first thing that is wrong"
)]

#[path = "support/tries.rs"]
mod tries;

use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use vc4all_deploy::inventory::{self, EXAMPLE, Places, Problems};
use vc4all_deploy::model::deployment::{Deployment, MeetingHosts, PeerToPeer};
use vc4all_deploy::model::identity::{HttpsAddress, TokenWord};
use vc4all_deploy::model::tls::{Authority, Method};

const MINIMAL: &str = include_str!("../inventories/vereniging.yml");

fn parse(text: &str) -> Result<Deployment, Problems> {
    inventory::parse(text.as_bytes(), "inventory.yml", places())
}

fn places() -> Places<'static> {
    Places { folder: Path::new("/home/anna/meet"), home: Some(Path::new("/home/anna")) }
}

/// What is wrong with the minimal inventory and some more lines; line 1 of `more` is line 1 of the messages.
fn mistakes(more: &str) -> Vec<String> {
    told(&format!("{more}\n{MINIMAL}"))
}

fn told(text: &str) -> Vec<String> {
    let problems = parse(text).expect_err("a mistake");
    let show = |p: &inventory::Problem| {
        let at = p.at.expect("a place");
        format!("{}:{} {}: {} → {}", at.line, at.column, p.key, p.what, p.write)
    };
    problems.list().iter().map(show).collect()
}

#[test]
fn every_inventory_of_the_repository_loads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories");
    let mut loaded = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        read_alone(&path);
        loaded += 1;
    }
    assert!(loaded >= 4, "{loaded}");
}

/// The inventory without the files that it names, which may not be there yet.
fn read_alone(path: &Path) -> Deployment {
    let bytes = std::fs::read(path).expect("an inventory");
    let places = Places { folder: path.parent().expect("a folder"), home: Some(Path::new("/home/jo")) };
    inventory::parse(&bytes, "inventory", places).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn the_lab_trusts_its_own_root_and_maps_both_families() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories/demo.yml");
    let demo = read_alone(&demo);
    let Authority::Other(authority) = demo.tls.authority else { panic!("another authority") };
    assert_eq!(authority.directory.as_str(), "https://10.87.0.1:14000/dir");
    assert!(authority.root.is_some_and(|root| root.path.is_absolute() && root.path.ends_with("target/lab/ca.pem")));
    assert_eq!(demo.media.nat.len(), 2);
    assert_eq!(demo.packages.key_url.as_str(), "http://10.87.0.1:8087/jitsi-key.gpg.key");
}

#[test]
fn all_mistakes_come_at_once_in_order_of_line() {
    let text = include_str!("inventory/wrong.yml");
    let problems = parse(text).expect_err("mistakes");
    let seen = format!("{problems}\n");
    let expected = include_str!("inventory/wrong.txt");
    assert_eq!(seen, expected, "\n--- seen ---\n{seen}");
}

#[test]
fn a_missing_section_is_said_once_and_a_missing_key_stands_at_its_section() {
    let seen = told("domain: a.example\noperator:\n  name: A\nhost: {}\n");
    assert_eq!(
        seen,
        [
            "2:1 operator.kind: is missing → write `kind: municipality`",
            "2:1 operator.address: is missing → write `address: Raadhuisplein 1, 1234 AB Voorbeeldstad`",
            "2:1 operator.country: is missing → write `country: NL`",
            "2:1 operator.email: is missing → write `email: privacy@voorbeeldstad.nl`",
            "4:1 host.address: is missing → write `address: 203.0.113.10`",
        ]
    );
    assert_eq!(
        told("{}"),
        [
            "1:1 domain: is missing → write `domain: vergaderen.voorbeeldstad.nl`",
            "1:1 operator: is missing → write `operator:` with its keys",
            "1:1 host: is missing → write `host:` with its keys",
        ]
    );
}

#[test]
fn norway_is_a_country_and_yes_is_not_a_switch() {
    let norway = parse(&MINIMAL.replace("country: NL", "country: NO")).expect("Norway");
    assert_eq!(norway.operator.country.as_str(), "NO");
    assert_eq!(
        mistakes("media: { peer_to_peer: yes }"),
        ["1:24 media.peer_to_peer: `yes` is text, not true or false → write `peer_to_peer: false`"]
    );
    assert_eq!(
        told(&MINIMAL.replace("name: Buurtvereniging De Linde", "name: 1984")),
        ["4:9 operator.name: `1984` is a number, not one line of text → put text in quotes: \"1984\""]
    );
}

#[test]
fn what_yaml_can_do_but_an_inventory_never_needs_is_refused() {
    for (text, place, words) in [
        ("a: &x 1\nb: *x\n", "1:4", "an anchor"),
        ("tls: !secret x\n", "1:6", "a tag"),
        ("domain: a.example\n---\ndomain: b.example\n", "2:1", "a second document"),
        ("", "1:1", "empty"),
        ("# only words\n", "1:1", "empty"),
        ("\u{feff}", "1:1", "empty"),
        ("just words\n", "1:1", "not a map"),
        ("- a\n", "1:1", "not a map"),
        ("domain:\n\t- a.example\n", "2:", "not YAML"),
        ("operator: {\n", "1:1", "not YAML"),
        ("? [a, b]\n: c\n", "1:3", "not a word"),
        ("a: [[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]\n", "1:15", "too deep"),
    ] {
        let seen = told(text);
        assert!(seen.iter().any(|line| line.starts_with(place) && line.contains(words)), "{text:?}: {seen:?}");
    }
    let laughs = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\n";
    assert!(told(laughs)[0].contains("an anchor"));
}

#[test]
fn marks_that_hide_what_a_file_says_are_refused_in_comments_too() {
    let seen = mistakes("languages: [nl] # \u{202e}ln");
    assert_eq!(seen[0], "1:19 : an invisible character (U+202E) stands here → delete it, or type the line anew");
    assert!(mistakes("\0")[0].contains("U+0000"));
    assert!(
        mistakes("tls: { contact: \"a\\u202eb\" }")[0].contains("1:17 tls.contact: `a\u{fffd}b` is not a mail address")
    );
    let problems = inventory::parse(b"domain: a.example\nx: \xff\n", "a.yml", places()).expect_err("bytes");
    assert_eq!(
        problems.to_string(),
        "a.yml:2:4: this is not UTF-8 text\n  help: save the file as UTF-8\n1 mistake in a.yml"
    );
    assert!(parse(&format!("\u{feff}{}", MINIMAL.replace('\n', "\r\n"))).is_ok(), "a mark and CRLF are harmless");
}

#[test]
fn keys_stand_once_and_values_are_shown_short() {
    let seen = mistakes("retention: { logs_days: 3, logs_days: 4 }");
    assert_eq!(seen, ["1:28 retention.logs_days: `logs_days` stands twice, first in line 1 → keep one of them"]);
    let long = "x".repeat(10_000);
    let seen = told(&MINIMAL.replace("Buurtvereniging De Linde", &long));
    assert!(seen[0].len() < 200 && seen[0].contains("is longer than 200"), "{seen:?}");
    let seen = mistakes(&format!("{}: 1", &long[..1000]));
    assert!(seen[0].len() < 300 && seen[0].contains("is not a key"), "{seen:?}");
}

#[test]
fn choices_that_do_not_fit_together_are_refused_where_they_stand() {
    for (more, expected) in [
        ("tls: { root: a.pem }", "1:14 tls.root: belongs to another authority"),
        ("tls: { authority: letsencrypt, root: a.pem }", "1:38 tls.root: belongs to another authority"),
        (
            "tls: { authority: \"http://a.example/dir\" }",
            "1:19 tls.authority: `http://a.example/dir` is not an https://",
        ),
        (
            "media: { nat: [{ local: 10.0.0.1, public: \"2001:db8::1\" }] }",
            "1:43 media.nat[0].public: is of another family",
        ),
        (
            "media: { nat: [{ local: 127.0.0.1, public: 192.0.2.1 }] }",
            "1:25 media.nat[0].local: `127.0.0.1` is not an address of",
        ),
        ("tls: { staging: \"https://a.example/dir\" }", "1:17 tls.staging: belongs to another authority"),
        ("tls: { caa: [a.example] }", "1:13 tls.caa: belongs to another authority"),
        ("tls: { operator: O }", "1:18 tls.operator: belongs to another authority"),
        ("tls: { external_account: { id: a, key_file: b } }", "1:26 tls.external_account: belongs to another"),
        ("tls: { names: [a.example, a.example] }", "1:27 tls.names: `a.example` stands twice → keep one of them"),
        ("tls: { names: [A.example] }", "1:16 tls.names: `A.example` is not a host name"),
        ("tls: { names: [1] }", "1:16 tls.names: `1` is a number, not a list of host names"),
        ("tls: { names: a.example }", "1:15 tls.names: `a.example` is text, not a list of host names"),
        ("tls: { names: [\"*.a.example\"] }", "1:16 tls.names: `*.a.example` can be proven by a record in the DNS"),
        ("tls: { names: [192.0.2.1], dns_hook: h }", "1:16 tls.names: `192.0.2.1` can be proven by a page alone"),
        ("tls: { names: [127.0.0.1] }", "1:16 tls.names: `127.0.0.1` is not an address of an interface"),
        ("tls: { names: [192.0.2.1] }", "1:15 tls.names: hold an address, for which Let's Encrypt issues by"),
        (
            "tls: { names: [\"*.a.example\", b.a.example], dns_hook: h }",
            "1:15 tls.names: hold a wildcard that covers b.a.example, and Let's Encrypt refuses",
        ),
        ("tls: { dns_hook_secrets: s }", "1:26 tls.dns_hook_secrets: has no meaning without `dns_hook`"),
        ("tls: { profile: a b }", "1:17 tls.profile: `a b` is not a word"),
        ("alerts: { mail: x }", "1:17 alerts.mail: `x` is text, not a map of keys"),
        (
            "alerts: { webhook: { address_file: a, operator: O, country: US } }",
            "1:61 alerts.webhook.country: `US` is not a country in which the GDPR holds",
        ),
        ("alerts: { webhook: { address_file: a, operator: O } }", "1:11 alerts.webhook.country: is missing"),
        ("alerts: { webhok: {} }", "1:11 alerts.webhok: `webhok` is not a key of an inventory → did you mean"),
        ("updates: { security: manual, reboot_window: \"04:00\" }", "1:45 updates.reboot_window: has no meaning"),
        ("updates: { reboot_window: \"4:00\" }", "1:27 updates.reboot_window: `4:00` is not a time of day"),
        ("languages: [nl, nl]", "1:17 languages: `nl` stands twice"),
        ("languages: []", "1:12 languages: is empty"),
        (
            "access: { guests: Lobby }",
            "1:19 access.guests: `Lobby` is not a word that this key knows → did you mean `lobby`?",
        ),
        ("retention: { logs_days: 31 }", "1:25 retention.logs_days: `31` is out of range"),
        ("retention: { logs_days: 99999999999999999999999 }", "1:25 retention.logs_days: "),
        ("retention: { logs_days: -1 }", "1:25 retention.logs_days: `-1` is out of range"),
        ("retention: { logs_days: 7.5 }", "1:25 retention.logs_days: `7.5` is out of range"),
        (
            "media: { stun: [{ server: \"stun:stun.l.google.com:19302\", operator: Google, country: US }] }",
            "1:86 media.stun[0].country: `US` is not a country in which the GDPR holds",
        ),
        ("media: { participants: 501 }", "1:24 media.participants: `501` is out of range"),
        ("packages: { suite: nightly }", "1:20 packages.suite: `nightly` is not a word"),
        ("packages: { jitsi: \"https://a.example/?x\" }", "1:20 packages.jitsi: `https://a.example/?x` has a query"),
        ("meida: {}", "1:1 meida: `meida` is not a key of an inventory → did you mean `media`?"),
    ] {
        let seen = mistakes(more);
        assert!(seen.len() == 1 && seen[0].starts_with(expected), "{more}\n{seen:#?}");
    }
}

#[test]
fn another_way_to_be_a_meeting_host_takes_its_own_section_and_no_other() {
    const OIDC: &str = "oidc: { issuer: https://a.example/x, client: c, operator: O, country: NL }";
    const JWT: &str = "jwt: { issuer: p, audience: a, operator: O, country: NL }";
    for (access, expected) in [
        ("meeting_hosts: oidc".to_owned(), "1:1 access.oidc: is missing, and `meeting_hosts: oidc` needs it"),
        ("meeting_hosts: jwt".to_owned(), "1:1 access.jwt: is missing, and `meeting_hosts: jwt` needs it"),
        (OIDC.to_owned(), "1:17 access.oidc: has no meaning without `meeting_hosts: oidc`"),
        (format!("meeting_hosts: oidc, {OIDC}, {JWT}"), "access.jwt: has no meaning without `meeting_hosts: jwt`"),
        (format!("meeting_hosts: oidc, {OIDC}, second_factor: required"), "access.second_factor: has no meaning"),
        (format!("meeting_hosts: jwt, {JWT}, token_minutes: 60"), "access.token_minutes: has no meaning"),
        (
            format!("meeting_hosts: oidc, {}", OIDC.replace("https", "http")),
            "access.oidc.issuer: `http://a.example/x` is",
        ),
        (format!("meeting_hosts: oidc, {}", OIDC.replace("a.example", "10.0.0.1")), "access.oidc.issuer: "),
        (format!("meeting_hosts: oidc, {}", OIDC.replace("NL", "US")), "access.oidc.country: `US` is not a country"),
        (
            format!("meeting_hosts: jwt, {}", JWT.replace("issuer: p", "issuer: \"*\"")),
            "access.jwt.issuer: `*` would take",
        ),
        (
            format!("meeting_hosts: jwt, {}", JWT.replace("audience: a", "audience: \"*\"")),
            "access.jwt.audience: `*` would",
        ),
        (
            format!("meeting_hosts: jwt, {}", JWT.replace("p,", "p, login: \"https://{{room}}/\",")),
            "access.jwt.login: ",
        ),
        ("meeting_hosts: odic".to_owned(), "1:26 access.meeting_hosts: `odic` is not a word"),
        (format!("meeting_hosts: oidc, {}", OIDC.replace("client: c, ", "")), "access.oidc.client: is missing"),
    ] {
        let seen = mistakes(&format!("access: {{ {access} }}"));
        assert!(seen.len() == 1 && seen[0].contains(expected), "{access}\n{seen:#?}");
    }
    let list = format!("{MINIMAL}access:\n  meeting_hosts: oidc\n  {OIDC}\nmeeting_hosts: []\n");
    assert!(told(&list)[0].contains("meeting_hosts: has no meaning where meeting hosts have no accounts here"));
}

#[test]
fn an_identity_provider_is_where_keycloak_has_it_unless_it_is_said() {
    let text = format!(
        "{MINIMAL}access:\n  meeting_hosts: oidc\n  oidc: {{ issuer: https://a.example/x/, client: c, \
         token: https://b.example/t, operator: O, country: NL }}\n"
    );
    let MeetingHosts::Oidc(seen) = parse(&text).expect("a provider").access.meeting_hosts else { panic!("oidc") };
    assert_eq!((seen.issuer.as_str(), seen.audience.as_str()), ("https://a.example/x/", "c"));
    assert_eq!(seen.keys.as_str(), "https://a.example/x/protocol/openid-connect/certs");
    assert_eq!(seen.authorization.as_str(), "https://a.example/x/protocol/openid-connect/auth");
    assert_eq!(seen.token.as_str(), "https://b.example/t");
}

#[test]
fn paths_begin_at_the_inventory_or_at_home() {
    let with = |path: &str| parse(&format!("{MINIMAL}  identity: {path}\n")).expect("an identity").host.identity;
    assert_eq!(with("keys/id"), Some(PathBuf::from("/home/anna/meet/keys/id")));
    assert_eq!(with("~/.ssh/id"), Some(PathBuf::from("/home/anna/.ssh/id")));
    assert_eq!(with("/etc/id"), Some(PathBuf::from("/etc/id")));
}

#[test]
fn a_file_that_cannot_be_read_or_is_too_large_is_one_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.yml");
    let missing = inventory::load(&path).expect_err("no file").to_string();
    assert!(missing.contains("cannot be read") && missing.contains("1 mistake in"), "{missing}");
    std::fs::write(&path, "#".repeat(256 * 1024 + 1)).expect("a file");
    assert!(inventory::load(&path).expect_err("too large").to_string().contains("larger than 262144 bytes"));
}

/// An inventory that names one more file beside itself, and what the file may hold.
struct Beside {
    folder: tempfile::TempDir,
    name: &'static str,
}

impl Beside {
    /// The example with `text` in the place of the line `instead`, which names the file `name`.
    fn naming(name: &'static str, instead: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let whole = EXAMPLE.replacen(instead, text, 1);
        assert_ne!(whole, EXAMPLE);
        std::fs::write(folder.path().join("inventory.yml"), whole).expect("an inventory");
        Self { folder, name }
    }

    fn holding(&self, bytes: impl AsRef<[u8]>) -> Result<Deployment, String> {
        std::fs::write(self.folder.path().join(self.name), bytes).expect("a file");
        self.load()
    }

    fn load(&self) -> Result<Deployment, String> {
        inventory::load(&self.folder.path().join("inventory.yml")).map_err(|problems| problems.to_string())
    }

    /// The file is refused for what it is missing, too large, or no text; the message names the key.
    fn is_read_with_care(&self, key: &str) {
        let missing = self.load().expect_err("no file");
        assert!(missing.contains(&format!("{}: cannot be read", self.name)) && missing.contains(key), "{missing}");
        for (bytes, words) in [
            ("#".repeat(256 * 1024 + 1).into_bytes(), "larger than 262144 bytes"),
            (vec![b'#', 0xff], "no text in UTF-8"),
        ] {
            let refused = self.holding(bytes).expect_err(words);
            assert!(refused.contains(words) && refused.contains(key), "{refused}");
            assert!(refused.len() < 500 && refused.contains("1 mistake"), "{refused}");
        }
    }

    /// The file is refused with these words, and shown by no message.
    fn refuses(&self, text: &str, words: &str) {
        let refused = self.holding(text).expect_err(words);
        assert!(refused.contains(words), "{refused}");
        let lines = text.lines().map(str::trim).filter(|line| line.len() > 3);
        assert!(lines.clone().all(|line| !refused.contains(line)), "{refused}");
    }
}

const CHAIN: &str = include_str!("observe/fullchain.pem");

#[test]
fn a_root_file_is_read_with_the_inventory_and_holds_certificates_alone() {
    let tls = "authority: https://acme.example.nl/directory\n  root: ca.pem";
    let root = Beside::naming("ca.pem", "authority: letsencrypt", tls);
    root.is_read_with_care("`tls.root`");
    root.refuses("no certificate", "holds no PEM certificate");
    root.refuses("-----BEGIN CERTIFICATE-----\n", "holds something else than certificates");
    root.refuses("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds something else");
    root.refuses(&format!("{CHAIN}-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"), "something else");
    for kind in ["PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        let key = format!("-----BEGIN {kind}-----\nc2VjcmV0IG9mIHRoZSBhdXRob3JpdHk=\n-----END {kind}-----\n");
        root.refuses(&format!("{CHAIN}{key}"), "holds a private key");
    }
    let deployment = root.holding(CHAIN).expect("good roots");
    assert_eq!(deployment.tls.authority.roots(), Some(CHAIN));
}

#[test]
fn a_hook_is_a_program_in_the_form_of_text() {
    let hook = Beside::naming("dns-hook", "  #dns_hook: authority/dns-hook", "  dns_hook: dns-hook");
    hook.is_read_with_care("`tls.dns_hook`");
    for text in ["", "nsupdate -k key\n", "\n#!/bin/sh\n", "#!/bin/sh\n\0\n"] {
        hook.refuses(text, "does not begin with #! and what runs it");
    }
    let hook = hook.holding("#!/bin/sh\nexit 0\n").expect("a hook").tls.hook.expect("a hook");
    assert_eq!(hook.text, "#!/bin/sh\nexit 0\n");
    assert!(hook.path.is_absolute());
}

#[test]
fn the_secrets_of_a_hook_are_lines_of_an_environment_and_told_to_nobody() {
    let tls = "  dns_hook: hook\n  dns_hook_secrets: secrets";
    let secrets = Beside::naming("secrets", "  #dns_hook: authority/dns-hook", tls);
    std::fs::write(secrets.folder.path().join("hook"), "#!/bin/sh\n").expect("a hook");
    secrets.is_read_with_care("`tls.dns_hook_secrets`");
    for text in ["t0ken", "TOKEN = t0ken", "1TOKEN=t0ken", "export TOKEN=t0ken", "=t0ken", "TOKEN=t0\u{7}ken"] {
        secrets.refuses(&format!("# of the provider\n\n{text}\n"), "has a line 3 that is not KEY=VALUE");
    }
    let read = secrets.holding("# of the provider\nTOKEN=t0ken=='x'\r\nUSER_2=\n").expect("secrets");
    assert!(!format!("{read:?}").contains("t0ken"));
    assert!(read.tls.hook.and_then(|hook| hook.secrets).expect("secrets").value.reveal().contains("TOKEN=t0ken=='x'"));
}

#[test]
fn the_address_of_a_webhook_is_read_and_told_to_nobody() {
    let webhook = "  webhook: { address_file: webhook, operator: Stichting Voorbeeld, country: NL }";
    let line = "  #webhook: { address_file: alerts/webhook, operator: Stichting Voorbeeld, country: NL }";
    let webhook = Beside::naming("webhook", line, webhook);
    webhook.is_read_with_care("`alerts.webhook.address_file`");
    for text in
        ["", "t0ken", "http://chat.example.nl/t0ken", "https://chat.example.nl/t0ken#a", "https://192.0.2.1/t0ken"]
    {
        webhook.refuses(text, "holds text that");
    }
    let read = webhook.holding("https://chat.example.nl/t0ken\n").expect("an address");
    let address = read.alerts.webhook.as_ref().expect("a webhook").address.as_ref().expect("an address");
    assert_eq!(address.target().reveal(), "/t0ken");
    assert!(!format!("{read:?}").contains("t0ken"));
}

#[test]
fn what_is_said_about_another_authority_fits_together() {
    for (more, expected) in [
        (
            "operator: O",
            "1:54 tls.operator: stands there without `country` → write `country:` as well, or take `operator`",
        ),
        ("country: US", "1:53 tls.country: stands there without `operator`"),
        ("country: us, operator: O", "1:53 tls.country: `us` is not a country code"),
        ("staging: http://a.example/x", "1:53 tls.staging: `http://a.example/x` is not an https:// address"),
        ("staging: \"https://a.example/dir\"", "1:53 tls.staging: is the directory itself"),
        (
            "staging: \"https://b.example/dir\", external_account: { id: a, key_file: b }",
            "1:53 tls.staging: is a directory at which the host gets no account",
        ),
        ("caa: [a]", "1:50 tls.caa: `a` has no dot"),
        ("external_account: { id: a }", "1:44 tls.external_account.key_file: is missing"),
        ("external_account: { id: a b, key_file: c }", "1:68 tls.external_account.id: `a b` is not a word"),
    ] {
        let seen = mistakes(&format!("tls: {{ authority: \"https://a.example/dir\", {more} }}"));
        assert!(seen.len() == 1 && seen[0].starts_with(expected), "{more}\n{seen:#?}");
    }
    let names: Vec<_> = (0..100).map(|number| format!("n{number}.example.nl")).collect();
    let many = |names: &[String]| format!("tls: {{ names: [{}] }}\n{MINIMAL}", names.join(", "));
    assert_eq!(parse(&many(&names[..99])).expect("99 names").tls.names.len(), 99);
    assert!(
        told(&many(&names))[0].contains("tls.names: are 101 names with the domain, and a certificate has at most 100")
    );
    let own = parse(&format!("tls: {{ names: [linde.example] }}\n{MINIMAL}")).map(|seen| seen.domain.to_string());
    let domain = own.expect("another name than the domain");
    assert!(told(&many(&[domain]))[0].contains("is the domain, which the certificate is for anyway"));
}

#[test]
fn everything_about_another_authority_arrives_in_the_deployment() {
    let text = format!(
        "tls: {{ authority: \"https://a.example/dir\", staging: \"https://b.example/dir\", operator: O, country: US, \
         caa: [c.example, d.example], profile: short, names: [e.example, \"*.f.example\"], dns_hook: h }}\n\
         alerts: {{ webhook: {{ address_file: w, operator: P, country: NL }}, mail: {{ to: a@g.example, from: b@g.example, \
         server: \"g.example:587\", user: u, password_file: p, operator: Q, country: DE }} }}\n{MINIMAL}"
    );
    let seen = parse(&text).expect("a deployment");
    let Authority::Other(other) = &seen.tls.authority else { panic!("another authority") };
    assert_eq!(seen.tls.authority.rehearsal(), "https://b.example/dir");
    let recipient = other.recipient.as_ref().expect("an operator");
    assert_eq!((recipient.operator.as_str(), recipient.country.as_str()), ("O", "US"));
    assert_eq!(other.caa.iter().map(ToString::to_string).collect::<Vec<_>>(), ["c.example", "d.example"]);
    let bound = text.replace("staging: \"https://b.example/dir\"", "external_account: { id: kid-1, key_file: k }");
    let bound = parse(&bound).expect("a deployment").tls;
    assert_eq!(bound.authority.rehearsal(), "https://a.example/dir");
    let external = bound.external.expect("an account");
    assert_eq!((external.id.as_str(), external.key_file), ("kid-1", PathBuf::from("/home/anna/meet/k")));
    let names: Vec<_> = seen.tls.names.iter().map(ToString::to_string).collect();
    assert_eq!((names, seen.tls.method()), (vec!["e.example".to_owned(), "*.f.example".to_owned()], Method::Record));
    assert_eq!(seen.tls.profile.as_ref().map(TokenWord::as_str), Some("short"));
    let (webhook, mail) = (seen.alerts.webhook.expect("a webhook"), seen.alerts.mail.expect("mail"));
    assert_eq!((webhook.file, webhook.address), (PathBuf::from("/home/anna/meet/w"), None));
    assert_eq!((mail.server.to_string(), mail.recipient.country.as_str()), ("g.example:587".to_owned(), "DE"));
    assert_eq!(mail.login.expect("a log-in").password.path, PathBuf::from("/home/anna/meet/p"));
}

#[test]
fn the_password_of_a_mail_server_is_one_line_and_told_to_nobody() {
    let mail = "  mail: { to: a@example.nl, from: b@example.nl, server: mail.example.nl, user: u, password_file: password, \
                operator: O, country: NL }";
    let password = Beside::naming("password", "  #mail:\n", &format!("{mail}\n"));
    password.is_read_with_care("`alerts.mail.password_file`");
    for text in ["", "\n", "one\nt0ken", "t0\u{0}ken"] {
        password.refuses(text, "holds no password on one line");
    }
    let read = password.holding(" t0ken #1 \r\n").expect("a password");
    assert!(!format!("{read:?}").contains("t0ken"));
    let login = read.alerts.mail.and_then(|mail| mail.login).expect("a log-in");
    assert_eq!(login.password.value.reveal(), " t0ken #1 ");
}

/// The example with meeting hosts who prove elsewhere that they are one: `mode` is `oidc` or `jwt`.
fn elsewhere(mode: &str) -> String {
    let accounts = ["  second_factor:", "  token_minutes:"];
    let (mut text, mut inside) = (String::new(), false);
    for line in EXAMPLE.lines().filter(|line| !accounts.iter().any(|key| line.starts_with(key))) {
        inside = line == format!("  #{mode}:") || (inside && line.starts_with("  #  "));
        text += &if inside { line.replacen('#', "", 1) } else { line.to_owned() };
        text += "\n";
    }
    text.replace("meeting_hosts: accounts\n", &format!("meeting_hosts: {mode}\n"))
}

/// The example with every key that is switched off switched on, but for this one and those that accounts exclude.
fn everything_but(key: &str) -> String {
    let excluded = format!("  #{key}:");
    let on = |line: &str| match line.trim_start().strip_prefix('#') {
        Some("oidc:" | "jwt:") => line.to_owned(),
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase()) => line.replacen('#', "", 1),
        _ => line.to_owned(),
    };
    let text: Vec<_> = EXAMPLE.lines().filter(|line| !line.starts_with(&excluded)).map(on).collect();
    let stun = "  stun: [{ server: \"stun:stun.example.nl:3478\", operator: Stichting Voorbeeld, country: NL }]";
    let nat = "  nat: [{ local: 10.0.0.5, public: 203.0.113.10 }]";
    let directory = "  authority: https://acme.example.nl/directory";
    let text = text.join("\n") + "\n";
    text.replace("  stun: []", stun)
        .replace("  nat: []", nat)
        .replace("  authority: letsencrypt\n", &format!("{directory}\n"))
}

#[test]
fn the_example_and_the_schema_name_the_same_keys_each_with_a_description() {
    parse(EXAMPLE).expect("the example as it is");
    let schema = inventory::schema();
    let (mut in_example, mut in_schema) = (BTreeSet::new(), BTreeSet::new());
    // A directory for rehearsals and an account elsewhere exclude each other.
    for text in ["staging", "external_account"].map(everything_but) {
        parse(&text).unwrap_or_else(|problems| panic!("{problems}"));
        keys_written(&serde_yaml::from_str(&text).expect("YAML"), "", &mut in_example);
    }
    for mode in ["oidc", "jwt"] {
        let text = elsewhere(mode);
        parse(&text).unwrap_or_else(|problems| panic!("{problems}"));
        keys_written(&serde_yaml::from_str(&text).expect("YAML"), "", &mut in_example);
    }
    keys_of_schema(&schema, "", &mut in_schema);
    assert_eq!(in_example, in_schema);
    assert!(in_schema.len() > 40, "{}", in_schema.len());
}

fn keys_written(value: &Value, path: &str, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let path = format!("{path}/{name}");
            keys.insert(path.clone());
            keys_written(value, &path, keys);
        }),
        Value::Array(items) => items.iter().for_each(|item| keys_written(item, path, keys)),
        _ => {}
    }
}

fn keys_of_schema(schema: &Value, path: &str, keys: &mut BTreeSet<String>) {
    let Some(properties) = schema["properties"].as_object() else { return };
    for (name, property) in properties {
        let path = format!("{path}/{name}");
        assert!(property["description"].as_str().is_some_and(|text| text.ends_with('.')), "{path}");
        keys_of_schema(property, &path, keys);
        keys_of_schema(&property["items"], &path, keys);
        keys.insert(path);
    }
}

#[test]
fn the_words_of_the_schema_are_the_words_that_the_loader_takes() {
    let schema = inventory::schema();
    for path in ["host/distribution", "access/guests", "updates/security", "packages/suite", "operator/kind"] {
        let (section, key) = path.split_once('/').expect("two parts");
        let words = schema["properties"][section]["properties"][key]["enum"].as_array().expect("words");
        assert!(words.len() > 1);
        for word in words.iter().filter_map(Value::as_str) {
            let line = EXAMPLE.lines().find(|line| line.starts_with(&format!("  {key}: "))).expect("the key");
            parse(&EXAMPLE.replace(line, &format!("  {key}: {word}"))).unwrap_or_else(|problems| panic!("{problems}"));
        }
        let refused = mistakes_of(&EXAMPLE.replace(&format!("\n  {key}: "), &format!("\n  {key}: zz")));
        assert!(refused.contains(path.replace('/', ".").as_str()), "{refused}");
    }
}

fn mistakes_of(text: &str) -> String {
    parse(text).expect_err("a mistake").to_string()
}

#[test]
fn every_default_that_the_example_states_is_the_one_that_holds_without_the_line() {
    let whole = parse(EXAMPLE).expect("the example");
    let schema = inventory::schema();
    let mut stated = 0;
    let mut section = String::new();
    for line in EXAMPLE.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let Some((key, value)) = line.split_once(':') else { continue };
        let property = match key.strip_prefix("  ") {
            Some(key) => &schema["properties"][section.as_str()]["properties"][key],
            None => {
                section = key.to_owned();
                &schema["properties"][key]
            }
        };
        let Some(default) = property.get("default") else { continue };
        let written: Value = serde_yaml::from_str(value).expect("YAML");
        assert_eq!(*default, written, "{key}");
        let without = parse(&EXAMPLE.replace(&format!("{line}\n"), ""));
        assert_eq!(without.unwrap_or_else(|problems| panic!("{problems}")), whole, "{key}");
        stated += 1;
    }
    assert_eq!(stated, 19);
    let minimal = parse(MINIMAL).expect("the minimal inventory");
    assert_eq!((minimal.media, minimal.packages, minimal.tls), (whole.media, whole.packages, whole.tls));
    assert_eq!(minimal.operator.security, minimal.operator.email);
    assert_eq!(parse(EXAMPLE).expect("the example").media.peer_to_peer, PeerToPeer::Off);
}

#[test]
fn the_reference_page_is_the_one_that_the_table_of_keys_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/inventory.md");
    let page = inventory::page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "docs/inventory.md is stale: run `UPDATE_DOCS=1 cargo test --test inventory`");
}

/// The lines of a complete inventory that hold a value, with the part before it.
fn values(lines: &str) -> Vec<(usize, String)> {
    let start = |line: &str| line.split_once(": ").map(|(key, _)| format!("{key}: "));
    let holding = lines.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    holding.filter_map(|(number, line)| Some((number, start(line)?))).collect()
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "'",
            "\"",
            "$(id)",
            "`id`",
            "]]",
            "\n",
            "\n  ",
            "{{ x }}",
            "{% x %}",
            "</script>",
            "\u{202e}",
            "\0",
            "\t",
            "#",
            ": ",
            "- ",
            "*a",
            "&a",
            "!x",
            "|",
            ">",
            "[",
            "]",
            "{",
            "}",
            "\\",
            "%",
            "@",
            "~",
            "NO",
            "1e999",
            "0x10",
            ".nan",
            "__vc4all_secret_turn__",
            "\u{feff}",
            "\r",
            "\u{85}",
            "\u{2028}",
            "é",
            "😀",
            "? ",
            "<<",
            "---",
            "...",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        "[a-z0-9.@:/-]{1,12}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// What reaches Prosody, nginx and the browser of those who vouch for meeting hosts.
fn tokens_of(deployment: &Deployment) -> Vec<String> {
    match &deployment.access.meeting_hosts {
        MeetingHosts::Accounts { .. } => Vec::new(),
        MeetingHosts::Oidc(provider) => {
            let addresses = [&provider.authorization, &provider.token, &provider.keys, &provider.logout];
            let origins = addresses.map(|address| address.origin());
            [provider.client.to_string(), provider.audience.to_string()].into_iter().chain(origins).collect()
        }
        MeetingHosts::Jwt(portal) => {
            let keys = portal.keys.iter().map(HttpsAddress::origin);
            [portal.issuer.to_string(), portal.audience.to_string()].into_iter().chain(keys).collect()
        }
    }
}

/// Whatever came out, no text in it can break a line or hide, and every mistake has a place inside the file.
fn sound(text: &[u8]) {
    match inventory::parse(text, "inventory.yml", places()) {
        Ok(deployment) => {
            let o = &deployment.operator;
            let lines = [o.name.as_str(), o.address.as_str(), o.email.as_str(), deployment.domain.as_str()];
            for word in tokens_of(&deployment) {
                let plain = |b: u8| b.is_ascii_graphic() && !b"\"'\\;$`<>*,".contains(&b);
                assert!(!word.is_empty() && word.bytes().all(plain) && !word.contains("__vc4all_secret_"), "{word:?}");
            }
            for line in lines {
                assert!(
                    !line.chars().any(|c| c.is_control() || vc4all_deploy::model::values::is_invisible(c)),
                    "{line:?}"
                );
                assert!(
                    !line.is_empty() && line.chars().count() <= 200 && !line.contains("__vc4all_secret_"),
                    "{line:?}"
                );
            }
        }
        Err(problems) => {
            let most = 1 + text.iter().filter(|b| b"\n\r".contains(b)).count();
            for problem in problems.list() {
                assert!(problem.at.is_some_and(|at| at.line <= most && at.column >= 1), "{problem:?}");
                let unseen = |c: char| c.is_control() || vc4all_deploy::model::values::is_invisible(c);
                let shown = format!("{} {} {}", problem.key, problem.what, problem.write);
                assert!(!shown.contains(unseen), "{problem:?}");
                assert!(!problem.what.chars().any(char::is_control) && problem.what.len() < 600, "{problem:?}");
                assert!(!problem.write.is_empty() && !problem.write.chars().any(char::is_control), "{problem:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(tries::tries(4000))]

    #[test]
    fn any_bytes_are_an_inventory_or_mistakes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        sound(&bytes);
    }

    #[test]
    fn any_yaml_like_text_is_an_inventory_or_mistakes(text in hostile()) {
        sound(text.as_bytes());
    }

    #[test]
    fn a_hostile_value_in_any_field_is_refused_or_one_harmless_line(at in any::<prop::sample::Index>(), mode in 0..4usize, value in hostile(), quoted in any::<bool>()) {
        let everything = match mode {
            0 => everything_but("staging"),
            1 => everything_but("external_account"),
            2 => elsewhere("oidc"),
            _ => elsewhere("jwt"),
        };
        let values = values(&everything);
        let (number, key) = &values[at.index(values.len())];
        let value = if quoted { serde_json::to_string(&value).expect("JSON") } else { value };
        let lines = everything.lines().enumerate();
        let text: Vec<_> = lines.map(|(n, line)| if n == *number { format!("{key}{value}") } else { line.to_owned() }).collect();
        sound(text.join("\n").as_bytes());
    }

    #[test]
    fn an_inventory_with_bytes_cut_out_or_changed_never_panics(
        from in 0..EXAMPLE.len(), cut in 0usize..40, put in prop::collection::vec(any::<u8>(), 0..6),
    ) {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        let to = (from + cut).min(bytes.len());
        bytes.splice(from..to, put);
        sound(&bytes);
    }
}
