//! Fetches what has to survive from a host, in one look; a host may be hostile.

use super::contents::{Contents, FORM, FORMAT, Label, Moment};
use super::entry::{Entry, Record};
use crate::model::advice::Advice;
use crate::model::resource::{Claim, Resource};
use crate::model::secret::Secret;
use crate::model::values::Domain;
use crate::record;
use crate::remote::{Order, Remote};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use flate2::read::GzDecoder;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::time::Duration;

/// The script that gathers it; it changes nothing.
const SCRIPT: &str = include_str!("host/collect.sh");
/// The most bytes of an unpacked answer.
const LONGEST: u64 = super::archive::LONGEST as u64;
/// The most letters of a sentence of the host.
const LONGEST_SENTENCE: usize = 300;

/// Fetches the backup of a deployment.
///
/// # Errors
/// When the host cannot be reached, somebody works on it, nothing of the deployment stands there, or anything in its answer
/// is not what it should be.
pub fn collect(remote: &mut dyn Remote, domain: &Domain, claims: &[Claim]) -> Result<Contents> {
    let asked = questions(claims);
    let order = Order {
        purpose: "gather what has to survive",
        script: SCRIPT,
        input: asked.as_bytes(),
        patience: Duration::from_secs(120),
    };
    let answer = remote.run(&order)?;
    let host = remote.host().to_owned();
    match answer.code {
        0 => {}
        3..=5 => return Err(refusal(&host, answer.code, answer.stderr.trim()).into()),
        code => bail!("host {host}: could not {}: it ended with {code}: {}", order.purpose, answer.stderr.trim()),
    }
    let mut bytes = Vec::new();
    let unpacked = GzDecoder::new(answer.stdout.as_slice()).take(LONGEST + 1).read_to_end(&mut bytes);
    unpacked.with_context(|| format!("host {host}: unpack its answer"))?;
    ensure!(bytes.len() as u64 <= LONGEST, "host {host}: its answer is longer than {LONGEST} bytes");
    let answer = Secret::new(bytes);
    read(&answer, domain).with_context(|| format!("host {host}"))
}

/// The pairs that the host signed itself, and where they stand; everything else has a fixed place.
fn questions(claims: &[Claim]) -> String {
    let mut text = String::new();
    for claim in claims {
        if let Resource::SelfSigned(pair) = &claim.resource {
            let _ = writeln!(text, "{} {} {}", pair.name, pair.key, pair.certificate);
        }
    }
    text
}

fn refusal(host: &str, code: i32, said: &str) -> Advice {
    // The connection has taken out what could move a cursor.
    let said: String = said.chars().take(LONGEST_SENTENCE).collect();
    match code {
        3 => Advice::new(
            format!("host {host}: nothing of ours stands there yet"),
            "run `vc4all-deploy up` first; there is nothing to keep before that",
        ),
        4 => Advice::new(
            format!("host {host}: somebody is at work there: {said}"),
            "wait until it is done; where it ended in the middle, run `vc4all-deploy up`, which first puts things right",
        ),
        _ => Advice::new(format!("host {host}: {said}"), "try again in a moment"),
    }
}

/// Reads lines `file NAME LENGTH` with so many bytes behind each, between `generation N` and `end`.
fn read(answer: &Secret<Vec<u8>>, domain: &Domain) -> Result<Contents> {
    let mut rest = answer.reveal().as_slice();
    let (mut generation, mut by_the_door) = (0, false);
    let mut entries = BTreeMap::new();
    loop {
        let at =
            rest.iter().take(400).position(|byte| *byte == b'\n').ok_or_else(|| anyhow!("its answer breaks off"))?;
        let line = String::from_utf8_lossy(&rest[..at]).into_owned();
        rest = &rest[at + 1..];
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["generation", number] => generation = number.parse().context("the number of its generation")?,
            ["file", name, length] => {
                let entry = Entry::parse(name).ok_or_else(|| anyhow!("it sent a file that nobody asked for"))?;
                let foreign = by_the_door && !matches!(entry, Entry::Account(_));
                ensure!(!foreign, "its door sent {entry}, which is no account");
                let length: usize = length.parse().context("a file's length")?;
                ensure!(length < rest.len(), "its answer breaks off within {entry}");
                let kept = entry.judge(rest[..length].to_vec()).map_err(|error| advise(&entry, error))?;
                rest = &rest[length + 1..];
                ensure!(entries.insert(entry.clone(), kept).is_none(), "it sent {entry} twice");
            }
            ["accounts"] => by_the_door = true,
            ["end"] => break,
            _ => bail!("its answer cannot be read"),
        }
    }
    same_domain(&entries, domain)?;
    let label = Label {
        format: FORMAT.to_owned(),
        form: FORM,
        domain: domain.clone(),
        made: Moment::now(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        generation,
        files: BTreeMap::new(),
    };
    Contents::new(label, entries)
}

fn advise(entry: &Entry, error: anyhow::Error) -> anyhow::Error {
    let Entry::Account(account) = entry else { return error };
    let help = format!("mend the account with `users reset INVENTORY {account}`, or remove it");
    Advice::new(format!("{error:#}"), help).into()
}

/// The inventory may name another domain than the one that is in force.
fn same_domain(entries: &BTreeMap<Entry, Secret<Vec<u8>>>, domain: &Domain) -> Result<()> {
    let Some(claims) = entries.get(&Entry::Generation(Record::Claims)) else { return Ok(()) };
    let record = record::unpack(claims.reveal())?;
    if record.domain != *domain {
        let cause = format!("it is {}, the inventory says {domain}", record.domain);
        let help = "name the inventory of that instance; a new domain is given with `vc4all-deploy rename`";
        return Err(Advice::new(cause, help).into());
    }
    Ok(())
}
