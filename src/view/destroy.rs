//! What `destroy` will do, the question, and the proof, as text for people.

use super::inert;
use super::paint::{Colour, Paint};
use crate::model::estate::{Proof, Removal};
use crate::model::revocation::Revocable;
use std::fmt::Display;
use std::io::{self, BufRead, Read as _, Write};

/// The list, grouped like a plan, with a line end at its end.
pub fn text(removal: &Removal, colour: Colour) -> String {
    let (domain, host) = &removal.target;
    let mut text = colour.paint(Paint::Title, &format!("{domain} · host {} · destroy", inert::line(host)));
    text.push('\n');
    let mut list = List { text, colour };
    let certificates: Vec<String> = removal.parting.revoked.iter().map(certificate).collect();
    list.group("certificates", "-", &certificates, "revoked at the authority: it counts for nobody any more");
    let account: Vec<&String> = removal.parting.account.iter().collect();
    list.group("accounts at authorities", "-", &account, "closed for good");
    list.group("units", "-", &removal.units, "stopped and disabled");
    list.group("accounts", "-", &removal.accounts, "deleted from Prosody, which stays");
    let (edited, plain): (Vec<_>, Vec<_>) = removal.paths.iter().partition(|path| removal.edited.contains(*path));
    list.group("files and links", "-", &plain, "");
    list.group("files and links that somebody changed", "-", &edited, "removed all the same");
    list.group("packages", "-", &removal.packages, "");
    let (edited, plain): (Vec<_>, Vec<_>) = removal.originals.keys().partition(|path| removal.edited.contains(*path));
    list.group("put back", "~", &plain, "as it was before us");
    list.group("put back over what somebody changed", "~", &edited, "as it was before us");
    list.group("with everything in them", "-", &removal.whole, "");
    list.group("folders", "-", &removal.folders, "when nothing of others is in them");
    list.group("stays", " ", &removal.needed, "a package that we did not bring needs it");
    list.group("stays", " ", &removal.lost, "what stood there before us is not kept");
    list.group("stays", " ", &removal.parting.kept.iter().collect::<Vec<_>>(), "");
    list.text.push_str(&format!("\n{}\n", footer(removal)));
    list.text
}

fn certificate(held: &Revocable) -> String {
    let names: Vec<String> = held.names.iter().map(ToString::to_string).collect();
    format!("{} for {}", held.serial, names.join(", "))
}

struct List {
    text: String,
    colour: Colour,
}

impl List {
    fn group<T: Display>(&mut self, title: &str, sign: &str, things: &[T], detail: &str) {
        if things.is_empty() {
            return;
        }
        let paint = if sign == "~" { Paint::Changed } else { Paint::Removed };
        let sign = self.colour.paint(paint, sign);
        self.text.push_str(&format!("\n{}\n", self.colour.paint(Paint::Title, title)));
        for thing in things {
            let thing = inert::line(&thing.to_string());
            self.text.push_str(format!("  {sign} {thing}   {detail}").trim_end());
            self.text.push('\n');
        }
    }
}

fn footer(removal: &Removal) -> String {
    let paths = removal.paths.len() + removal.whole.len();
    let revoked = removal.parting.revoked.len();
    let revoked = (revoked > 0).then(|| count(revoked, "certificate revoked", "certificates revoked"));
    let counts = [
        count(removal.units.len(), "unit", "units"),
        count(paths, "file or folder", "files and folders"),
        count(removal.packages.len(), "package", "packages"),
        count(removal.originals.len(), "original put back", "originals put back"),
    ];
    counts.into_iter().chain(revoked).collect::<Vec<_>>().join(" · ")
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What to think of before.
pub fn warning(removal: &Removal) -> String {
    let mut lines = Vec::new();
    if let Some(people) = removal.people.filter(|people| people.people > 0) {
        let who = count(people.people as usize, "person is", "people are");
        lines.push(format!(
            "{who} in {} now and will be cut off.",
            count(people.meetings as usize, "meeting", "meetings")
        ));
    }
    if !removal.parting.revoked.is_empty() {
        lines.push("The certificate is revoked first: a backup that holds it brings no good one back. `--keep-certificate` leaves it.".to_owned());
    }
    lines.push("There is no way back: accounts, secrets, certificates and generations go. A `backup` can be restored on a fresh host.".to_owned());
    lines.push(
        "Logs of the removed packages go too, and with them what the privacy statement promises about them ends here."
            .to_owned(),
    );
    lines.push(
        "Entries in the host's journal cannot be removed one by one; `journalctl --vacuum-time=1s` removes them all."
            .to_owned(),
    );
    lines.push("Users and groups that Debian's packages made stay, as Debian leaves them; kernel settings stay until a restart.".to_owned());
    lines.join("\n")
}

/// What a person typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// The domain.
    Domain,
    /// Something else, or nothing.
    Other,
}

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 300;

/// Asks for the domain.
///
/// # Errors
/// When the question cannot be written or the answer cannot be read.
pub fn ask(domain: &str, input: &mut dyn BufRead, output: &mut dyn Write) -> io::Result<Typed> {
    write!(output, "Type the domain to remove all this: ")?;
    output.flush()?;
    let mut line = String::new();
    input.take(LONGEST).read_line(&mut line)?;
    Ok(if line.trim() == domain { Typed::Domain } else { Typed::Other })
}

/// The proof in short, with a line end at its end.
pub fn proven(proof: &Proof) -> String {
    let mut text = format!(
        "The host was looked at again: {} gone, {} gone, {} back byte for byte\n",
        count(proof.paths, "file or folder is", "files and folders are"),
        count(proof.packages, "package is", "packages are"),
        count(proof.originals, "original is", "originals are"),
    );
    for path in &proof.shared {
        text.push_str(&format!("stays: {path}, because something of others is in it\n"));
    }
    for left in &proof.left {
        text.push_str(&format!("still there: {}\n", inert::line(left)));
    }
    if proof.left.is_empty() {
        text.push_str("Nothing is left of what was made.\n");
    }
    text
}
