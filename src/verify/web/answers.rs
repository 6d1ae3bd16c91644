//! The answers that promises judge, and how faults in them are told.

use crate::model::values::is_invisible;
use crate::outside::fetch::Page;
use crate::outside::web::{Facts, Kind, Sight};
use crate::verify::{Evidence, Judgement};
use std::collections::BTreeSet;

/// What puts nginx' files right again.
pub(super) const RENDER_AGAIN: &str = "Run `vc4all-deploy up`; it writes the web server's files as they were meant";

/// Headers that each answer of the site carries (`templates/nginx/headers.conf.tera`), beside HSTS.
const USUAL: [&str; 7] = [
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
];

/// Judges what was seen of the pages, if anything was.
pub(super) fn seen(evidence: &Evidence<'_>, judge: impl FnOnce(&Facts) -> Judgement) -> Judgement {
    match &evidence.web {
        Ok(facts) => judge(facts),
        Err(why) => Judgement::unseen(short(why)),
    }
}

/// Whether most headers of the site are missing at once: an `add_header` in a location drops those of the site there, which
/// is one fault and told by one promise, `headers`.
pub(super) fn stripped(page: &Page) -> bool {
    USUAL.iter().filter(|name| page.header(name).next().is_none()).count() > USUAL.len() / 2
}

/// Our own pages; all else lies below Jitsi's shell, or is no page.
pub(super) fn is_ours(kind: Kind) -> bool {
    matches!(kind, Kind::Landing | Kind::Statement | Kind::Door | Kind::Return | Kind::Absent)
}

/// The answers whose headers are judged: all but those to a method that no page has.
pub(super) fn with_headers(facts: &Facts) -> impl Iterator<Item = (&Sight, &Page)> {
    facts.answers().filter(|(sight, _)| sight.kind != Kind::Odd)
}

/// What is wrong, and where.
#[derive(Debug, Default)]
pub(super) struct Faults {
    found: Vec<(String, String)>,
}

impl Faults {
    /// Something is wrong with the answer to this.
    pub(super) fn add(&mut self, what: impl Into<String>, sight: &Sight) {
        self.found.push((short(&what.into()), format!("{} of {}", short(&sight.path), sight.address)));
    }

    /// Something is wrong at a place that is named in other words.
    pub(super) fn add_at(&mut self, what: impl Into<String>, place: impl Into<String>) {
        self.found.push((short(&what.into()), short(&place.into())));
    }

    /// Whether nothing is wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The first fault with its place, how many places share it, and how many faults there are beside it.
    pub(super) fn told(&self) -> String {
        let Some((what, place)) = self.found.first() else { return String::new() };
        let places: BTreeSet<_> =
            self.found.iter().filter(|(known, _)| known == what).map(|(_, place)| place).collect();
        let others: BTreeSet<_> = self.found.iter().map(|(known, _)| known).filter(|known| *known != what).collect();
        let mut told = format!("{what}: {place}");
        if places.len() > 1 {
            told.push_str(&format!(" and {} more", places.len() - 1));
        }
        for other in others.iter().take(2) {
            told.push_str(&format!("; {other}"));
        }
        if others.len() > 2 {
            told.push_str(&format!("; {} more faults", others.len() - 2));
        }
        told
    }

    /// Kept where nothing is wrong.
    pub(super) fn judged(self, kept: impl Into<String>, remedy: &str) -> Judgement {
        if self.is_empty() { Judgement::kept(kept) } else { Judgement::broken(self.told(), remedy) }
    }
}

/// Text of the network as one short line without anything that a terminal obeys.
pub(super) fn short(text: &str) -> String {
    let shown: String =
        text.chars().take(161).map(|c| if c.is_control() || is_invisible(c) { '?' } else { c }).collect();
    match shown.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

/// How many addresses gave answers.
pub(super) fn addresses(facts: &Facts) -> String {
    let all: BTreeSet<_> = facts.answers().map(|(sight, _)| sight.address).collect();
    let all: Vec<_> = all.into_iter().map(|address| address.to_string()).collect();
    all.join(" and ")
}
