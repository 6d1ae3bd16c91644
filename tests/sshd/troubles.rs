//! Hosts that cannot be reached, or that are no SSH server.

use crate::free_port::free_port;
use crate::server::{Server, host, refusal, sshd};
use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};
use vc4all_deploy::remote::SshConfig;
use vc4all_deploy::remote::{ErrorKind, Nobody, Target};

fn target(address: &str, port: u16) -> Target {
    let mut target = Target::new(&host(address), &SshConfig::default()).unwrap();
    target.port = port;
    target.known_hosts.clear();
    target
}

#[test]
fn an_unknown_name_and_a_closed_port_are_told_apart() {
    let error = refusal(&target("nowhere.invalid", 22), &mut Nobody);
    assert!(
        error.kind == ErrorKind::Unreachable && error.cause.contains("nowhere.invalid cannot be resolved"),
        "{error}"
    );
    let port = free_port();
    let error = refusal(&target("127.0.0.1", port), &mut Nobody);
    assert!(error.cause.contains(&format!("127.0.0.1:{port} refuses the connection")), "{error}");
    assert!(error.help.contains("host.port"));
    let both = refusal(&target("localhost", port), &mut Nobody);
    assert!(both.cause.contains("refuses the connection") && both.kind == ErrorKind::Unreachable, "{both}");
}

#[test]
fn a_port_that_is_no_ssh_server_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let web = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let begun = Instant::now();
    let error = refusal(&target("127.0.0.1", port), &mut Nobody);
    web.join().unwrap();
    assert!(error.kind == ErrorKind::Unreachable && error.cause.contains("does not speak SSH"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(12));
}

#[test]
fn a_host_with_old_algorithms_only_is_said() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "KexAlgorithms diffie-hellman-group1-sha1");
    let error = refusal(&server.known(), &mut Nobody);
    assert!(error.kind == ErrorKind::Unreachable && error.cause.contains("no key exchange"), "{error}");
}
