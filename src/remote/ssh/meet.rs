//! The first packets: key exchange, and whether the host's key is the right one.

use super::super::dial::dial;
use super::super::hosts::{self, HostKey, Known, Verdict};
use super::super::{Error, ErrorKind, Newcomers, People, Target};
use super::codes::{Meaning, meaning};
use ssh2::{MethodType, Session};
use std::net::TcpStream;

/// How long the host may take for any of the first steps, in milliseconds.
pub(super) const STEP_MS: u32 = 10_000;

const ED25519: &str = "ssh-ed25519";
const ECDSA: &str = "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521";
const RSA: &str = "rsa-sha2-512,rsa-sha2-256";

/// Key exchanges without SHA-1, the quickest first.
const EXCHANGES: &str = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,\
                         ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,\
                         diffie-hellman-group14-sha256,diffie-hellman-group-exchange-sha256";

/// Connects, and returns once the host has proven that it owns the right key.
pub(super) fn meet(target: &Target, people: &mut dyn People) -> Result<(Session, TcpStream), Error> {
    let known = Known::gather(&target.known_hosts, &target.key_name())
        .map_err(|e| refuse(target, ErrorKind::UnknownKey, format!("{e:#}"), "Make the file readable"))?;
    let mut shown = Vec::new();
    let mut last = None;
    for offer in offers(target, &known) {
        let socket = dial(target)?;
        let session = match shake(&socket, &offer) {
            Ok(session) => session,
            Err(e) if target.pin.is_some() && meaning(&e) == Meaning::NoCommonWay => {
                last = Some(e);
                continue;
            }
            Err(e) => return Err(no_hands(target, &e)),
        };
        let key = session.host_key().map(|(blob, _)| HostKey::new(blob)).ok_or_else(|| no_key(target))?;
        match (&target.pin, known.judge(&key)) {
            (_, Verdict::Revoked) => return Err(revoked(target, &key)),
            (Some(pin), _) if pin.as_str() == key.fingerprint() => return Ok((session, socket)),
            (Some(_), _) => shown.push(format!("{} {}", key.kind(), key.fingerprint())),
            (None, Verdict::Known) => return Ok((session, socket)),
            (None, Verdict::Changed(before)) => return Err(changed(target, &key, &before)),
            (None, Verdict::New) => {
                welcome(target, &key, people)?;
                return Ok((session, socket));
            }
        }
    }
    match (last, &target.pin) {
        (Some(e), _) if shown.is_empty() => Err(no_hands(target, &e)),
        (_, pin) => Err(not_pinned(target, pin.as_ref().map_or("", |pin| pin.as_str()), &shown)),
    }
}

/// Which kinds of host key are asked for: a pin does not say its kind, so each kind is a try of its own; otherwise one
/// try, the known kinds first.
fn offers(target: &Target, known: &Known) -> Vec<String> {
    if target.pin.is_some() {
        return [ED25519, ECDSA, RSA].map(str::to_owned).to_vec();
    }
    let mut offer: Vec<&str> = Vec::new();
    for algorithm in known.algorithms() {
        offer.extend(if algorithm == "ssh-rsa" { RSA.split(',').collect() } else { vec![algorithm] });
    }
    offer.extend([ED25519].into_iter().chain(ECDSA.split(',')).chain(RSA.split(',')));
    let mut once: Vec<&str> = Vec::new();
    for algorithm in offer {
        if !once.contains(&algorithm) && algorithm != "unknown" {
            once.push(algorithm);
        }
    }
    vec![once.join(",")]
}

fn shake(socket: &TcpStream, offer: &str) -> Result<Session, ssh2::Error> {
    let gone = |_| ssh2::Error::new(ssh2::ErrorCode::Session(-1), "the connection broke");
    let mut session = Session::new()?;
    session.set_compress(false);
    session.set_timeout(STEP_MS);
    session.method_pref(MethodType::Kex, EXCHANGES)?;
    session.method_pref(MethodType::HostKey, offer)?;
    session.set_tcp_stream(socket.try_clone().map_err(gone)?);
    session.handshake()?;
    Ok(session)
}

fn welcome(target: &Target, key: &HostKey, people: &mut dyn People) -> Result<(), Error> {
    let shown = format!("{} {}", key.kind(), key.fingerprint());
    let help = "Read the fingerprint on the host's own console with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`, \
                and write it into the inventory as host.host_key";
    let unknown = |cause: String| refuse(target, ErrorKind::UnknownKey, cause, help);
    if target.newcomers == Newcomers::Refuse {
        return Err(unknown(format!("its key {shown} is not known, and StrictHostKeyChecking forbids to ask")));
    }
    match people.accept_key(&target.name, key.kind(), &key.fingerprint()) {
        Ok(true) => {}
        Ok(false) => return Err(unknown(format!("its key {shown} was not accepted"))),
        Err(e) => return Err(unknown(format!("its key {shown} is not known: {e:#}"))),
    }
    match &target.accepted {
        Some(file) => {
            hosts::remember(file, &target.key_name(), key, target.names).map_err(|e| unknown(format!("{e:#}")))
        }
        None => Ok(()),
    }
}

fn changed(target: &Target, key: &HostKey, before: &[String]) -> Error {
    let cause = format!(
        "its key has changed: known is {}, now it shows {} {}",
        before.join(" or "),
        key.kind(),
        key.fingerprint()
    );
    let help = format!(
        "Somebody may be listening in. If the host was installed anew, compare the fingerprint on its own console, and \
         then remove the old key with `ssh-keygen -R '{}'`",
        target.key_name()
    );
    refuse(target, ErrorKind::ChangedKey, cause, help)
}

fn not_pinned(target: &Target, pin: &str, shown: &[String]) -> Error {
    let cause =
        format!("its key is not the pinned one: the inventory says {pin}, the host shows {}", shown.join(" and "));
    let help = "Somebody may be listening in. If the host was installed anew, compare the fingerprint on its own console, \
                and correct host.host_key in the inventory";
    refuse(target, ErrorKind::ChangedKey, cause, help)
}

fn revoked(target: &Target, key: &HostKey) -> Error {
    let cause = format!("its key {} {} is marked as revoked", key.kind(), key.fingerprint());
    refuse(target, ErrorKind::ChangedKey, cause, "Give the host a new key, or find out who answers in its place")
}

fn no_hands(target: &Target, e: &ssh2::Error) -> Error {
    let (cause, help) = match meaning(e) {
        Meaning::NoCommonWay => (
            format!("there is no key exchange or host key that both sides know ({})", e.message()),
            "Allow curve25519-sha256 and an ed25519 host key in the host's sshd_config",
        ),
        Meaning::Silent => ("it does not speak SSH in time".to_owned(), "Check that the port is the SSH server's"),
        _ => (format!("it does not speak SSH ({})", e.message()), "Check that the port is the SSH server's"),
    };
    refuse(target, ErrorKind::Unreachable, cause, help)
}

fn no_key(target: &Target) -> Error {
    refuse(target, ErrorKind::BadAnswer, "it shows no key", "Check that the port is the SSH server's")
}

fn refuse(target: &Target, kind: ErrorKind, cause: impl Into<String>, help: impl Into<String>) -> Error {
    Error::new(kind, &target.name, cause, help)
}
