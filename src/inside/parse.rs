//! Reads a host's answer; a host may be hostile, so everything is bounded and every text is made printable.

use super::facts::{Facts, LockedFile, LogFile, Reader, Trace, UnitFacts};
use super::questions::{NeedleKind, Questions};
use super::rotation;
use crate::model::names::UnitName;
use crate::observe::listening;
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use flate2::read::GzDecoder;
use std::io::Read as _;

/// The most bytes that an unpacked answer may have.
const LONGEST: u64 = 8 * 1024 * 1024;
/// The most bytes of one line.
const LONGEST_LINE: usize = 8 * 1024;
/// The most letters of one text that is kept.
const LONGEST_TEXT: usize = 200;
/// The most things of one kind that are kept.
const MOST: usize = 5000;

/// Reads the packed answer to the questions.
///
/// # Errors
/// When it is damaged, too long or incomplete.
pub fn parse(packed: &[u8], questions: &Questions) -> Result<Facts> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).take(LONGEST + 1).read_to_end(&mut bytes).context("unpack the answer")?;
    ensure!(bytes.len() as u64 <= LONGEST, "the answer is longer than {LONGEST} bytes");
    let mut reading = Reading::default();
    reading.read(&bytes)?;
    reading.facts.units.retain(|name, _| questions.units().contains(name));
    reading.facts.logs.rules = rotation::read(&reading.rules);
    Ok(reading.facts)
}

#[derive(Default)]
struct Reading {
    facts: Facts,
    rules: Vec<(String, String)>,
    complete: bool,
}

impl Reading {
    fn read(&mut self, mut rest: &[u8]) -> Result<()> {
        while !self.complete {
            let at = rest.iter().position(|byte| *byte == b'\n').ok_or_else(|| anyhow!("the answer breaks off"))?;
            ensure!(at <= LONGEST_LINE, "a line of the answer is longer than {LONGEST_LINE} bytes");
            let line = String::from_utf8_lossy(&rest[..at]).into_owned();
            rest = &rest[at + 1..];
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            match fields.split_first() {
                Some((&"rules", [path, length])) => {
                    let length: usize = length.parse().context("a text's length")?;
                    ensure!(length < rest.len(), "the answer breaks off within {:?}", text(path));
                    if self.rules.len() < MOST {
                        self.rules.push((text(path), String::from_utf8_lossy(&rest[..length]).into_owned()));
                    }
                    rest = &rest[length + 1..];
                }
                Some((kind, fields)) => {
                    self.line(kind, fields).with_context(|| format!("the line {:?}", text(&line)))?
                }
                None => {}
            }
        }
        Ok(())
    }

    fn line(&mut self, kind: &str, fields: &[&str]) -> Result<()> {
        match kind {
            "clock" | "ntp" | "container" | "uptime" | "memory" | "heap" | "killed" | "disk" | "buffer" => {
                self.machine(kind, fields)
            }
            "log" | "journal" | "oldest" | "first" | "searched" | "entries" | "looked" | "trace" => {
                self.logs(kind, fields)
            }
            _ => self.services(kind, fields),
        }
    }

    fn machine(&mut self, kind: &str, fields: &[&str]) -> Result<()> {
        let facts = &mut self.facts;
        match (kind, fields) {
            ("clock", [seconds]) => facts.clock.told = seconds.parse()?,
            ("ntp", ["yes"]) => facts.clock.synchronised = Some(true),
            ("ntp", ["no"]) => facts.clock.synchronised = Some(false),
            ("ntp", _) => {}
            ("container", []) => facts.container = true,
            ("uptime", [seconds]) => facts.uptime = seconds.parse()?,
            ("memory", [total, swap]) => (facts.memory.total, facts.memory.swap) = (total.parse()?, swap.parse()?),
            ("heap", _) if facts.memory.heaps.len() >= MOST => {}
            ("heap", [unit, size]) => drop(facts.memory.heaps.insert(text(unit), kibibytes(size)?)),
            ("killed", [count]) => facts.memory.killed = Some(count.parse()?),
            ("disk", [total, free, files @ ..]) => {
                facts.disk.total_mib = total.parse::<u64>()? / 1024;
                facts.disk.free_mib = free.parse::<u64>()? / 1024;
                if let [total, free] = files {
                    (facts.disk.total_files, facts.disk.free_files) = (total.parse()?, free.parse()?);
                }
            }
            ("buffer", [bytes]) => facts.receive_buffer = Some(bytes.parse()?),
            _ => bail!("it answers no question"),
        }
        Ok(())
    }

