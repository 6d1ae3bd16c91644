//! What a host says when it is asked for its backup; it may be hostile.

use crate::stage::{self, ACCOUNT, DOMAIN, HUSH, Host};
use proptest::prelude::*;
use vc4all_deploy::backup;
use vc4all_deploy::model::advice::Advice;
use vc4all_deploy::model::values::Domain;

#[test]
fn all_that_has_to_survive_is_there_and_nothing_of_it_shows() {
    let contents = stage::contents();
    let listing = contents.listing();
    assert_eq!(listing.domain.as_str(), DOMAIN);
    assert_eq!((listing.generation, listing.accounts.len(), listing.secrets.len(), listing.pairs.len()), (7, 2, 4, 2));
    assert!(listing.authority_account && listing.certificate.is_some());
    let shown = format!("{contents:?} {listing:?}");
    assert!(!shown.contains(HUSH) && !shown.contains("argon2id") && !shown.contains("BEGIN"), "{shown}");
}

#[test]
fn who_stays_signed_in_is_no_part_of_it() {
    let archive = backup::pack(&stage::contents()).unwrap();
    let text = String::from_utf8_lossy(archive.reveal()).into_owned();
    assert!(ACCOUNT.contains("5e55105") && !text.contains("5e55105"));
    assert!(text.contains("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && text.contains("58000000"));
}

#[test]
fn the_host_is_asked_for_the_pairs_of_the_claims() {
    let mut host = Host::saying(&stage::answer(&stage::files()));
    backup::collect(&mut host, &stage::deployment().domain, &stage::claims()).unwrap();
    let line = format!("{DOMAIN} /etc/prosody/certs/{DOMAIN}.key /etc/prosody/certs/{DOMAIN}.crt");
    assert!(host.asked.lines().any(|asked| asked == line), "{}", host.asked);
}

#[test]
fn a_host_that_has_nothing_or_is_busy_is_told_apart() {
    for (code, words) in [(3, "`vc4all-deploy up` first"), (4, "wait until it is done"), (5, "try again")] {
        let mut host = Host { code, stderr: "noor since 10:00".repeat(100), ..Host::saying(b"") };
        let error = backup::collect(&mut host, &stage::deployment().domain, &[]).unwrap_err();
        let advice = error.downcast_ref::<Advice>().unwrap();
        assert!(advice.help.contains(words) && advice.to_string().len() < 500, "{advice}: {}", advice.help);
    }
}

#[test]
fn another_domain_in_force_is_refused() {
    let mut host = Host::saying(&stage::answer(&stage::files()));
    let other = Domain::parse("ander.voorbeeldstad.nl").unwrap();
    let error = format!("{:#}", backup::collect(&mut host, &other, &[]).unwrap_err());
    assert!(error.contains(DOMAIN) && error.contains("ander.voorbeeldstad.nl"), "{error}");
}

#[test]
fn what_cannot_be_is_refused_and_not_shown() {
    let long = "x".repeat(100_000);
    for (name, text) in [
        ("secrets/focus", "short"),
        ("secrets/focus", "Hush5Hush5Hush5Hush5\"; os.execute('x')"),
        ("secrets/focus", long.as_str()),
        ("secrets/../../etc/shadow", HUSH),
        ("/etc/shadow", HUSH),
        ("accounts/jo.voorbeeld.json", "{\"name\":\"Hush5\\u001b\"}"),
        ("accounts/Jo.json", ACCOUNT),
        ("certificate/privkey.pem", "Hush5"),
        ("certificate/fullchain.pem", "-----BEGIN CERTIFICATE-----\nHush5\n-----END CERTIFICATE-----\n"),
        ("certificate/authority", "https://a.example/'; Hush5"),
        ("certificate/hsts.conf", "Hush5;"),
        ("authority-account.json", "Hush5"),
        ("generation/record", "Hush5"),
        ("generation/passwd", "Hush5"),
    ] {
        let mut files = stage::files();
        files.retain(|(kept, _)| kept != name);
        files.push((name.to_owned(), text.as_bytes().to_vec()));
        let Err(error) = stage::gather(&files) else { panic!("{name} {text:.60} was taken") };
        let error = format!("{error:#}");
        assert!(!error.contains("Hush5") && !error.contains("shadow") && error.len() < 400, "{error}");
    }
    for missing in ["certificate/authority", "certificate/privkey.pem"] {
        let mut files = stage::files();
        files.retain(|(kept, _)| kept != missing);
        assert!(stage::gather(&files).is_err(), "{missing}");
    }
    let mut twice = stage::files();
    twice.push(twice[0].clone());
    assert!(stage::gather(&twice).is_err());
}

#[test]
fn where_the_door_speaks_it_brings_nothing_but_accounts() {
    let whole = stage::answer(&stage::files());
    let gather = |name: &str, text: &str| {
        let mut bytes = whole.strip_suffix(b"end\n").unwrap().to_vec();
        bytes.extend(format!("accounts\nfile {name} {}\n{text}\nend\n", text.len()).into_bytes());
        backup::collect(&mut Host::saying(&bytes), &stage::deployment().domain, &[])
    };
    assert_eq!(gather("accounts/sam.json", ACCOUNT).unwrap().listing().accounts.len(), 3);
    let error = format!("{:#}", gather("secrets/portal", HUSH).unwrap_err());
    assert!(error.contains("no account") && !error.contains(HUSH), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_answer_makes_the_reader_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let domain = stage::deployment().domain;
        let _ = backup::collect(&mut Host::saying(&bytes), &domain, &[]);
        let mut raw = Host { stdout: bytes, ..Host::saying(b"") };
        prop_assert!(backup::collect(&mut raw, &domain, &[]).is_err());
    }

    #[test]
    fn a_changed_answer_is_read_or_refused(at in 0_usize..1_000_000, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = stage::answer(&stage::files());
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let domain = stage::deployment().domain;
        let read = backup::collect(&mut Host::saying(&bytes), &domain, &[]);
        prop_assert!(!cut || read.is_err());
    }
}
