//! TLS: every weakness of a real server is found and breaks its one promise; the web server as it is rendered has none.

#[path = "tls/judged.rs"]
mod judged;
#[path = "tls/server.rs"]
mod server;

use crate::stage::have;
use judged::broken;
use server::{Pair, Server, Workshop};
use std::path::Path;
use std::time::{Duration, Instant};
use vc4all_deploy::outside::tls::{Silence, Spoken, Trust, Version};

/// What a good server says to `openssl s_server`, whatever else a test adds.
const GOOD: [&str; 10] = [
    "-min_protocol",
    "TLSv1.2",
    "-cipher",
    "ECDHE+AESGCM:ECDHE+CHACHA20",
    "-groups",
    "X25519:P-384:P-256",
    "-sigalgs",
    "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256",
    "-serverpref",
    "-www",
];

/// The good arguments with some of them changed; `None` takes one away.
fn arguments(changes: &[(&str, Option<&str>)], more: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = GOOD.map(str::to_owned).to_vec();
    for (option, value) in changes {
        let at = all.iter().position(|known| known == option).unwrap();
        match value {
            Some(value) => all[at + 1] = (*value).to_owned(),
            None => drop(all.drain(at..at + 2)),
        }
    }
    all.extend(more.iter().map(|more| (*more).to_owned()));
    all
}

/// What is seen of a server with a pair, and which promises it breaks.
fn seen(workshop: &Workshop, pair: &Pair, arguments: &[String]) -> (Spoken, Vec<&'static str>) {
    let server = Server::openssl(pair, arguments);
    let facts = server.look(workshop);
    let spoken = facts.endpoints[0].spoken.clone().unwrap_or_else(|why| panic!("{arguments:?}: {why}"));
    let broken = broken(&facts);
    (spoken, broken)
}

fn names(spoken: &Spoken, version: Version) -> Vec<String> {
    spoken.suites[&version].iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_server_has_no_weakness() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let (spoken, broken) = seen(&workshop, &workshop.pair("ec:P-256", &[]), &arguments(&[], &[]));
    assert_eq!(broken, [""; 0], "{spoken:?}");
    assert_eq!(spoken.trust, Trust::Trusted);
    assert_eq!(spoken.suites.keys().copied().collect::<Vec<_>>(), [Version::Tls12, Version::Tls13]);
    assert!(!spoken.cut);
}

#[test]
fn the_web_server_as_rendered_has_no_weakness() {
    if !have(&["openssl", "nginx"]) {
        return;
    }
    let workshop = Workshop::open();
    let server = Server::nginx(&workshop, &workshop.pair("ec:P-256", &[]), &[]);
    let facts = server.look(&workshop);
    assert_eq!(broken(&facts), [""; 0], "{facts:?}");
    let spoken = facts.endpoints[0].spoken.as_ref().unwrap();
    assert_eq!(spoken.trust, Trust::Trusted);
    let suites: Vec<usize> = spoken.suites.values().map(Vec::len).collect();
    assert_eq!(suites, [3, 3], "{:?}", spoken.suites);
}

/// coturn has no setting for groups and signatures; what its drop-in hands to the library has to be enough.
#[test]
fn the_relays_library_settings_leave_no_weak_group_or_signature() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let pair = workshop.pair("ec:P-256", &[]);
    let plain: Vec<String> = ["-cipher", "ECDHE+AESGCM", "-serverpref", "-www"].map(str::to_owned).to_vec();
    let without = Server::openssl(&pair, &plain).look(&workshop);
    assert!(broken(&without).contains(&"tls-groups"), "without them the library has a choice of its own: {without:?}");
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/turn/openssl.cnf");
    let with = Server::openssl_with(&settings, &pair, &plain).look(&workshop);
    assert_eq!(broken(&with), [""; 0], "{with:?}");
    let signatures = &with.endpoints[0].spoken.as_ref().unwrap().signatures;
    assert!(signatures.iter().all(|scheme| !scheme.to_string().contains("SHA-224")), "{signatures:?}");
}

