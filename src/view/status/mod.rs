//! How a host stands, on one screen.

mod json;
mod renewal;
mod table;

pub use json::json;

use super::inert;
use super::paint::{Colour, Paint};
use crate::model::history::{History, Past};
use crate::model::observed::{Managed, Observed, People, SeenCertificate, Standing};
use crate::model::plan::Plan;

/// What there is to tell.
pub struct Status<'a> {
    /// What was seen.
    pub seen: &'a Observed,
    /// What the host keeps of its past.
    pub history: &'a History,
    /// What `up` would change.
    pub plan: &'a Plan,
    /// Units that should run and do not, or that systemd calls failed.
    pub ill: &'a [String],
}

/// The most characters of a word of the host.
const LONGEST: usize = 80;
/// The most paths that are named.
const MOST_PATHS: usize = 10;

impl Status<'_> {
    fn present(&self) -> Option<&Past> {
        self.history.generations.iter().find(|past| past.number == self.seen.generation)
    }

    /// Every path that is not as it was left, with what became of it.
    fn drift(&self) -> Vec<(&str, &'static str)> {
        let managed = self.seen.standing.iter().flat_map(|standing| &standing.managed);
        managed.filter_map(|(path, state)| Some((path.as_str(), became(*state)?))).collect()
    }

    /// Days until the certificate runs out, negative when it is over.
    fn days(&self, certificate: &SeenCertificate) -> i64 {
        certificate.not_after.saturating_sub(self.seen.clock).div_euclid(24 * 60 * 60)
    }

    /// Jitsi's own packages are the ones that are held.
    fn packages(&self) -> Vec<(&str, &str)> {
        let held = self.seen.packages.iter().filter(|(_, package)| package.held);
        held.map(|(name, package)| (name.as_str(), package.version.as_str())).collect()
    }
}

fn became(state: Managed) -> Option<&'static str> {
    match state {
        Managed::AsLeft => None,
        Managed::Edited => Some("edited"),
        Managed::Gone => Some("gone"),
    }
}

/// The screen, with a line end at its end; what the host says is made harmless.
pub fn text(status: &Status<'_>, colour: Colour) -> String {
    let title = format!("{} · host {}", status.plan.domain, status.plan.host);
    let mut text = format!("{}\n\n", colour.paint(Paint::Title, &title));
    for (name, lines) in rows(status) {
        for (at, Line(paint, words)) in lines.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            let words = paint.map_or_else(|| words.clone(), |paint| colour.paint(paint, words));
            text.push_str(&format!("{}{words}\n", colour.paint(Paint::Quiet, &format!("{name:<13}"))));
        }
    }
    if status.history.generations.len() > 1 {
        text.push('\n');
        text.push_str(&table::generations(status, colour));
    }
    text
}

/// A line and what its colour means; a line in no colour is how it should be.
struct Line(Option<Paint>, String);

impl Line {
    fn good(words: impl Into<String>) -> Self {
        Self(None, words.into())
    }

    fn odd(words: impl Into<String>) -> Self {
        Self(Some(Paint::Changed), words.into())
    }

    fn bad(words: impl Into<String>) -> Self {
        Self(Some(Paint::Removed), words.into())
    }
}

fn rows(status: &Status<'_>) -> Vec<(&'static str, Vec<Line>)> {
    let mut rows = vec![("generation", generation(status))];
    if status.seen.generation > 0 {
        rows.push(("inventory", vec![inventory(status.plan)]));
        rows.push(("drift", drift(status)));
        rows.push(("certificate", vec![certificate(status)]));
        rows.push(("renewal", renewal::lines(status)));
        rows.push(("meetings", vec![meetings(status.seen.people)]));
        rows.push(("health", vec![health(status.ill)]));
        rows.push(("Jitsi", vec![packages(status)]));
    }
    rows.push(("at work", vec![at_work(status.seen)]));
    rows
}

