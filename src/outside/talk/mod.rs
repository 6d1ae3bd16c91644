//! Rooms as a guest and a meeting host meet them, over BOSH and websocket.

mod bosh;
mod client;
mod facts;
mod line;
mod pretend;
mod questions;
mod stay;
mod visit;
mod websocket;
mod xml;

pub use facts::{Credentials, Entry, Facts, Focus, Login, Pretence, Refusal, Service, Talk};
pub use visit::Visit;

use super::Way;
use anyhow::Result;
use client::Hurry;
use line::Transport;
use pretend::pretend;
use stay::Stay;
use std::thread;
use std::time::Instant;

/// How many answers that nobody gives a visit waits for.
const SILENCES: u32 = 3;

/// Visits the rooms of an instance over both ways at once: as a guest, as somebody who only says to be a meeting host,
/// and, where there is a token, as a meeting host. Everybody leaves at the end, and the room ends.
///
/// # Errors
/// When no visit could begin at all.
pub fn look(way: &Way, visit: &Visit) -> Result<Facts> {
    let hurry = Hurry { patience: way.patience, end: Instant::now() + way.patience * SILENCES };
    let new = |transport| Stay::new(transport, way, visit, hurry);
    let mut stays = [new(Transport::Bosh), new(Transport::Websocket)];
    let pretenders = thread::scope(|scope| {
        let begin = |transport| scope.spawn(move || pretend(transport, way, visit, hurry));
        let begun = [begin(Transport::Bosh), begin(Transport::Websocket)];
        for act in [Stay::arrive, Stay::open, Stay::come_back, Stay::leave] {
            together(&mut stays, act);
        }
        begun.map(|attempts| attempts.join().unwrap_or_default())
    });
    let [mut bosh, mut websocket] = stays.map(|stay| stay.talk);
    [bosh.pretenders, websocket.pretenders] = pretenders;
    let credentials = [&websocket, &bosh].into_iter().find_map(credentials);
    Ok(Facts { bosh, websocket, credentials, left: visit.traces() })
}

/// Nobody goes on before both are done: the guests of one way would meet the meeting host of the other.
fn together<'a>(stays: &mut [Stay<'a>; 2], act: fn(&mut Stay<'a>)) {
    thread::scope(|scope| {
        for stay in stays {
            scope.spawn(move || act(stay));
        }
    });
}

fn credentials(talk: &Talk) -> Option<Credentials> {
    let services = talk.services.as_ref().ok()?;
    let useful = services.iter().any(|service| service.password.is_some());
    useful.then(|| Credentials { services: services.clone() })
}
