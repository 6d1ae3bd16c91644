//! A scan of addresses behind a firewall that is silent, as ours is.

use crate::needs::have;
use crate::network::Network;
use crate::root::is_root;
use crate::scene::Scene;
use std::net::{IpAddr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};
use vc4all_deploy::model::finding::Verdict;
use vc4all_deploy::outside::ports::{self, Reach};

const RULES: &str = "table inet t {
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established accept
        tcp dport { 22, 80, 443, 5349, 8080, 60999 } accept
    }
}";
/// A host's address and its visitor's, in both families.
const V4: (&str, &str) = ("203.0.113.10", "203.0.113.20");
const V6: (&str, &str) = ("2001:db8:10::10", "2001:db8:10::20");

fn behind_a_firewall(addresses: &[(&str, &str)], listening: &[u16], reach: Reach) -> Option<Scene> {
    if !have(&["unshare", "ip", "nft"]) || !is_root() {
        return None;
    }
    let network = Network::with(addresses);
    let addresses: Vec<IpAddr> = addresses.iter().map(|(host, _)| host.parse().unwrap()).collect();
    let mut scene = Scene::at(&addresses);
    let facts = network.inside(|| {
        let pairs = addresses.iter().flat_map(|address| listening.iter().map(|port| (*address, *port)));
        let _held: Vec<TcpListener> = pairs.map(|pair| TcpListener::bind(pair).unwrap()).collect();
        assert!(Command::new("nft").arg(RULES).status().unwrap().success());
        let begin = Instant::now();
        let facts = ports::look(&scene.way, reach, &ports::declared(&[22]));
        // Port after port, the silent ones of one address would take an hour.
        assert!(reach == Reach::All || begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
        facts
    });
    scene.ports = facts.map_err(|error| format!("{error:#}"));
    Some(scene)
}

#[test]
fn a_silent_firewall_is_looked_through_in_time() {
    let Some(scene) = behind_a_firewall(&[V4, V6], &[22, 80, 443, 5349], Reach::Usual) else { return };
    for host in &scene.ports.as_ref().unwrap().hosts {
        assert_eq!((&host.open[..], &host.refused[..]), (&[22, 80, 443, 5349][..], &[8080][..]), "{host:?}");
        assert!(host.silent > 1200 && host.untried == 0, "{host:?}");
    }
    assert_eq!(scene.finding("open-ports").verdict, Verdict::Kept);
}

#[test]
fn an_opened_port_is_found() {
    let Some(scene) = behind_a_firewall(&[V4], &[22, 443, 8080], Reach::Usual) else { return };
    let finding = scene.finding("open-ports");
    assert_eq!(finding.verdict, Verdict::Broken);
    assert_eq!(finding.seen, "TCP port 8080 of 203.0.113.10 answers");
}

#[test]
fn a_port_that_nobody_thinks_of_is_found_among_all() {
    let listening = [22, 443, 60_999];
    let Some(scene) = behind_a_firewall(&[V4], &listening, Reach::All) else { return };
    let host = &scene.ports.as_ref().unwrap().hosts[0];
    assert_eq!(host.open, listening);
    assert_eq!(host.tried(), 65_535);
    assert_eq!(scene.finding("open-ports").seen, "TCP port 60999 of 203.0.113.10 answers");
}

#[test]
fn an_address_without_a_way_is_not_tried() {
    if !have(&["unshare", "ip"]) || !is_root() {
        return;
    }
    let network = Network::with(&[]);
    let mut scene = Scene::at(&["198.51.100.1".parse().unwrap()]);
    let facts = network.inside(|| ports::look(&scene.way, Reach::Usual, &[])).unwrap();
    let host = &facts.hosts[0];
    assert!(host.tried() == 0 && host.untried > 1200 && host.why.is_some(), "{host:?}");
    scene.ports = Ok(facts);
    assert_eq!(scene.finding("open-ports").verdict, Verdict::Unseen);
}
