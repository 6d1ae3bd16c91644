//! Which host keys are taken, asked about and refused.

use crate::server::{Scripted, Server, fingerprint, keygen, order, refusal, sshd};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use vc4all_deploy::model::values::HostKeyPin;
use vc4all_deploy::remote::ssh::connect;
use vc4all_deploy::remote::{ErrorKind, Nobody, Remote};

#[test]
fn a_new_key_is_shown_and_remembered_once_it_is_accepted() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    for form in ["no", "yes"] {
        let target = server.target("127.0.0.1", &format!("HashKnownHosts {form}"));
        let mut people = Scripted { accept: Some(true), ..Scripted::default() };
        let answer = connect(&target, &mut people).unwrap().run(&order("echo hello", b"")).unwrap();
        assert_eq!(answer.stdout, b"hello\n");
        assert_eq!(people.asked, [format!("127.0.0.1 ED25519 {}", fingerprint(&server.path("host_ed25519.pub")))]);
        let file = server.path("known_hosts");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let name = format!("[127.0.0.1]:{}", server.port);
        assert_eq!(fs::read_to_string(&file).unwrap().contains("127.0.0.1"), form == "no");
        assert!(keygen(&["-F", &name, "-f", file.to_str().unwrap()]).contains("ssh-ed25519"), "ssh does not find it");
        connect(&target, &mut Nobody).unwrap();
        fs::remove_file(file).unwrap();
    }
}

#[test]
fn a_new_key_that_nobody_accepts_ends_the_connection() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let target = server.target("127.0.0.1", "");
    let shown = fingerprint(&server.path("host_ed25519.pub"));
    let error = refusal(&target, &mut Scripted { accept: Some(false), ..Scripted::default() });
    assert_eq!(error.kind, ErrorKind::UnknownKey);
    assert!(error.cause.contains(&shown) && error.cause.contains("not accepted"), "{error}");
    let error = refusal(&target, &mut Nobody);
    assert!(error.kind == ErrorKind::UnknownKey && error.cause.contains("nobody is there"), "{error}");
    let strict = server.target("127.0.0.1", "StrictHostKeyChecking yes");
    let mut people = Scripted { accept: Some(true), ..Scripted::default() };
    assert_eq!(refusal(&strict, &mut people).kind, ErrorKind::UnknownKey);
    assert!(people.asked.is_empty() && !server.path("known_hosts").exists());
}

#[test]
fn a_changed_key_stops_with_both_fingerprints() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    server.write_known("user");
    let error = refusal(&server.target("127.0.0.1", ""), &mut Scripted { accept: Some(true), ..Scripted::default() });
    assert_eq!(error.kind, ErrorKind::ChangedKey);
    for key in ["user.pub", "host_ed25519.pub"] {
        assert!(error.cause.contains(&fingerprint(&server.path(key))), "{error}");
    }
    assert!(error.help.contains(&format!("ssh-keygen -R '[127.0.0.1]:{}'", server.port)), "{}", error.help);
}

#[test]
fn a_host_known_by_any_of_its_keys_is_the_same_host() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    for key in ["host_rsa", "host_ecdsa", "host_ed25519"] {
        server.write_known(key);
        connect(&server.target("127.0.0.1", ""), &mut Nobody).unwrap();
        keygen(&["-H", "-f", server.path("known_hosts").to_str().unwrap()]);
        assert!(!fs::read_to_string(server.path("known_hosts")).unwrap().contains("127.0.0.1"));
        connect(&server.target("127.0.0.1", ""), &mut Nobody).unwrap();
    }
}

#[test]
fn a_pin_decides_whatever_its_kind_and_whatever_the_files_say() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    server.write_known("user");
    let mut target = server.target("127.0.0.1", "");
    for key in ["host_ed25519.pub", "host_ecdsa.pub", "host_rsa.pub"] {
        target.pin = Some(HostKeyPin::parse(&fingerprint(&server.path(key))).unwrap());
        connect(&target, &mut Nobody).unwrap();
    }
    server.write_known("host_ed25519");
    target.pin = Some(HostKeyPin::parse(&fingerprint(&server.path("user.pub"))).unwrap());
    let error = refusal(&target, &mut Nobody);
    assert_eq!(error.kind, ErrorKind::ChangedKey);
    for key in ["user.pub", "host_ed25519.pub", "host_ecdsa.pub", "host_rsa.pub"] {
        assert!(error.cause.contains(&fingerprint(&server.path(key))), "{error}");
    }
}

#[test]
fn a_revoked_key_is_refused_even_where_it_is_known_or_pinned() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let mut target = server.known();
    let known = fs::read_to_string(server.path("known_hosts")).unwrap();
    let key = known.split_once(' ').unwrap().1;
    fs::write(server.path("known_hosts"), format!("{known}\n@revoked * {key}")).unwrap();
    assert!(refusal(&target, &mut Nobody).cause.contains("revoked"));
    target.pin = Some(HostKeyPin::parse(&fingerprint(&server.path("host_ed25519.pub"))).unwrap());
    assert_eq!(refusal(&target, &mut Nobody).kind, ErrorKind::ChangedKey);
}

#[test]
fn an_alias_and_a_literal_of_ipv6_lead_to_the_host() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let mut people = Scripted { accept: Some(true), ..Scripted::default() };
    let mut ssh = connect(&server.target("media", "Host media\n HostName ::1\n"), &mut people).unwrap();
    assert_eq!(ssh.host(), "media");
    assert!(ssh.run(&order("echo $SSH_CONNECTION", b"")).unwrap().stdout.starts_with(b"::1 "));
    let known = fs::read_to_string(server.path("known_hosts")).unwrap();
    assert!(known.starts_with(&format!("[::1]:{} ssh-ed25519 ", server.port)), "{known}");
    connect(&server.target("[::1]", ""), &mut Nobody).unwrap();
    connect(
        &server.target(
            "media",
            "Host media\n HostName localhost\n HostKeyAlias [::1]:PORT\n"
                .replace("PORT", &server.port.to_string())
                .as_str(),
        ),
        &mut Nobody,
    )
    .unwrap();
}
