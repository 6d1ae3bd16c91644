//! coturn's file, used by a real turnserver.

use crate::needs::have;
use crate::root::is_root;
use crate::support;
use crate::tool::{folder, repository, succeed, with_secrets, write};
use std::path::Path;
use std::process::Command;
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::traits::{Architecture, Release, Traits};
use vc4all_deploy::render::Renderer;

/// An address of documentation (RFC 5737), which is public to us and nobody's in the test's network.
const ADDRESS: &str = "203.0.113.10";

/// The file of a plain host with one address, with paths and secrets of the test.
fn rendered(folder: &Path) -> String {
    let (_, mut deployment): (String, Deployment) = support::deployments().swap_remove(0);
    deployment.media.nat.clear();
    let traits = Traits {
        architecture: Architecture::X86_64,
        release: Release::Debian12,
        memory_mib: 4096,
        addresses: vec![ADDRESS.parse().unwrap()],
        ssh_ports: vec![22],
    };
    let claims = support::claims_on(&Renderer::new().unwrap(), &deployment, &traits);
    with_secrets(support::text(&claims, "/etc/turnserver.conf"))
        .replace("/var/lib/vc4all/tls/live", folder.to_str().unwrap())
}

fn make_pairs(folder: &Path) {
    for kind in ["", "new-"] {
        let mut openssl = Command::new("openssl");
        openssl
            .current_dir(folder)
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=turn"]);
        succeed(
            openssl.arg("-keyout").arg(format!("{kind}privkey.pem")).arg("-out").arg(format!("{kind}fullchain.pem")),
        );
    }
}

#[test]
fn a_real_turnserver_relays_to_our_bridge_and_to_nobody_else() {
    if !have(&["turnserver", "turnutils_uclient", "openssl", "unshare", "ip", "ss"]) || !is_root() {
        return;
    }
    let folder = folder();
    make_pairs(folder.path());
    write(&folder.path().join("turnserver.conf"), &rendered(folder.path()));
    let mut unshare = Command::new("unshare");
    unshare.args(["--net", "sh"]).arg(repository().join("tests/consumers/turnserver.sh"));
    let out = succeed(unshare.arg(folder.path()).arg(ADDRESS).arg("Secret0fturn"));
    let mut wanted = vec![
        format!("listens tcp {ADDRESS}:5349 udp {ADDRESS}:3478 "),
        "tls1_1 (NONE)".to_owned(),
        "tls1_2 ECDHE-RSA-AES256-GCM-SHA384".to_owned(),
        "weak (NONE)".to_owned(),
        "own-udp done".to_owned(),
        "own-tls done".to_owned(),
        "wrong-secret refused".to_owned(),
        "reloaded".to_owned(),
    ];
    for peer in ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "198.51.100.9", "8.8.8.8"] {
        wanted.push(format!("peer-{peer} forbidden"));
    }
    for line in &wanted {
        assert!(out.lines().any(|seen| seen == line), "{line:?} is not in\n{out}");
    }
    assert!(!out.lines().any(|line| line == "stun 0"), "{out}");
    // What lands in the journal, after all those calls: nothing about anybody.
    let journal: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("journal: ")).collect();
    assert!(journal.iter().all(|line| *line == "socket: Protocol not supported"), "{journal:?}");
}

#[test]
fn coturn_knows_every_option() {
    if !have(&["turnserver", "openssl", "unshare", "ip", "timeout"]) || !is_root() {
        return;
    }
    let folder = folder();
    make_pairs(folder.path());
    let silent = ["no-stdout-log", "simple-log", "log-file=/dev/null"];
    let text: String =
        rendered(folder.path()).lines().filter(|line| !silent.contains(line)).map(|line| format!("{line}\n")).collect();
    let file = folder.path().join("turnserver.conf");
    write(&file, &(text + "log-file=stdout\nsimple-log\n"));
    let script =
        "ip link set lo up; ip addr add \"$2/32\" dev lo; timeout 3 turnserver -c \"$1\" --pidfile= 2>&1; true";
    let mut unshare = Command::new("unshare");
    let out = succeed(unshare.args(["--net", "sh", "-c", script, "sh"]).arg(&file).arg(ADDRESS));
    for wrong in ["Bad configuration", "Unknown", "unknown", "cannot find", "WARNING", "not a valid"] {
        assert!(!out.contains(wrong), "{wrong}: {out}");
    }
    assert!(out.contains("Relay ports initialization done"), "it did not start: {out}");
}
