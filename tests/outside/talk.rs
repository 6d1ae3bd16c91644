//! A real Prosody with the gate, whole and with one fault each, and servers that mean harm.

use crate::needs::have;
use crate::network::Network;
use crate::root::is_root;
use crate::scene::Scene;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use vc4all_deploy::model::deployment::Guests;
use vc4all_deploy::model::finding::Verdict;
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::model::values::Domain;
use vc4all_deploy::outside::talk::{self, Visit};

const TOOLS: [&str; 6] = ["python3", "prosody", "prosodyctl", "openssl", "unshare", "ip"];
const V4: &str = "203.0.113.10";
const ROOM: &str = "71358246905713582469";
const PROMISES: [&str; 15] = [
    "signalling",
    "gate",
    "rooms-by-hosts",
    "guests-wait",
    "guest-rules",
    "empty-tokens",
    "forged-tokens",
    "meeting-hosts",
    "hard-names",
    "hidden-rooms",
    "focus",
    "components",
    "closed-brewery",
    "credentials-for-participants",
    "own-relay",
];

fn able() -> bool {
    have(&TOOLS) && is_root()
}

/// A server in a network of its own; it ends with its input.
struct Front {
    network: Network,
    server: Child,
    token: Option<String>,
}

impl Front {
    fn with(given: &Value) -> Self {
        let network = Network::with(&[(V4, "203.0.113.20")]);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outside/talk.py");
        let mut python = Command::new("python3");
        python.args(["-B", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = network.inside(|| python.spawn().unwrap());
        writeln!(server.stdin.as_mut().unwrap(), "{given}").unwrap();
        let mut said = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
        let first = said.next().unwrap();
        let token = (first != "ready").then_some(first);
        assert!(token.is_none() || said.next().as_deref() == Some("ready"), "{given}");
        Self { network, server, token }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        // It may have ended by itself.
        let _ = self.server.wait();
    }
}

/// What is seen of such a server, and how long that took.
fn seen(given: &Value, guests: Guests, patience: Duration) -> (Scene, Duration) {
    let front = Front::with(given);
    let mut scene = Scene::at(&[V4.parse().unwrap()]);
    scene.deployment.domain = Domain::parse("meet.vc4all.test").unwrap();
    scene.deployment.access.guests = guests;
    scene.way.domain = scene.deployment.domain.clone();
    scene.way.patience = patience;
    let visit = Visit::new(&scene.deployment, ROOM.to_owned(), front.token.clone().map(Secret::new));
    let start = Instant::now();
    let facts = front.network.inside(|| talk::look(&scene.way, &visit));
    scene.talk = facts.map_err(|error| format!("{error:#}"));
    (scene, start.elapsed())
}

fn prosody(flavour: Value, guests: Guests) -> Scene {
    let given = json!({ "address": V4, "room": ROOM, "flavour": flavour });
    seen(&given, guests, Duration::from_secs(10)).0
}

/// Exactly these promises are broken, and where none is, all are kept.
fn expect(what: &str, scene: &Scene, broken: &[&str]) {
    let all = scene.findings().into_iter().filter(|finding| PROMISES.contains(&finding.promise));
    let told: Vec<String> = all.map(|one| format!("{} {:?}: {}", one.promise, one.verdict, one.seen)).collect();
    assert_eq!(scene.with(Verdict::Broken, &PROMISES), broken, "{what}\n{}", told.join("\n"));
    let kept: BTreeSet<&str> = scene.with(Verdict::Kept, &PROMISES).into_iter().collect();
    assert!(!broken.is_empty() || kept.len() == PROMISES.len(), "{what}\n{}", told.join("\n"));
}

#[test]
fn every_rule_for_guests_keeps_every_promise() {
    if !able() {
        return;
    }
    for guests in [Guests::LobbyOrPassword, Guests::Lobby, Guests::Password, Guests::None] {
        expect(guests.word(), &prosody(json!({ "guests": guests.word() }), guests), &[]);
    }
}

/// A line of the gate that judges guests, and what goes before it.
const JUDGE: &str = "\tif mode == \"none\" then";
const LET_IN: &str = "room:set_affiliation(true, jid.bare(stanza.attr.from), \"member\"); return; end\n";

#[test]
fn each_fault_of_prosodys_file_is_found_by_its_promise() {
    if !able() {
        return;
    }
    let faults = [
        ("empty-tokens", "allow_empty_token = false", "allow_empty_token = true"),
        ("components", "Component \"polls.meet.vc4all.test\" \"polls_component\"", ""),
        ("closed-brewery", "; \"muc_filter_access\"", ""),
        (
            "hidden-rooms",
            "\"muc_hide_all\"; \"muc_meeting_id\"; \"muc_domain_mapper\"; \"muc_rate_limit\"; ",
            "\"muc_meeting_id\"; ",
        ),
        ("hard-names", "vc4all_gate_room_name_bits = 40", "vc4all_gate_room_name_bits = 0"),
        ("meeting-hosts", "app_secret = \"", "app_secret = \"another"),
        ("credentials-for-participants", "\"external_services\"; ", ""),
        (
            "own-relay",
            "external_services = {",
            "external_services = { { type = \"stun\", host = \"stun.example.org\", port = 3478, transport = \"udp\" },",
        ),
        ("guest-rules", "vc4all_gate_guests = \"lobby-or-password\"", "vc4all_gate_guests = \"password\""),
    ];
    for (promise, old, new) in faults {
        let scene = prosody(json!({ "edits": [[old, new]] }), Guests::LobbyOrPassword);
        expect(promise, &scene, &[promise]);
    }
}

#[test]
fn each_fault_of_the_gate_is_found_by_its_promise() {
    if !able() {
        return;
    }
    let early = format!("\tif not host_seen then {LET_IN}{JUDGE}");
    let open = "local open = room._data.vc4all_host_seen == true and";
    let late = format!("\tif host_seen then {LET_IN}{JUDGE}");
    let services = "for host in pairs(prosody.hosts) do guard_services(host); end";
    let later = "module:hook_global(\"host-activated\", guard_services);";
    let faults = [
        ("gate", json!(null)),
        ("rooms-by-hosts", json!([[JUDGE, early], [open, "local open = true or"]])),
        ("guests-wait", json!([[JUDGE, late]])),
        ("credentials-for-participants", json!([[services, ""], [later, ""]])),
    ];
    for (promise, edits) in faults {
        let scene = prosody(json!({ "gate_edits": edits }), Guests::LobbyOrPassword);
        expect(promise, &scene, &[promise]);
    }
}

#[test]
fn a_server_that_means_harm_is_left_in_time_and_keeps_nothing() {
    if !able() {
        return;
    }
    for kind in ["noise", "no xml", "deep", "entities", "long", "flood", "endless", "escapes"] {
        let patience = Duration::from_secs(1);
        let (scene, took) = seen(&json!({ "address": V4, "hostile": kind }), Guests::Lobby, patience);
        assert!(took < patience * 6, "{kind}: {took:?}");
        let kept = scene.with(Verdict::Kept, &PROMISES);
        assert!(kept.iter().all(|promise| *promise == "signalling"), "{kind}: {kept:?}");
        for finding in scene.findings().iter().filter(|finding| PROMISES.contains(&finding.promise)) {
            assert!(finding.seen.len() < 400, "{kind}: {}", finding.seen);
            assert!(finding.seen.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{kind}: {:?}", finding.seen);
        }
    }
}
