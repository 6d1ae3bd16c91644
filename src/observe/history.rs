//! Asks a host what it keeps of its past, and reads the answer, which is believed as little as any other.

use crate::model::digest::Digest;
use crate::model::history::{History, Past, Recorded};
use crate::model::names::PackageName;
use crate::remote::{Order, Remote, answered};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use std::collections::BTreeMap;
use std::time::Duration;

/// Which record is wanted beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// None.
    Nothing,
    /// That of the generation in force.
    Current,
    /// That of the generation before it.
    Previous,
    /// That of this one.
    Number(u32),
}

const SCRIPT: &str = include_str!("history.sh");
/// The most bytes of a record; ours have some 70 kB.
const LONGEST_RECORD: usize = 4 * 1024 * 1024;
/// The most characters of a line that are taken.
const LONGEST_LINE: usize = 300;
/// The most lines before the record.
const MOST_LINES: usize = 10_000;

/// Asks the host.
///
/// # Errors
/// When it cannot be reached, or its answer makes no sense.
pub fn history(remote: &mut dyn Remote, wish: Wish) -> Result<History> {
    let word = match wish {
        Wish::Nothing => "none\n".to_owned(),
        Wish::Current => "current\n".to_owned(),
        Wish::Previous => "previous\n".to_owned(),
        Wish::Number(number) => format!("{number}\n"),
    };
    let order = Order {
        purpose: "ask for the host's past",
        script: SCRIPT,
        input: word.as_bytes(),
        patience: Duration::from_secs(60),
    };
    let answer = answered(remote, &order)?;
    read(&answer.stdout).with_context(|| format!("host {}: read what it keeps of its past", remote.host()))
}

/// Reads the answer.
///
/// # Errors
/// When it breaks off, is too long, or says what nobody asked.
pub fn read(mut rest: &[u8]) -> Result<History> {
    let mut history = History::default();
    let mut packages = BTreeMap::new();
    for _ in 0..MOST_LINES {
        let at = rest.iter().position(|byte| *byte == b'\n').ok_or_else(|| anyhow!("the answer breaks off"))?;
        let line: String = String::from_utf8_lossy(&rest[..at]).chars().take(LONGEST_LINE).collect();
        rest = &rest[at + 1..];
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["end"] => return Ok(history),
            ["record", generation, length] => {
                let (generation, length) = (generation.parse()?, length.parse::<usize>()?);
                ensure!(length <= LONGEST_RECORD, "the record is longer than {LONGEST_RECORD} bytes");
                ensure!(rest.len() == length, "the record breaks off");
                history.record = Some(Recorded { generation, packed: rest.to_vec(), packages });
                return Ok(history);
            }
            ["package", name, version] => drop(packages.insert(PackageName::new(name)?, version.to_owned())),
            _ => take(&mut history, &line).with_context(|| format!("the line {line:?}"))?,
        }
    }
    bail!("the answer has more than {MOST_LINES} lines")
}

fn take(history: &mut History, line: &str) -> Result<()> {
    let (kind, text) = line.split_once(' ').unwrap_or((line, ""));
    match kind {
        "vc4all-history" => {}
        "current" => history.current = text.parse()?,
        "generation" => {
            history.generations.push(Past { number: text.parse()?, author: String::new(), cause: String::new() });
        }
        "author" | "cause" => {
            let past = history.generations.last_mut().ok_or_else(|| anyhow!("it belongs to no generation"))?;
            let place = if kind == "author" { &mut past.author } else { &mut past.cause };
            text.clone_into(place);
        }
        "program" => {
            history.programs.insert(Digest::from_hex(text).ok_or_else(|| anyhow!("no digest"))?);
        }
        "failed" => history.failed.push(text.to_owned()),
        _ => bail!("it answers no question"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "vc4all-history 1\ncurrent 4\ngeneration 3\nauthor root since 2026-03-01\ncause up meet.example.nl\n\
                          generation 4\nfailed coturn.service\npackage jicofo 1.0\nrecord 3 4\n";

    #[test]
    fn the_past_is_read_with_its_record() {
        let history = read(format!("{ANSWER}\u{1}\n\u{2}\u{3}").as_bytes()).unwrap();
        assert_eq!((history.current, history.generations.len()), (4, 2));
        assert_eq!(history.generations[0].cause, "up meet.example.nl");
        assert_eq!(history.failed, ["coturn.service"]);
        let record = history.record.unwrap();
        assert_eq!((record.generation, record.packed.as_slice()), (3, b"\x01\n\x02\x03".as_slice()));
        assert_eq!(record.packages.len(), 1);
    }

    #[test]
    fn what_breaks_off_lies_or_never_ends_is_refused() {
        let endless = "failed x\n".repeat(MOST_LINES + 1);
        for (answer, why) in [
            ("current 4", "breaks off"),
            ("current four\n", "current four"),
            ("author x\n", "no generation"),
            ("program xyz\n", "no digest"),
            ("record 3 5\n1234", "breaks off"),
            ("record 3 99999999\n1234", "longer than"),
            ("package ../x 1\n", "not a package name"),
            (&endless, "more than"),
        ] {
            let error = format!("{:#}", read(answer.as_bytes()).unwrap_err());
            assert!(error.contains(why), "{answer:.20}: {error}");
        }
    }
}
