//! One way to the relay, tried as a participant, as a stranger and as somebody who is too curious.

use super::message::{self, Request, Seal, Wish};
use super::wire::{Target, Wire};
use super::{Credentials, Door, Kind, Peer, Reply, Transport, peers};
use crate::model::secret::Secret;
use crate::outside::Way;
use anyhow::{Context as _, Result};
use rustls::ClientConfig;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;
use turn_client_proto::types::AddressFamily;

/// The first number of a channel (RFC 8656 §12).
const FIRST_CHANNEL: u16 = 0x4000;
const NO_ANSWER: &str = "no answer";

/// Somebody had an allocation from this very port of ours, and it still stands (RFC 8656 §7.4).
const MISMATCH: Reply = Reply::Refused(437);
/// How often another port is tried then; the RFC's own number.
const PORTS: usize = 3;

/// Tries one address over one transport.
///
/// # Errors
/// When a request cannot be written, which is our own fault.
pub(super) fn knock(
    way: &Way,
    place: (IpAddr, Transport),
    tls: &ClientConfig,
    credentials: Option<&Credentials>,
) -> Result<Door> {
    let (address, transport) = place;
    let server = SocketAddr::new(address, transport.port());
    let target = Target { server, transport, name: &way.domain, tls, until: Instant::now() + way.patience };
    let mut door = try_once(way, &target, credentials)?;
    for _ in 1..PORTS {
        if door.without != MISMATCH && door.with != Some(MISMATCH) {
            break;
        }
        door = try_once(way, &target, credentials)?;
    }
    if door.answers() {
        door.wrong = guess(&target)?;
    }
    Ok(door)
}

/// Tries it from one port of ours.
fn try_once(way: &Way, target: &Target<'_>, credentials: Option<&Credentials>) -> Result<Door> {
    let (address, transport) = (target.server.ip(), target.transport);
    let mut wire = match Wire::open(target) {
        Ok(wire) => wire,
        Err(error) => return Ok(Door::closed(address, transport, &trouble(&error))),
    };
    let mut door = Door { here: wire.here(), ..Door::closed(address, transport, &Reply::Silent(NO_ANSWER.to_owned())) };
    door.binding = ask(&mut wire, Wish::Binding, None)?.0;
    if !door.answers() {
        let binding = door.binding.clone();
        return Ok(Door { here: door.here, ..Door::closed(address, transport, &binding) });
    }
    let session = allocate(&mut wire, &mut door, credentials)?;
    if let Some(session) = &session {
        door.peers = passing_on(&mut wire, address, &way.addresses, session.seal.as_ref())?;
        ask(&mut wire, Wish::Free, session.seal.as_ref())?;
    }
    Ok(door)
}

/// An allocation; without a seal it was given to a stranger.
struct Session {
    seal: Option<Seal>,
}

/// Asks for an allocation without and with credentials; the first one that is given stays.
fn allocate(wire: &mut Wire, door: &mut Door, credentials: Option<&Credentials>) -> Result<Option<Session>> {
    let wish = Wish::Allocate(AddressFamily::from(&door.address));
    let (without, answer) = ask(wire, wish, None)?;
    door.without = without;
    if let Reply::Gave(_) = door.without {
        // Who asks for no credentials takes any.
        door.with = credentials.map(|_| door.without.clone());
        return Ok(Some(Session { seal: None }));
    }
    let Some(credentials) = credentials else { return Ok(None) };
    let Some(challenge) = answer.as_deref().and_then(message::challenge) else {
        door.with = Some(door.without.clone());
        return Ok(None);
    };
    let seal = Seal::new(&challenge, credentials)?;
    let with = ask(wire, wish, Some(&seal))?.0;
    let given = matches!(with, Reply::Gave(_));
    door.with = Some(with);
    Ok(given.then_some(Session { seal: Some(seal) }))
}

/// Asks with a password that nobody gave, on a wire of its own.
fn guess(target: &Target<'_>) -> Result<Reply> {
    let mut wire = match Wire::open(target) {
        Ok(wire) => wire,
        Err(error) => return Ok(trouble(&error)),
    };
    let wish = Wish::Allocate(AddressFamily::from(&target.server));
    let (first, answer) = ask(&mut wire, wish, None)?;
    let Some(challenge) = answer.as_deref().and_then(message::challenge) else {
        if let Reply::Gave(_) = first {
            ask(&mut wire, Wish::Free, None)?;
        }
        return Ok(first);
    };
    // A name that would be good for long, with a password that the secret does not give.
    let made_up = || Secret::new("4102444800:guess".to_owned());
    let seal = Seal::new(&challenge, &Credentials { username: made_up(), password: made_up() })?;
    let second = ask(&mut wire, wish, Some(&seal))?.0;
    if let Reply::Gave(_) = second {
        ask(&mut wire, Wish::Free, Some(&seal))?;
    }
    Ok(second)
}

/// Asks for each peer in a request of its own: one that is forbidden would speak for all others in the same request.
fn passing_on(wire: &mut Wire, bridge: IpAddr, own: &[IpAddr], seal: Option<&Seal>) -> Result<Vec<Peer>> {
    let wanted = peers::wanted(bridge, own);
    let mut requests = Vec::new();
    for (address, _) in &wanted {
        requests.push(message::request(Wish::Permission(*address), seal)?);
    }
    for ((address, _), number) in wanted.iter().skip(1).zip(FIRST_CHANNEL..) {
        requests.push(message::request(Wish::Channel(*address, number), seal)?);
    }
    let replies = replies(wire, &requests, seal);
    let (permissions, channels) = replies.split_at(wanted.len());
    let found = wanted.iter().zip(permissions).enumerate().map(|(at, ((address, kind), permission))| Peer {
        address: *address,
        kind: *kind,
        permission: permission.clone(),
        channel: (*kind != Kind::Bridge).then(|| at.checked_sub(1).and_then(|at| channels.get(at))).flatten().cloned(),
    });
    Ok(found.collect())
}

/// What an error says of the relay; a network that leads nowhere says nothing.
fn trouble(error: &anyhow::Error) -> Reply {
    let kind = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    match kind {
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::AddrNotAvailable) => {
            Reply::NoWay(format!("{error:#}"))
        }
        _ => Reply::Silent(format!("{error:#}")),
    }
}

fn replies(wire: &mut Wire, requests: &[Request], seal: Option<&Seal>) -> Vec<Reply> {
    let answers = match wire.ask(requests) {
        Ok(answers) => answers,
        Err(error) => return requests.iter().map(|_| trouble(&error)).collect(),
    };
    let reply = |answer: &Option<Vec<u8>>| match answer {
        Some(bytes) => message::reply(bytes, seal),
        None => Reply::Silent(NO_ANSWER.to_owned()),
    };
    answers.iter().map(reply).collect()
}

/// One request and its answer.
fn ask(wire: &mut Wire, wish: Wish, seal: Option<&Seal>) -> Result<(Reply, Option<Vec<u8>>)> {
    let request = message::request(wish, seal).context("write a request")?;
    match wire.ask(&[request]) {
        Err(error) => Ok((trouble(&error), None)),
        Ok(mut answers) => {
            let answer = answers.pop().flatten();
            let reply = answer.as_ref().map_or(Reply::Silent(NO_ANSWER.to_owned()), |b| message::reply(b, seal));
            Ok((reply, answer))
        }
    }
}
