//! Everything that one port is asked: many first messages, most of them at once.

use super::answer::{Answer, Flight};
use super::chain;
use super::facts::{Key, Order, Spoken};
use super::hello::Hello;
use super::line::Line;
use super::names::{Group, Scheme, Suite, Version, WRITTEN_OUT};
use super::session;
use anyhow::{Result, anyhow, bail, ensure};
use rustls::RootCertStore;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};

/// Into how many parts the suites of TLS 1.2 are split, to be asked side by side.
const PARTS: usize = 6;

/// Says to an older version that a newer one was tried and failed (RFC 7507).
const FALLBACK: u16 = 0x5600;

/// Asks a port everything.
///
/// # Errors
/// When it does not answer, speaks no TLS, or stops answering.
pub(super) fn survey(line: &Line<'_>, roots: &Arc<RootCertStore>, now: i64) -> Result<Spoken> {
    let flights = versions(line)?;
    ensure!(!flights.is_empty(), "it speaks no version of TLS");
    let mut spoken = Spoken::default();
    let newest_old = flights.range(..Version::Tls13).next_back();
    let mut ders = newest_old.map(|(_, flight)| flight.chain.clone()).unwrap_or_default();
    if let Some((version, flight)) = newest_old {
        spoken.secure_renegotiation = Some(flight.secure_renegotiation);
        if *version == Version::Tls12 {
            spoken.extended_master_secret = Some(flight.extended_master_secret);
            spoken.stapled = Some(flight.stapled);
        }
    }
    let pinned = curve_of(&ders);
    for (version, flight) in &flights {
        spoken.suites.insert(*version, Vec::new());
        remember(&mut spoken, *version, flight);
    }
    details(line, &mut spoken, &mut ders, pinned)?;
    spoken.order = order(line, &spoken.suites)?;
    spoken.cut |= line.spent();
    spoken.trust = chain::trust(roots, line.name, &ders, now);
    spoken.chain = chain::read(&ders)?;
    Ok(spoken)
}

/// The versions that are spoken, with the answer in each.
fn versions(line: &Line<'_>) -> Result<BTreeMap<Version, Flight>> {
    let asked: Vec<_> = thread::scope(|scope| {
        let asked = Version::ALL.map(|version| scope.spawn(move || flight(line, &Hello::new(version, all(version)))));
        asked.into_iter().zip(Version::ALL).map(|(asked, version)| (version, joined(asked))).collect()
    });
    let mut spoken = BTreeMap::new();
    for (version, answer) in asked {
        // A server may answer with an older version than it was offered.
        if let Some(flight) = answer?.filter(|flight| flight.version == version.code()) {
            spoken.insert(version, flight);
        }
    }
    Ok(spoken)
}

/// What a list of questions found.
#[derive(Debug, Default)]
struct Found {
    version: Option<Version>,
    suites: Vec<Suite>,
    flights: Vec<Flight>,
}

fn details(line: &Line<'_>, spoken: &mut Spoken, ders: &mut Vec<Vec<u8>>, pinned: Option<u16>) -> Result<()> {
    let versions: Vec<Version> = spoken.suites.keys().copied().collect();
    let newest_old = versions.iter().copied().rfind(|version| *version < Version::Tls13);
    let speaks = |version| versions.contains(&version);
    thread::scope(|scope| {
        let mut lists: Vec<ScopedJoinHandle<'_, Result<Found>>> = Vec::new();
        for version in &versions {
            let parts = if *version == Version::Tls12 { PARTS } else { 1 };
            lists.extend((0..parts).map(|part| scope.spawn(move || suites(line, *version, (part, parts)))));
        }
        lists.extend(speaks(Version::Tls13).then(|| scope.spawn(|| groups(line, Version::Tls13, None))));
        lists.extend(newest_old.map(|version| scope.spawn(move || groups(line, version, pinned))));
        lists.extend(speaks(Version::Tls12).then(|| scope.spawn(|| signatures(line))));
        let compression = newest_old.map(|version| scope.spawn(move || compression(line, version)));
        let fallback = scope.spawn(|| fallback(line, &versions));
        let session = speaks(Version::Tls13).then(|| scope.spawn(|| session::tls13(line)));

        for list in lists {
            let found = joined(list)?;
            let version = found.version.unwrap_or(Version::Tls13);
            spoken.suites.entry(version).or_default().extend(found.suites);
            found.flights.iter().for_each(|flight| remember(spoken, version, flight));
        }
        spoken.suites.values_mut().for_each(|suites| suites.sort());
        spoken.compression = compression.map(joined).transpose()?.unwrap_or_default();
        spoken.fallback_refused = joined(fallback)?;
        // It may fail where all else is seen: our cryptography refuses keys that are too short.
        if let Some(Ok(session)) = session.map(joined) {
            spoken.early_data = Some(session.early_data);
            if ders.is_empty() {
                *ders = session.chain;
            }
        }
        Ok(())
    })
}

/// What every answer shows, whatever was asked.
fn remember(spoken: &mut Spoken, version: Version, flight: &Flight) {
    spoken.groups.extend(flight.group.map(Group));
    if version == Version::Tls12 {
        spoken.signatures.extend(flight.scheme.map(Scheme));
    }
    if let Some(bits) = flight.finite_field {
        spoken.finite_field = Some(spoken.finite_field.map_or(bits, |known| known.min(bits)));
    }
}

