//! A real coturn with the rendered file, whole and with one fault each.

use crate::needs::have;
use crate::network::Network;
use crate::root::is_root;
use crate::scene::Scene;
use crate::support;
use crate::tool::{folder, succeed, with_secrets, write};
use std::collections::BTreeSet;
use std::net::{IpAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::finding::{Finding, Verdict};
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::model::traits::{Architecture, Release, Traits};
use vc4all_deploy::outside::relay::{self, Credentials, Reply, Transport};
use vc4all_deploy::render::Renderer;

const TOOLS: [&str; 4] = ["turnserver", "openssl", "unshare", "ip"];
const V4: &str = "203.0.113.10";
const V6: &str = "2001:db8:10::10";
const SECRET: &str = "Secret0fturn";
const PROMISES: [&str; 5] = ["stun", "relay-tls", "relay", "relay-needs-credentials", "relay-refuses-inside"];

fn addresses() -> [IpAddr; 2] {
    [V4, V6].map(|address| address.parse().unwrap())
}

/// The file of a plain host with both addresses, with paths and secrets of the test.
fn rendered(deployment: &Deployment, folder: &Path) -> String {
    let traits = Traits {
        architecture: Architecture::X86_64,
        release: Release::Debian12,
        memory_mib: 4096,
        addresses: addresses().to_vec(),
        ssh_ports: vec![22],
    };
    let claims = support::claims_on(&Renderer::new().unwrap(), deployment, &traits);
    with_secrets(support::text(&claims, "/etc/turnserver.conf"))
        .replace("/var/lib/vc4all/tls/live", folder.to_str().unwrap())
}

/// What Prosody gives to a participant: a name that says how long it is good, and a signature of it.
fn credentials(secret: &str) -> Credentials {
    let until = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 600;
    let name = format!("{until}:visitor");
    let script = "printf %s \"$1\" | openssl dgst -sha1 -hmac \"$2\" -binary | openssl base64 -A";
    let password = succeed(Command::new("sh").args(["-c", script, "sh", &name, secret]));
    Credentials { username: Secret::new(name), password: Secret::new(password) }
}

/// What is seen of a coturn whose file was changed; it is up when its UDP port `port` and what listens to TCP answer.
fn seen(change: impl Fn(String) -> String, port: u16) -> Scene {
    let folder = folder();
    let mut scene = Scene::at(&addresses());
    let mut pair = Command::new("openssl");
    pair.current_dir(folder.path()).args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]);
    succeed(pair.args(["-subj", "/CN=turn", "-keyout", "privkey.pem", "-out", "fullchain.pem"]));
    let text = change(rendered(&scene.deployment, folder.path()));
    let tls = !text.lines().any(|line| line == "no-tls");
    let file = folder.path().join("turnserver.conf");
    write(&file, &text);
    let mut network = Network::with(&[(V4, "203.0.113.20"), (V6, "2001:db8:10::20")]);
    network.start(Command::new("turnserver").current_dir(folder.path()).arg("-c").arg(&file).arg("--pidfile="));
    network.wait("coturn", || {
        addresses().into_iter().all(|address| {
            // Whoever cannot take a port knows that somebody has it.
            UdpSocket::bind((address, port)).is_err() && (!tls || TcpStream::connect((address, 5349)).is_ok())
        })
    });
    let credentials = credentials(SECRET);
    let facts = network.inside(|| relay::look(&scene.way, Some(&credentials)));
    scene.relay = facts.map_err(|error| format!("{error:#}"));
    scene
}

fn ready() -> bool {
    have(&TOOLS) && is_root()
}

fn without(text: &str, begin: &str) -> String {
    text.lines().filter(|line| !line.starts_with(begin)).map(|line| format!("{line}\n")).collect()
}

/// Exactly one promise is broken, and says why; the others hold, but those that cannot be seen through the fault.
fn only(scene: &Scene, promise: &'static str, words: &str, unseen: &[&'static str]) {
    let said: Vec<Finding> = PROMISES.iter().map(|name| scene.finding(name)).collect();
    assert_eq!(scene.with(Verdict::Broken, &PROMISES), [promise], "{said:#?}");
    assert_eq!(scene.with(Verdict::Unseen, &PROMISES), unseen, "{said:#?}");
    let finding = scene.finding(promise);
    assert!(finding.seen.contains(words) && finding.remedy.is_some(), "{finding:?}");
}

#[test]
fn our_file_keeps_every_promise() {
    if !ready() {
        return;
    }
    let scene = seen(|text| text, 3478);
    assert_eq!(scene.with(Verdict::Kept, &PROMISES), PROMISES, "{:#?}", scene.relay);
    let doors = scene.relay.as_ref().unwrap();
    assert_eq!(doors.doors.len(), 4);
    for door in &doors.doors {
        assert_eq!(door.binding, Reply::Gave(door.here.unwrap()));
        assert!(door.peers.len() > 9, "{door:?}");
    }
    assert!(!format!("{doors:?}").contains("visitor"));
}

#[test]
fn a_relay_for_everybody_is_found() {
    if !ready() {
        return;
    }
    let open = |text: String| without(&without(&text, "use-auth-secret"), "static-auth-secret") + "no-auth\n";
    let scene = seen(open, 3478);
    only(&scene, "relay-needs-credentials", "relays for anybody over UDP and TLS at 203.0.113.10", &[]);
}

