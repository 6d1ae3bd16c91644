//! What is seen of an instance whose TLS is as it should be, for tests to change.

use crate::outside::tls::{
    Certificate, Endpoint, Facts, Group, Hash, Key, Order, Scheme, Spoken, Suite, Trust, Version,
};
use crate::verify::stage::Stage;
use crate::verify::{Judgement, Promise};

pub(super) const NOW: i64 = 1_800_000_000;
pub(super) const DAY: i64 = 86_400;

/// What a promise says to what was seen of TLS.
pub(super) fn judged(promise: &Promise, facts: Facts) -> Judgement {
    let mut stage = Stage::new();
    (stage.tls, stage.now) = (Ok(facts), NOW);
    stage.judged(promise)
}

pub(super) fn suite(name: &str) -> Suite {
    Suite::named(name).unwrap()
}

pub(super) fn suites(names: &[&str]) -> Vec<Suite> {
    names.iter().map(|name| suite(name)).collect()
}

/// Both ports of both addresses as they should be: 443 and 5349 of IPv4, then of IPv6.
pub(super) fn good() -> Facts {
    let endpoints = ["192.0.2.1", "2001:db8::1"].into_iter().flat_map(|address| {
        [443, 5349].map(|port| Endpoint { address: address.parse().unwrap(), port, spoken: Ok(spoken()) })
    });
    Facts { endpoints: endpoints.collect(), unrouted: Vec::new() }
}

fn spoken() -> Spoken {
    let old = [
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    ];
    let new = ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"];
    Spoken {
        suites: [(Version::Tls12, suites(&old)), (Version::Tls13, suites(&new))].into(),
        cut: false,
        order: Some(Order::Server),
        groups: [Group(23), Group(24), Group(29), Group(0x11ec)].into(),
        finite_field: None,
        signatures: [Scheme(0x0403)].into(),
        compression: false,
        secure_renegotiation: Some(true),
        fallback_refused: Some(true),
        extended_master_secret: Some(true),
        early_data: Some(false),
        stapled: Some(false),
        chain: chain(),
        trust: Trust::Trusted,
    }
}

fn chain() -> Vec<Certificate> {
    let own = Certificate {
        subject: "CN=meet.voorbeeldstad.example".into(),
        issuer: "CN=Intermediate of Voorbeeldstad".into(),
        names: vec!["meet.voorbeeldstad.example".into()],
        serial: "0a0b".into(),
        key: Key::Curve(Some(Group(23))),
        hash: Hash::Strong,
        not_before: NOW - 10 * DAY,
        not_after: NOW + 80 * DAY,
        self_signed: false,
    };
    let above = Certificate {
        subject: own.issuer.clone(),
        issuer: "CN=Root of Voorbeeldstad".into(),
        names: Vec::new(),
        serial: "01".into(),
        key: Key::Rsa(2048),
        not_before: NOW - 400 * DAY,
        not_after: NOW + 400 * DAY,
        ..own.clone()
    };
    vec![own, above]
}
