//! Reads what a host wrote down about renewals of its certificate; what is damaged or too long is no ledger.

use crate::model::ledger::{self, Ledger};
use crate::remote::{Order, Remote, answered};
use anyhow::Result;
use std::time::Duration;

/// The most bytes of a ledger.
const LONGEST: usize = 64 * 1024;
/// The most characters of a text in it.
const LONGEST_TEXT: usize = 1000;

/// Asks for the ledger alone; nothing where there is none.
///
/// # Errors
/// When the host cannot be reached.
pub fn renewal(remote: &mut dyn Remote) -> Result<Option<Ledger>> {
    let path = ledger::PATH;
    let script = format!("if [ -f {path} ] && [ ! -L {path} ]; then head -c {} {path}; fi", LONGEST + 1);
    let patience = Duration::from_secs(30);
    let order = Order { purpose: "read its notes about renewals", script: &script, input: &[], patience };
    let answer = answered(remote, &order)?;
    Ok(std::str::from_utf8(&answer.stdout).ok().and_then(read))
}

/// Reads a ledger, and cuts its texts.
pub(super) fn read(text: &str) -> Option<Ledger> {
    let mut ledger: Ledger = (text.len() <= LONGEST).then(|| serde_json::from_str(text).ok()).flatten()?;
    if let Some(failure) = &mut ledger.failing {
        cut(&mut failure.why);
        cut(&mut failure.help);
    }
    if let Some(rehearsal) = &mut ledger.rehearsed {
        cut(&mut rehearsal.directory);
        rehearsal.why.iter_mut().for_each(cut);
    }
    if let Some(held) = &mut ledger.certificate {
        cut(&mut held.serial);
    }
    Some(ledger)
}

fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) {
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_and_endless_notes_are_none() {
        for text in ["", "{", "7", "{\"due\":\"soon\"}", "{\"failing\":{}}", &"[".repeat(60_000)] {
            assert_eq!(read(text), None, "{text:.40}");
        }
        assert_eq!(read(&format!("{{\"looked\":9}}{}", " ".repeat(LONGEST))), None);
        assert_eq!(read("{\"looked\":9,\"of-later\":[1]}").and_then(|ledger| ledger.looked), Some(9));
    }

    #[test]
    fn long_texts_are_cut() {
        let mut ledger = Ledger::default();
        ledger.fail(7, "é".repeat(9000), "help");
        let read = read(&serde_json::to_string(&ledger).unwrap()).unwrap().failing.unwrap();
        assert_eq!((read.why.chars().count(), read.help.as_str()), (LONGEST_TEXT, "help"));
    }
}
