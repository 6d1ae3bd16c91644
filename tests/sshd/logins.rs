//! Which keys open the door.

use crate::server::{Scripted, Server, keygen, order, private, refusal, sshd};
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use vc4all_deploy::remote::ssh::connect;
use vc4all_deploy::remote::{ErrorKind, Nobody, Remote, Target};

fn replace_user_key(server: &Server, args: &[&str]) {
    fs::remove_file(server.path("user")).unwrap();
    fs::remove_file(server.path("user.pub")).unwrap();
    let path = server.path("user").display().to_string();
    keygen(&[args, &["-f", &path]].concat());
    fs::copy(server.path("user.pub"), server.path("authorized")).unwrap();
}

#[test]
fn every_kind_of_key_file_logs_in() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let target = server.known();
    let kinds: [&[&str]; 6] = [
        &["-t", "ed25519"],
        &["-t", "rsa", "-b", "2048"],
        &["-t", "rsa", "-b", "2048", "-m", "PEM"],
        &["-t", "ecdsa", "-b", "256"],
        &["-t", "ecdsa", "-b", "521"],
        &["-t", "ecdsa", "-b", "384", "-m", "PEM"],
    ];
    for kind in kinds {
        replace_user_key(&server, kind);
        connect(&target, &mut Nobody).unwrap_or_else(|e| panic!("{kind:?}: {e}"));
    }
}

#[test]
fn a_passphrase_is_asked_until_it_is_right_and_not_again() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let target = server.known();
    for kind in [&["-t", "ed25519"][..], &["-t", "rsa", "-b", "2048"], &["-t", "rsa", "-b", "2048", "-m", "PEM"]] {
        replace_user_key(&server, &[kind, &["-a", "1", "-N", "right words"]].concat());
        let mut people = Scripted::with_words(&["wrong", "right words"]);
        let ssh = connect(&target, &mut people).unwrap_or_else(|e| panic!("{kind:?}: {e}"));
        assert_eq!(people.asked, ["user", "user"]);
        ssh.another().unwrap();
        let error = refusal(&target, &mut Scripted::with_words(&["no", "nor this", "never"]));
        assert_eq!(error.kind, ErrorKind::LoginRefused);
        assert!(error.cause.contains("was not opened by the passphrase") && !error.cause.contains("never"), "{error}");
        let error = refusal(&target, &mut Nobody);
        assert!(error.cause.contains("nobody is there to type the passphrase"), "{error}");
    }
}

#[test]
fn a_refused_login_tells_what_was_tried() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let other = server.path("other").display().to_string();
    keygen(&["-t", "ed25519", "-f", &other]);
    server.write_known("host_ed25519");
    let missing = server.path("missing").display().to_string();
    let open = server.path("open").display().to_string();
    fs::write(&open, "x").unwrap();
    let broken = server.path("broken").display().to_string();
    fs::write(&broken, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n").unwrap();
    private(Path::new(&broken));
    let mut target = server.target("127.0.0.1", "");
    target.identities = [&missing, &open, &broken, &other].map(Into::into).to_vec();
    let error = refusal(&target, &mut Nobody);
    assert_eq!(error.kind, ErrorKind::LoginRefused);
    for part in [
        format!("{missing} cannot be read"),
        format!("{open} can be read by others"),
        format!("{broken} cannot be used"),
        format!("{other} was refused"),
        "publickey".to_owned(),
    ] {
        assert!(error.cause.contains(&part), "{part} is not in: {error}");
    }
    assert!(error.help.contains("ssh-copy-id"));
}

struct Agent(Child);

impl Agent {
    fn start(socket: &Path, keys: &[&Path]) -> Self {
        let child = Command::new("ssh-agent").arg("-D").arg("-a").arg(socket).stdout(Stdio::null()).spawn().unwrap();
        // The file is there before the agent listens on it.
        crate::server::wait_for("the agent", || UnixStream::connect(socket).is_ok());
        for key in keys {
            let added = Command::new("ssh-add").arg("-q").arg(key).env("SSH_AUTH_SOCK", socket).status().unwrap();
            assert!(added.success());
        }
        Self(child)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn with_agent(server: &Server, more: &str) -> Target {
    let socket = server.path("agent").display().to_string();
    server.write_known("host_ed25519");
    server.target("127.0.0.1", &format!("IdentityAgent {socket}\n{more}"))
}

#[test]
fn the_agent_opens_the_door_without_a_key_file() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let others: Vec<_> = (0..3).map(|n| server.path(&format!("other{n}"))).collect();
    for other in &others {
        keygen(&["-t", "ed25519", "-f", other.to_str().unwrap()]);
    }
    let user = server.path("user");
    let mut keys: Vec<&Path> = others.iter().map(AsRef::as_ref).collect();
    keys.push(&user);
    let _agent = Agent::start(&server.path("agent"), &keys);
    let mut target = with_agent(&server, "");
    target.identities = vec![others[0].clone()];
    let answer = connect(&target, &mut Nobody).unwrap().run(&order("id -u", b"")).unwrap();
    assert_eq!(answer.stdout, b"0\n");
    let mut named = with_agent(&server, "IdentitiesOnly yes");
    named.identities = vec![others[0].clone()];
    let error = refusal(&named, &mut Nobody);
    assert_eq!(error.kind, ErrorKind::LoginRefused);
    assert_eq!(error.cause.matches("the agent's key").count(), 1, "{error}");
    named.identities = vec![server.path("user.pub")];
    connect(&named, &mut Nobody).unwrap();
}

#[test]
fn the_agent_spares_the_passphrase_of_the_named_key() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "MaxAuthTries 3");
    let locked = server.path("locked");
    fs::copy(server.path("user"), &locked).unwrap();
    keygen(&["-p", "-a", "1", "-N", "words", "-f", locked.to_str().unwrap()]);
    let others: Vec<_> = (0..4).map(|n| server.path(&format!("other{n}"))).collect();
    for other in &others {
        keygen(&["-t", "ed25519", "-f", other.to_str().unwrap()]);
    }
    let user = server.path("user");
    let mut keys: Vec<&Path> = others.iter().map(AsRef::as_ref).collect();
    keys.push(&user);
    let _agent = Agent::start(&server.path("agent"), &keys);
    let mut target = with_agent(&server, "");
    target.identities = vec![locked];
    connect(&target, &mut Nobody).unwrap();
    target.identities = vec![server.path("missing")];
    let error = refusal(&target, &mut Nobody);
    assert!(error.kind == ErrorKind::LoginRefused && error.help.contains("IdentitiesOnly"), "{error}; {}", error.help);
}

#[test]
fn an_agent_that_is_gone_is_said_and_the_file_is_used() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let mut target = with_agent(&server, "");
    connect(&target, &mut Nobody).unwrap();
    target.identities = vec![server.path("missing")];
    assert!(refusal(&target, &mut Nobody).cause.contains("the agent does not answer"));
}