#[test]
fn a_way_inside_is_found() {
    if !ready() {
        return;
    }
    let scene = seen(|text| without(&text, "denied-peer-ip"), 3478);
    only(&scene, "relay-refuses-inside", "passes on to 10.0.0.1 (inside)", &[]);
    let loopback = |text: String| text + "allow-loopback-peers\nallowed-peer-ip=127.0.0.1\n";
    let scene = seen(loopback, 3478);
    only(&scene, "relay-refuses-inside", "passes on to 127.0.0.1 (inside)", &[]);
    // As many relays are set up: everything special is denied, and so the whole world is served.
    let special = ["0.0.0.0-127.255.255.255", "169.254.0.0-192.255.255.255", "203.0.113.0-255.255.255.255"];
    let special = special.map(|range| format!("denied-peer-ip={range}\n")).concat();
    // A range that begins with `::` holds all of IPv4 for coturn.
    let usual = |text: String| {
        let text = text.replace("denied-peer-ip=0.0.0.0-255.255.255.255\n", &special);
        text.replace("denied-peer-ip=::-", "denied-peer-ip=::1-")
    };
    only(&seen(usual, 3478), "relay-refuses-inside", "passes on to 198.41.0.4 (a stranger)", &[]);
    let own_data = |text: String| text + "allowed-peer-ip=169.254.169.254\n";
    let scene = seen(own_data, 3478);
    only(&scene, "relay-refuses-inside", "passes on to 169.254.169.254 (inside)", &[]);
}

#[test]
fn a_relay_that_leads_nowhere_is_found() {
    if !ready() {
        return;
    }
    let scene = seen(|text| text.replace(SECRET, "another"), 3478);
    only(&scene, "relay", "refuses a participant with error 401", &["relay-refuses-inside"]);
    let scene = seen(|text| without(&text, "allowed-peer-ip"), 3478);
    only(&scene, "relay", "does not pass on to the bridge at 203.0.113.10", &[]);
    let elsewhere =
        |text: String| text.replace("min-port=49160", "min-port=30000").replace("max-port=49999", "max-port=30100");
    only(&seen(elsewhere, 3478), "relay", "which the firewall does not let in", &[]);
    let hidden = |text: String| text + &format!("external-ip=10.0.0.5/{V4}\n");
    only(&seen(hidden, 3478), "relay", "relays from 10.0.0.5, which is no address of this instance", &[]);
}

#[test]
fn silence_is_found_where_it_is() {
    if !ready() {
        return;
    }
    let others = ["relay", "relay-needs-credentials", "relay-refuses-inside"];
    let scene = seen(|text| text + "no-tls\n", 3478);
    only(&scene, "relay-tls", "connect: Connection refused (os error 111) over TLS at 203.0.113.10", &others);
    let scene = seen(|text| text.replace("listening-port=3478", "listening-port=3470"), 3470);
    only(&scene, "stun", " over UDP at 203.0.113.10", &others);
}

/// Answers as a relay for which the first port that asks for an allocation has one already; gives back how many ports asked.
fn mismatched(socket: &UdpSocket) -> usize {
    let mut asked = BTreeSet::new();
    let mut bytes = [0; 2048];
    // Nobody asks any more, once the look is over.
    while let Ok((count, from)) = socket.recv_from(&mut bytes) {
        let is_binding = bytes[..2] == [0x00, 0x01];
        let (kind, attribute) = if is_binding {
            let port = from.port() ^ 0x2112;
            let IpAddr::V4(address) = from.ip() else { continue };
            let hidden: Vec<u8> =
                address.octets().iter().zip([0x21, 0x12, 0xa4, 0x42]).map(|(byte, key)| byte ^ key).collect();
            ([0x01, 0x01], [&[0x00, 0x20, 0x00, 0x08, 0x00, 0x01], &port.to_be_bytes()[..], &hidden].concat())
        } else {
            asked.insert(from);
            let number = if asked.len() == 1 { 37 } else { 0 };
            ([0x01, 0x13], vec![0x00, 0x09, 0x00, 0x04, 0x00, 0x00, 0x04, number])
        };
        let length = u8::try_from(attribute.len()).unwrap();
        let answer = [&kind[..], &[0, length], &bytes[4..20], &attribute].concat();
        assert!(count >= 20);
        socket.send_to(&answer, from).unwrap();
    }
    asked.len()
}

#[test]
fn a_port_that_has_an_allocation_already_is_changed() {
    if !ready() {
        return;
    }
    let mut scene = Scene::at(&[V4.parse().unwrap()]);
    scene.way.patience = Duration::from_secs(2);
    let network = Network::with(&[(V4, "203.0.113.20")]);
    let (facts, ports) = network.inside(|| {
        let socket = UdpSocket::bind((V4, 3478)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(4))).unwrap();
        thread::scope(|scope| {
            let relay = scope.spawn(|| mismatched(&socket));
            (relay::look(&scene.way, None).unwrap(), relay.join().unwrap())
        })
    });
    assert_eq!(facts.doors[0].without, Reply::Refused(400), "{:?}", facts.doors[0]);
    // One more tries it with a password that nobody gave.
    assert_eq!(ports, 3);
}

#[test]
fn nobody_to_talk_with_is_no_error() {
    let mut scene = Scene::at(&["127.0.0.1".parse().unwrap()]);
    // Nothing listens on loopback at 5349 or 3478 on a machine that is no relay itself.
    scene.way.patience = Duration::from_millis(300);
    let facts = relay::look(&scene.way, None).unwrap();
    for door in facts.doors {
        assert!(!door.answers() && door.peers.is_empty() && door.with.is_none(), "{door:?}");
        assert!([Transport::Udp, Transport::Tls].contains(&door.transport));
    }
}
