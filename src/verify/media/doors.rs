//! How the ways to the relay are judged one after the other, and what they say together.

use crate::inside::UnitFacts;
use crate::outside::relay::{Door, Reply, Transport};
use crate::verify::{Evidence, Judgement};

/// coturn's unit.
const UNIT: &str = "coturn.service";

/// What one way says to a promise.
pub(super) enum Word {
    /// It holds there; what it does, without the place.
    Holds(String),
    /// It does not hold there; what was seen.
    Fails(String),
    /// Nothing can be said there, and why.
    Unknown(String),
    /// Nothing can be said there, and that is no fault of the instance.
    NoWay,
}

/// Judges each way, and says it together: one that fails breaks the promise; what could not be looked at is unseen.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    transport: Option<Transport>,
    word: impl Fn(&Door) -> Word,
    remedy: &str,
) -> Judgement {
    let facts = match &evidence.relay {
        Ok(facts) => facts,
        Err(why) => return Judgement::unseen(why.clone()),
    };
    if !runs(evidence) {
        return Judgement::unseen(format!("{UNIT} does not run"));
    }
    let (mut holds, mut fails, mut unknown, mut no_way) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for door in facts.doors.iter().filter(|door| transport.is_none_or(|wanted| door.transport == wanted)) {
        match word(door) {
            Word::Holds(seen) => holds.push((seen, door)),
            Word::Fails(seen) => fails.push(seen),
            Word::Unknown(why) => unknown.push(why),
            Word::NoWay => no_way.push(door.address.to_string()),
        }
    }
    no_way.dedup();
    if !fails.is_empty() {
        return Judgement::broken(list(&fails), remedy);
    }
    if !unknown.is_empty() {
        return Judgement::unseen(list(&unknown));
    }
    if holds.is_empty() {
        return Judgement::unseen(format!("this machine has no way to {}", list(&no_way)));
    }
    let mut seen = together(&holds);
    if !no_way.is_empty() {
        seen.push_str(&format!("; this machine has no way to {}", list(&no_way)));
    }
    Judgement::kept(seen)
}

/// What ways do, and before it which ones do the same.
fn together(holds: &[(String, &Door)]) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut phrases: Vec<&String> = holds.iter().map(|(phrase, _)| phrase).collect();
    phrases.dedup();
    for phrase in phrases {
        let same = || holds.iter().filter(move |(other, _)| other == phrase).map(|(_, door)| *door);
        let mut ways: Vec<&str> = same().map(|door| door.transport.word()).collect();
        let mut addresses: Vec<String> = same().map(|door| door.address.to_string()).collect();
        ways.sort_unstable();
        ways.reverse();
        ways.dedup();
        addresses.dedup();
        said.push(format!("{phrase} over {} at {}", ways.join(" and "), addresses.join(" and ")));
    }
    said.dedup();
    list(&said)
}

/// Whether the daemon runs, as it was last seen; that it does is a promise of the host's own.
fn runs(evidence: &Evidence<'_>) -> bool {
    let before = evidence.observed.units.iter().find(|(name, _)| name.as_str() == UNIT);
    let after = evidence.inside.as_ref().ok().and_then(|facts| facts.unit(UNIT));
    after.map_or_else(|| before.is_none_or(|(_, unit)| unit.active), UnitFacts::runs)
}

/// Where a door is, in a sentence.
pub(super) fn place(door: &Door) -> String {
    format!("{} port {} of {}", door.transport.word(), door.transport.port(), door.address)
}

/// What a door that does not answer STUN says to all promises but the one about answering.
pub(super) fn silent(door: &Door) -> Option<Word> {
    match &door.binding {
        Reply::Gave(_) | Reply::Refused(_) => None,
        Reply::Silent(why) => Some(Word::Unknown(format!("{}: {why}", place(door)))),
        Reply::NoWay(_) => Some(Word::NoWay),
    }
}

/// At most four of them in one line.
pub(super) fn list(all: &[String]) -> String {
    const MOST: usize = 4;
    let more = all.len().saturating_sub(MOST);
    let shown = all.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join("; ");
    if more == 0 { shown } else { format!("{shown}; and {more} more") }
}