#[test]
fn old_versions_are_found_with_their_suites() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let cipher = ("-cipher", Some("ECDHE+AESGCM:ECDHE-RSA-AES128-SHA:@SECLEVEL=0"));
    let sigalgs = ("-sigalgs", None);
    let arguments = arguments(&[cipher, sigalgs, ("-min_protocol", Some("TLSv1"))], &[]);
    let (spoken, broken) = seen(&workshop, &workshop.pair("rsa:3072", &[]), &arguments);
    assert!(broken.contains(&"tls-versions"), "{broken:?}");
    assert!(!broken.contains(&"tls-suites"), "{broken:?}");
    for version in [Version::Tls10, Version::Tls11] {
        assert_eq!(names(&spoken, version), ["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"]);
    }
    assert_eq!(spoken.fallback_refused, Some(true));
}

/// Suites that OpenSSL knows and its packages can still speak, one of each kind.
#[test]
fn weak_suites_are_found_by_name() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let pair = workshop.pair("rsa:3072", &[]);
    for (openssl, name) in [
        ("AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        ("AES256-GCM-SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
        ("ECDHE-RSA-CAMELLIA128-SHA256", "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256"),
        ("DHE-RSA-AES128-GCM-SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("NULL-SHA256", "TLS_RSA_WITH_NULL_SHA256"),
        ("ADH-AES128-GCM-SHA256", "TLS_DH_anon_WITH_AES_128_GCM_SHA256"),
    ] {
        let list = format!("ECDHE+AESGCM:{openssl}:@SECLEVEL=0");
        let (spoken, broken) = seen(&workshop, &pair, &arguments(&[("-cipher", Some(&list))], &[]));
        assert!(names(&spoken, Version::Tls12).iter().any(|known| known == name), "{openssl}: {spoken:?}");
        assert_eq!(broken, ["tls-suites"], "{openssl}");
    }
}

#[test]
fn all_that_openssl_accepts_is_found() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let cipher = ("-cipher", Some("ALL:COMPLEMENTOFALL:@SECLEVEL=0"));
    let (spoken, broken) = seen(&workshop, &workshop.pair("rsa:3072", &[]), &arguments(&[cipher], &[]));
    assert!(broken.contains(&"tls-suites"), "{broken:?}");
    assert!(!spoken.cut, "{} suites used up all questions", spoken.suites[&Version::Tls12].len());
    let mut found = names(&spoken, Version::Tls12);
    found.sort();
    assert_eq!(found, server::suites_with_rsa());
}

#[test]
fn a_small_prime_is_measured() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let parameters = workshop.small_prime();
    let cipher = ("-cipher", Some("ECDHE+AESGCM:DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"));
    let arguments = arguments(&[cipher], &["-dhparam", &parameters]);
    let (spoken, broken) = seen(&workshop, &workshop.pair("rsa:3072", &[]), &arguments);
    assert_eq!((spoken.finite_field, broken.as_slice()), (Some(1024), &["tls-suites"][..]));
}

#[test]
fn small_curves_and_groups_over_a_prime_are_found() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let pair = workshop.pair("rsa:3072", &[]);
    for (groups, name) in
        [("X25519:P-192", "secp192r1"), ("X25519:P-224", "secp224r1"), ("X25519:ffdhe2048", "ffdhe2048")]
    {
        let list = ("-groups", Some(groups));
        let cipher = ("-cipher", Some("ECDHE+AESGCM:@SECLEVEL=0"));
        let (spoken, broken) = seen(&workshop, &pair, &arguments(&[list, cipher], &[]));
        assert!(spoken.groups.iter().any(|group| group.to_string() == name), "{name}: {:?}", spoken.groups);
        assert_eq!(broken, ["tls-groups"], "{name}");
    }
}