fn generation(status: &Status<'_>) -> Vec<Line> {
    match (status.seen.generation, status.present()) {
        (0, _) => vec![Line::odd("none: nothing is deployed here; `up` begins")],
        (number, Some(past)) => {
            let (who, since) = table::author(past);
            let by = [table::cause(past), format!("by {who}"), since];
            vec![Line::good(format!("{number} · {}", by.join(" · ")))]
        }
        (number, None) => vec![Line::good(number.to_string())],
    }
}

fn inventory(plan: &Plan) -> Line {
    match plan.changes.len() {
        0 => Line::good("the host is what it says"),
        1 => Line::odd("1 change is not applied; `plan` shows it"),
        more => Line::odd(format!("{more} changes are not applied; `plan` shows them")),
    }
}

fn drift(status: &Status<'_>) -> Vec<Line> {
    let Some(Standing { managed, .. }) = &status.seen.standing else {
        return vec![Line::odd("unknown: this generation has no manifest")];
    };
    let drift = status.drift();
    if drift.is_empty() {
        return vec![Line::good(format!("none: {} files and links are as they were left", managed.len()))];
    }
    let named = drift.iter().take(MOST_PATHS).map(|(path, what)| Line::bad(format!("{path} {what}")));
    let more = drift.len().saturating_sub(MOST_PATHS);
    named.chain((more > 0).then(|| Line::bad(format!("and {more} more")))).collect()
}

fn certificate(status: &Status<'_>) -> Line {
    let Some(certificate) = &status.seen.certificate else { return Line::bad("none") };
    let names: Vec<String> = certificate.names.iter().map(ToString::to_string).collect();
    let names = names.join(", ");
    let Some(authority) = &certificate.issued_by else {
        return Line::odd(format!("{names} · signed by the host itself: no authority has issued one yet"));
    };
    match status.days(certificate) {
        days if days < 0 => Line::bad(format!("{names} · over · {}", short(authority))),
        days if days < 14 => Line::odd(format!("{names} · {days} days left · {}", short(authority))),
        days => Line::good(format!("{names} · {days} days left · {}", short(authority))),
    }
}

fn meetings(people: Option<People>) -> Line {
    match people {
        None => Line::odd("unknown: the host could not say who is in a meeting"),
        Some(People { people: 0, waiting: 0, .. }) => Line::good("nobody is in a meeting"),
        Some(People { people, meetings, waiting }) => {
            let count = |number: u32, one: &str, many: &str| match number {
                1 => format!("1 {one}"),
                more => format!("{more} {many}"),
            };
            let lobby = if waiting > 0 { format!(" · {waiting} in a lobby") } else { String::new() };
            let (people, meetings) = (count(people, "person", "people"), count(meetings, "meeting", "meetings"));
            Line::good(format!("{people} in {meetings}{lobby}"))
        }
    }
}

fn health(ill: &[String]) -> Line {
    match ill {
        [] => Line::good("every service runs"),
        some => {
            let named: Vec<String> = some.iter().take(MOST_PATHS).map(|name| short(name)).collect();
            Line::bad(format!("failed or not running: {}", named.join(", ")))
        }
    }
}

fn packages(status: &Status<'_>) -> Line {
    let packages = status.packages();
    if packages.is_empty() {
        return Line::odd("none of its packages is installed and held");
    }
    let named: Vec<String> = packages.iter().map(|(name, version)| format!("{name} {}", short(version))).collect();
    Line::good(named.join(" · "))
}

fn at_work(seen: &Observed) -> Line {
    match &seen.lock {
        Some(lock) => Line::odd(format!("{} · {}", short(&lock.owner), short(&lock.cause))),
        None if seen.broken_run => Line::bad("nobody, but the last work ended in the middle; `up` first restores"),
        None => Line::good("nobody"),
    }
}

/// A word of the host, harmless and short.
fn short(text: &str) -> String {
    let text = inert::line(&text.chars().take(LONGEST + 1).collect::<String>());
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
