//! Judges every name in every text: the instance itself, somebody on the egress list, or an offence.

use super::endings::Endings;
use super::instance::Instance;
use super::offence::Offence;
use super::quoted::Code;
use super::sight::{Sight, Text, Whom};
use super::strangers::Kind;
use crate::model::egress::{Asker, EgressList, Written};
use std::ops::Range;

/// A text that goes to the host, or stands there.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The file as messages call it.
    pub shown: &'a str,
    /// Its path on the host, which says what language it is and who reads it.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// Judges texts by one deployment's list.
pub struct Scanner<'a> {
    instance: &'a Instance,
    list: &'a EgressList,
    endings: Endings,
}

impl<'a> Scanner<'a> {
    /// A scanner for the instance with this list.
    pub fn new(instance: &'a Instance, list: &'a EgressList) -> Self {
        Self { instance, list, endings: Endings::new() }
    }

    /// Every foreign name in the text that the list does not allow there. Its cost grows with the length of the text.
    pub fn scan(&self, page: Page<'_>) -> Vec<Offence> {
        let for_browsers = BROWSERS.iter().any(|folder| page.path.starts_with(folder));
        let text = Text { text: page.text, code: Code::of(page.path), for_browsers };
        let excused = self.excused(page.text);
        let sights = text.sights(&self.endings);
        let refused = sights.into_iter().filter_map(|sight| {
            let free = excused.iter().any(|span| span.contains(&sight.at));
            if free { None } else { self.refuse(&sight, for_browsers).map(|refusal| (sight.at, refusal)) }
        });
        let mut offences: Vec<Offence> = refused.map(|(at, refusal)| refusal.at(page, at)).collect();
        offences.sort();
        offences.dedup();
        offences
    }

    /// The places of links and words that stand in the list whole.
    fn excused(&self, text: &str) -> Vec<Range<usize>> {
        let whole = self.list.named.iter().filter(|named| named.written != Written::Mail);
        let mut spans = Vec::new();
        for named in whole {
            for (at, found) in text.match_indices(named.text.as_str()) {
                let end = at + found.len();
                let before = text[..at].chars().next_back();
                let after = text[end..].trim_start_matches('.').chars().next();
                if !before.is_some_and(goes_on) && !after.is_some_and(goes_on) {
                    spans.push(at..end);
                }
            }
        }
        spans
    }

    fn refuse(&self, sight: &Sight, for_browsers: bool) -> Option<Refusal> {
        match &sight.whom {
            Whom::Asked(host) => self.refuse_asked(host, for_browsers),
            Whom::Word(word, rest) => {
                let known = |name: &String| self.instance.has_name(name) || self.asked(name, |_| true);
                let free = known(word) || rest.as_ref().is_some_and(known);
                (!free).then(|| Refusal::stranger(word))
            }
            Whom::Mail(host) => {
                let mail = |text: &str| text == host;
                let named = self.list.named.iter().any(|named| named.written == Written::Mail && mail(&named.text));
                (!named && !self.instance.has_name(host)).then(|| Refusal::stranger(host))
            }
            Whom::Address(address) => {
                let free = self.instance.has_address(*address) || self.asked(&address.to_string(), |_| true);
                (!free).then(|| Refusal::stranger(&address.to_string()))
            }
            Whom::Composed => Some(Refusal {
                named: "://…".to_owned(),
                what: "begins an address whose host is put together later, so nobody can say whom it names".to_owned(),
                remedy: "write the whole address",
            }),
        }
    }

    /// A host that a file asks; a browser may not ask those whom only the host has business with.
    fn refuse_asked(&self, host: &str, for_browsers: bool) -> Option<Refusal> {
        let allowed = |asker| !for_browsers || asker == Asker::Browser;
        if self.instance.has_name(host) || self.asked(host, allowed) {
            return None;
        }
        if self.asked(host, |_| true) {
            let what = "is on the egress list for the host alone, and this file lets browsers ask it".to_owned();
            return Some(Refusal { what, remedy: "take it out", named: host.to_owned() });
        }
        Some(Refusal::stranger(host))
    }

    fn asked(&self, host: &str, allowed: impl Fn(Asker) -> bool) -> bool {
        self.list.asked.iter().any(|asked| {
            allowed(asked.asker)
                && match asked.host.strip_prefix("*.") {
                    Some(end) => host.strip_suffix(end).is_some_and(|front| front.ends_with('.')),
                    None => asked.host == host,
                }
        })
    }
}

/// Folders of which browsers get all files.
const BROWSERS: [&str; 2] = ["/usr/local/share/vc4all/www/", "/etc/jitsi/meet/"];

/// Whether an address or a name goes on with this character.
fn goes_on(c: char) -> bool {
    c.is_alphanumeric() || "-_~:/?#@$&*+=%.".contains(c)
}

/// What is wrong, without its place.
struct Refusal {
    named: String,
    what: String,
    remedy: &'static str,
}

impl Refusal {
    fn stranger(host: &str) -> Self {
        let kind = Kind::of(host);
        Self { named: inert(host), what: format!("is {}", kind.reason()), remedy: kind.remedy() }
    }

    fn at(self, page: Page<'_>, at: usize) -> Offence {
        let before = &page.text[..at];
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Offence {
            file: page.shown.to_owned(),
            line: before.bytes().filter(|b| *b == b'\n').count() + 1,
            column: before[start..].chars().count() + 1,
            named: self.named,
            what: self.what,
            remedy: self.remedy,
        }
    }
}

/// Short, and without what could play with a terminal: a host's name has neither.
fn inert(host: &str) -> String {
    let clean = |c: char| if c.is_alphanumeric() || "-_.:".contains(c) { c } else { '\u{fffd}' };
    host.chars().take(100).map(clean).collect()
}