#[test]
fn sha_1_is_found_in_the_key_exchange_and_in_the_chain() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let cipher = ("-cipher", Some("ECDHE+AESGCM:@SECLEVEL=0"));
    let sigalgs = ("-sigalgs", Some("RSA+SHA256:RSA-PSS+SHA256:RSA+SHA1"));
    let (_, broken) = seen(&workshop, &workshop.pair("rsa:3072", &[]), &arguments(&[cipher, sigalgs], &[]));
    assert_eq!(broken, ["tls-signatures"]);
    let (_, broken) = seen(&workshop, &workshop.pair("ec:P-256", &["-sha1"]), &arguments(&[cipher], &[]));
    assert_eq!(broken, ["tls-signatures"]);
}

#[test]
fn early_data_and_a_missing_version_are_found() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let pair = workshop.pair("ec:P-256", &[]);
    let (spoken, broken) = seen(&workshop, &pair, &arguments(&[], &["-max_early_data", "16384"]));
    assert_eq!((spoken.early_data, broken.as_slice()), (Some(true), &["tls-details"][..]));
    let (spoken, broken) = seen(&workshop, &pair, &arguments(&[], &["-tls1_2"]));
    assert_eq!((spoken.fallback_refused, broken.as_slice()), (None, &["tls-grade"][..]));
    let (spoken, broken) = seen(&workshop, &pair, &arguments(&[], &["-tls1_3"]));
    assert_eq!(broken, [""; 0], "{spoken:?}");
    assert_eq!(spoken.chain.len(), 2, "the chain of TLS 1.3 alone");
}

#[test]
fn faults_of_the_certificate_are_told_apart() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let plain = arguments(&[], &[]);
    let weak = arguments(&[("-cipher", Some("ECDHE+AESGCM:@SECLEVEL=0"))], &[]);
    let cases = [
        (workshop.pair("ec:P-256", &["name:other.voorbeeldstad.example"]), &plain, "certificate-trusted"),
        (workshop.pair("ec:P-256", &["alone"]), &plain, "certificate-trusted"),
        (workshop.pair("ec:P-256", &["self-signed"]), &plain, "certificate-trusted"),
        (workshop.pair("rsa:1024", &[]), &weak, "certificate-key"),
        (workshop.pair("rsa:2048", &[]), &plain, "certificate-key"),
        (workshop.pair("ec:P-256", &["expired"]), &plain, "certificate-days"),
    ];
    for (pair, arguments, promise) in cases {
        let (spoken, broken) = seen(&workshop, &pair, arguments);
        assert_eq!(broken, [promise], "{spoken:?}");
    }
}

#[test]
fn nothing_that_a_server_says_makes_it_fall_or_hang() {
    if !have(&["openssl"]) {
        return;
    }
    let workshop = Workshop::open();
    let long = [&[22, 3, 3, 0x40, 0][..], &[2; 0x4000][..]].concat().repeat(40);
    let cases: [(&[u8], &str); 6] = [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no TLS"),
        (b"", "speaks no version"),
        (&[21, 3, 3, 0, 2, 2, 40], "speaks no version"),
        (&[22, 3, 3, 0, 4, 2, 0, 0, 0], "its hello"),
        (&[22, 3, 3, 0, 4, 11, 0, 0, 0], "a message of type 11"),
        (&long, ""),
    ];
    for (answer, why) in cases {
        let server = Server::saying(answer);
        let facts = server.look(&workshop);
        let Err(silence) = &facts.endpoints[0].spoken else { panic!("{facts:?}") };
        assert!(silence.to_string().contains(why), "{silence:?}");
        assert_eq!(broken(&facts), [""; 0]);
    }
    let (server, _listener) = Server::silent();
    let begun = Instant::now();
    let facts = server.look(&workshop);
    assert!(matches!(facts.endpoints[0].spoken, Err(Silence::Troubled(_))), "{facts:?}");
    assert!(begun.elapsed() < Duration::from_secs(3));
}