/// Takes away what the server chose, until it finds nothing more.
fn suites(line: &Line<'_>, version: Version, (part, parts): (usize, usize)) -> Result<Found> {
    let mut left: Vec<u16> = all(version).into_iter().skip(part).step_by(parts).collect();
    let mut found = Found { version: Some(version), ..Found::default() };
    while !left.is_empty() && !line.spent() {
        let Some(flight) = flight_of(line, &Hello::new(version, left.clone()))? else { break };
        ensure!(left.contains(&flight.suite), "it chose a suite that was not offered");
        left.retain(|suite| *suite != flight.suite);
        found.suites.push(Suite(flight.suite));
        found.flights.push(flight);
    }
    Ok(found)
}

/// The same for groups. Before TLS 1.3 the curve of the server's own key has to be offered always (RFC 8422 §5.1), as the
/// least wanted; what the server likes less than that curve is therefore not seen, and never used by such a client.
fn groups(line: &Line<'_>, version: Version, pinned: Option<u16>) -> Result<Found> {
    let suites: Vec<u16> = match version {
        Version::Tls13 => all(version),
        _ => Suite::offered_in(version).into_iter().filter(|suite| suite.over_curve()).map(|suite| suite.0).collect(),
    };
    let mut hello = Hello::new(version, suites);
    hello.groups.retain(|group| Some(*group) != pinned);
    let mut found = Found { version: Some(version), ..Found::default() };
    loop {
        hello.groups.extend(pinned);
        if hello.groups.is_empty() || line.spent() {
            break;
        }
        let Some(flight) = flight_of(line, &hello)? else { break };
        let group = flight.group;
        found.flights.push(flight);
        let Some(group) = group.filter(|group| Some(*group) != pinned && !WRITTEN_OUT.contains(group)) else { break };
        ensure!(hello.groups.contains(&group), "it chose a group that was not offered");
        hello.groups.retain(|known| *known != group && Some(*known) != pinned);
    }
    Ok(found)
}

/// Key exchanges of TLS 1.2 for which nothing is offered but MD5 and SHA-1, and nothing but SHA-224.
fn signatures(line: &Line<'_>) -> Result<Found> {
    let signed: Vec<u16> = Suite::offered_in(Version::Tls12)
        .into_iter()
        .filter(|suite| suite.forward_secret() && !suite.anonymous())
        .map(|suite| suite.0)
        .collect();
    let mut found = Found { version: Some(Version::Tls12), ..Found::default() };
    for schemes in [vec![0x0203, 0x0201, 0x0202], vec![0x0101], vec![0x0303, 0x0301, 0x0302]] {
        let hello = Hello { schemes, ..Hello::new(Version::Tls12, signed.clone()) };
        found.flights.extend(flight_of(line, &hello)?);
    }
    Ok(found)
}

fn compression(line: &Line<'_>, version: Version) -> Result<bool> {
    // DEFLATE (RFC 3749) and LZS (RFC 3943).
    let hello = Hello { compressions: vec![1, 64, 0], ..Hello::new(version, all(version)) };
    Ok(flight_of(line, &hello)?.is_some_and(|flight| flight.compression != 0))
}

/// The second newest version, as if the newest had failed.
fn fallback(line: &Line<'_>, versions: &[Version]) -> Result<Option<bool>> {
    let [.., second, _newest] = versions else { return Ok(None) };
    let mut hello = Hello::new(*second, all(*second));
    hello.suites.push(FALLBACK);
    Ok(match line.ask(&hello)? {
        Answer::Flight(_) => Some(false),
        Answer::Refused(Some(86)) => Some(true),
        Answer::Refused(_) => None,
    })
}

/// The accepted suites once forwards and once backwards: whose order makes the choice.
fn order(line: &Line<'_>, suites: &BTreeMap<Version, Vec<Suite>>) -> Result<Option<Order>> {
    // Servers may have a rule of its own for clients that want ChaCha20 first.
    let choice = |(version, suites): (&Version, &Vec<Suite>)| {
        let plain = suites.iter().filter(|suite| !suite.to_string().contains("CHACHA20"));
        let plain: Vec<u16> = plain.map(|suite| suite.0).collect();
        (plain.len() > 1).then_some((*version, plain))
    };
    let Some((version, mut plain)) = suites.range(..Version::Tls13).rev().chain(suites.iter().rev()).find_map(choice)
    else {
        return Ok(None);
    };
    if line.spent() {
        return Ok(None);
    }
    let forwards = flight_of(line, &Hello::new(version, plain.clone()))?.map(|flight| flight.suite);
    plain.reverse();
    let backwards = flight_of(line, &Hello::new(version, plain))?.map(|flight| flight.suite);
    Ok(Some(if forwards == backwards { Order::Server } else { Order::Client }))
}

fn flight(line: &Line<'_>, hello: &Hello) -> Result<Option<Flight>> {
    match line.ask(hello)? {
        Answer::Flight(flight) => Ok(Some(*flight)),
        Answer::Refused(_) => Ok(None),
    }
}

/// An answer in the version that was asked for.
fn flight_of(line: &Line<'_>, hello: &Hello) -> Result<Option<Flight>> {
    let Some(flight) = flight(line, hello)? else { return Ok(None) };
    if flight.version != hello.version.code() {
        bail!("it was asked for {} and answered in another version", hello.version);
    }
    Ok(Some(flight))
}

fn all(version: Version) -> Vec<u16> {
    Suite::offered_in(version).into_iter().map(|suite| suite.0).collect()
}

/// The group of the server's own key, where it is one of a curve.
fn curve_of(ders: &[Vec<u8>]) -> Option<u16> {
    match &chain::read(ders.get(..1)?).ok()?.first()?.key {
        Key::Curve(Some(group)) => Some(group.0),
        _ => None,
    }
}

fn joined<T>(handle: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    handle.join().unwrap_or_else(|_| Err(anyhow!("a question fell")))
}