    fn logs(&mut self, kind: &str, fields: &[&str]) -> Result<()> {
        let (logs, traces) = (&mut self.facts.logs, &mut self.facts.traces);
        match (kind, fields) {
            ("log", [written, changed, path @ ..]) if logs.files.len() < MOST => logs.files.push(LogFile {
                written: moment(written)?,
                changed: moment(changed)?,
                path: text(&path.join(" ")),
            }),
            ("journal", [name, value @ ..]) if logs.journal.settings.len() < MOST => {
                logs.journal.settings.insert(text(name), text(&value.join(" ")));
            }
            ("oldest", [seconds]) => logs.journal.oldest = Some(seconds.parse()?),
            ("first", [seconds]) => logs.first_generation = Some(seconds.parse()?),
            ("searched", [count]) => traces.files = count.parse()?,
            ("entries", [count]) => traces.entries = count.parse()?,
            ("looked", [kind]) => {
                let kind = NeedleKind::from_word(kind).ok_or_else(|| anyhow!("no such kind"))?;
                if !traces.kinds.contains(&kind) {
                    traces.kinds.push(kind);
                }
            }
            ("trace", [kind, place @ ..]) if traces.found.len() < MOST => {
                let kind = NeedleKind::from_word(kind).ok_or_else(|| anyhow!("no such kind"))?;
                traces.found.push(Trace { place: text(&place.join(" ")), kind });
            }
            ("log" | "journal" | "trace", _) => {}
            _ => bail!("it answers no question"),
        }
        Ok(())
    }

    fn services(&mut self, kind: &str, fields: &[&str]) -> Result<()> {
        let facts = &mut self.facts;
        match (kind, fields) {
            ("vc4all-inside", ["1"]) => {}
            ("socket", _) if facts.sockets.len() >= MOST => {}
            ("socket", fields) => facts.sockets.extend(listening(fields)),
            ("unit", _) if facts.units.len() >= MOST => {}
            ("unit", [name, what @ ..]) => drop(facts.units.insert(UnitName::new(*name)?, unit(what)?)),
            ("failed", [name]) if facts.failed.len() < MOST => facts.failed.push(text(name)),
            ("health", ["bridge", code]) => facts.bridge.bridge_health = code.parse().ok(),
            ("health", ["jicofo", code]) => facts.bridge.jicofo_health = code.parse().ok(),
            ("bridges", [count]) => facts.bridge.operational = Some(count.parse()?),
            ("updates", ["automatic", on]) => facts.updates.automatic = Some(*on == "1"),
            ("updates", ["origin", on]) => facts.updates.security_origin = Some(*on == "1"),
            ("updates", ["ran", seconds]) => facts.updates.last_run = Some(seconds.parse()?),
            ("updates", ["restart", seconds]) => facts.updates.restart_due = Some(seconds.parse()?),
            ("server", [name]) if facts.apt_servers.len() < MOST => facts.apt_servers.push(text(name)),
            ("locked", [owner, group, mode, path @ ..]) if facts.locked.len() < MOST => facts.locked.push(LockedFile {
                path: text(&path.join(" ")),
                owner: text(owner),
                group: text(group),
                mode: u32::from_str_radix(mode, 8).context("permission bits")?,
            }),
            ("reader", [user, can, path]) if facts.readers.len() < MOST => {
                facts.readers.push(Reader { user: text(user), path: text(path), can: *can == "yes" });
            }
            ("end", []) => self.complete = true,
            ("failed" | "server" | "locked" | "reader", _) => {}
            _ => bail!("it answers no question"),
        }
        Ok(())
    }
}

fn unit(what: &[&str]) -> Result<UnitFacts> {
    let [active, sub, file, result, restarts, since] = what else { bail!("a unit without its state") };
    let word = |word: &str| if word == "-" { String::new() } else { text(word) };
    let runs = *active == "active";
    Ok(UnitFacts {
        active: word(active),
        sub: word(sub),
        file: word(file),
        result: word(result),
        restarts: restarts.parse()?,
        active_for: runs.then(|| since.parse()).transpose()?,
    })
}

/// A moment with a fraction, as `find` prints it.
fn moment(text: &str) -> Result<i64> {
    Ok(text.split('.').next().unwrap_or_default().parse()?)
}

/// The size of a heap as Java takes it (`-Xmx`), in KiB.
fn kibibytes(size: &str) -> Result<u64> {
    let number = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count: u64 = number.parse()?;
    Ok(match size[number.len()..].to_ascii_lowercase().as_str() {
        "" => count / 1024,
        "k" => count,
        "m" => count.saturating_mul(1024),
        "g" => count.saturating_mul(1024 * 1024),
        "t" => count.saturating_mul(1024 * 1024 * 1024),
        _ => bail!("no size of a heap"),
    })
}

/// Short and printable text: everything else is shown as a question mark.
fn text(raw: &str) -> String {
    let plain = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    raw.chars().take(LONGEST_TEXT).map(plain).collect()
}
