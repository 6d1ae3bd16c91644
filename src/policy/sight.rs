//! Finds every place in a text that may name somebody: addresses of the web, host names, numbers of IPv4 and IPv6.

use super::endings::{Endings, is_file_name};
use super::instance::host_and_port;
use super::quoted::{Code, spans};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// A place in a text that may name somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sight {
    /// Where it begins, in bytes.
    pub(super) at: usize,
    /// Who is named.
    pub(super) whom: Whom,
}

/// Who is named at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whom {
    /// The host of a web address, or of a STUN or TURN server; in lower case.
    Asked(String),
    /// A word that ends like a host name; in lower case. It may begin with an escape, without which it is the second one.
    Word(String, Option<String>),
    /// A word behind an `@`.
    Mail(String),
    /// An address of the Internet protocol.
    Address(IpAddr),
    /// A web address whose host is put together while something runs.
    Composed,
}

/// A text and what is known of its kind.
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    pub(super) code: Option<Code>,
    pub(super) for_browsers: bool,
}

impl Text<'_> {
    /// All places, each once, in no order.
    pub(super) fn sights(&self, endings: &Endings) -> Vec<Sight> {
        let mut found = Vec::new();
        self.addresses_of_the_web(&mut found);
        self.words(endings, &mut found);
        self.ipv6(&mut found);
        found
    }

    /// What stands behind `://`, or behind `//` at the beginning of a string.
    fn addresses_of_the_web(&self, found: &mut Vec<Sight>) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(slash) = bytes[at..].iter().position(|b| *b == b'/').map(|more| more + at) {
            at = slash + 1;
            let second = if bytes.get(at) == Some(&b'\\') { at + 1 } else { at };
            if bytes.get(second) != Some(&b'/') {
                continue;
            }
            let mut from = second + 1;
            while matches!(bytes.get(from), Some(b'/' | b'\\')) {
                from += 1;
            }
            let before = self.text[..slash].strip_suffix('\\').unwrap_or(&self.text[..slash]);
            found.extend(self.authority(from, before.bytes().last()).map(|whom| Sight { at: from, whom }));
            at = from;
        }
    }

    /// The host of a web address that continues at `from`; `before` stands before its slashes.
    fn authority(&self, from: usize, before: Option<u8>) -> Option<Whom> {
        let rest = &self.text[from..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "-._~:@[]*%$。．｡".contains(c))).unwrap_or(rest.len());
        let whole = &rest[..end];
        let scheme = before == Some(b':');
        let quoted = matches!(before, Some(b'"' | b'\'' | b'`' | b'('));
        let named = whole.starts_with(|c: char| c.is_alphanumeric() || c == '[');
        if !(scheme || quoted && named) {
            return None;
        }
        let host = whole.rsplit_once('@').map_or(whole, |(_, host)| host);
        let (host, variable) = host.split_at(host.find('$').unwrap_or(host.len()));
        let mut variables = variable.split('$').skip(1);
        let composed = if host.is_empty() {
            !variables.all(|name| matches!(name, "host" | "server_name" | "request_uri" | "uri"))
                || (variable.is_empty() && rest.starts_with(['"', '\'', '`', '{', '<']))
        } else {
            host.contains('%') || !variables.all(|name| matches!(name, "request_uri" | "uri"))
        };
        if composed || host == "*" {
            return Some(Whom::Composed);
        }
        let (host, _) = host_and_port(&plain(host.trim_start_matches("*.")));
        let host = host.trim_matches('.').trim_end_matches(':');
        match host.parse() {
            Ok(address) => Some(Whom::Address(address)),
            Err(_) if host.is_empty() => None,
            Err(_) => Some(Whom::Asked(host.to_owned())),
        }
    }

    /// Words with dots that end like a host name or are an IPv4 address.
    fn words(&self, endings: &Endings, found: &mut Vec<Sight>) {
        let quoted = self.code.map(|code| spans(self.text, code));
        let mut quoted = quoted.as_deref();
        let mut from = 0;
        let part_of_word = |c: char| c.is_alphanumeric() || "-_.。．｡".contains(c);
        while let Some(begin) = self.text[from..].find(part_of_word).map(|more| more + from) {
            let rest = &self.text[begin..];
            let end = begin + rest.find(|c| !part_of_word(c)).unwrap_or(rest.len());
            from = end;
            let word = &self.text[begin..end];
            if !word.contains(['.', '。', '．', '｡']) || !self.may_name(begin..end, &mut quoted) {
                continue;
            }
            let trimmed = word.trim_start_matches(['.', '-']);
            let at = begin + word.len() - trimmed.len();
            found.extend(self.word(at, trimmed.trim_end_matches(['.', '-']), endings));
        }
    }

    /// Whether a bare word here can name somebody at all: not as a member in a program, a key, or a part of a path.
    fn may_name(&self, place: Range<usize>, quoted: &mut Option<&[Range<usize>]>) -> bool {
        let (before, after) = (&self.text[..place.start], &self.text[place.end..]);
        if let Some(spans) = quoted {
            let over = spans.iter().take_while(|span| span.end <= place.start).count();
            *spans = &spans[over..];
            let inside = spans.first().is_some_and(|span| span.start <= place.start);
            let quotes = ['"', '\'', '`'];
            return (inside || before.ends_with(quotes) || after.starts_with(quotes)) && !is_path(before);
        }
        let next = after.trim_start_matches(' ');
        let key = !self.for_browsers && (next.starts_with(['=', '{']) || next.starts_with("+="));
        !key && !is_path(before)
    }

    fn word(&self, at: usize, word: &str, endings: &Endings) -> Vec<Sight> {
        if word.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-') {
            let number = |part: &str| part.parse::<Ipv4Addr>().ok();
            let numbers = word.split('-').filter_map(number);
            return numbers.map(|v4| Sight { at, whom: Whom::Address(IpAddr::V4(v4)) }).collect();
        }
        let name = plain(word);
        let before = &self.text[..at];
        let asked = SERVERS.iter().any(|scheme| ends_with(before, scheme));
        let file = is_file_name(&name) && self.code.is_none() && !self.for_browsers;
        if !endings.knows(&name) || (file && !asked) {
            return Vec::new();
        }
        let whom = match (asked, before.ends_with('@')) {
            (true, _) => Whom::Asked(name),
            (false, true) => Whom::Mail(name),
            (false, false) => {
                let rest = escape(before, &name).map(|length| name[length..].to_owned());
                Whom::Word(name, rest)
            }
        };
        vec![Sight { at, whom }]
    }

    /// Addresses of IPv6: runs of hexadecimal digits with two colons or more.
    fn ipv6(&self, found: &mut Vec<Sight>) {
        let bytes = self.text.as_bytes();
        let digit = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
        let mut done = 0;
        while let Some(colon) = bytes[done..].iter().position(|b| *b == b':').map(|more| more + done) {
            let begin = colon - bytes[done..colon].iter().rev().take_while(|b| digit(b)).count();
            let end = colon + bytes[colon..].iter().take_while(|b| digit(b)).count();
            done = end;
            let run = &self.text[begin..end];
            let other = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
            let cut = begin > 0 && other(bytes.get(begin - 1));
            if other(bytes.get(end)) || run.bytes().filter(|b| *b == b':').count() < 2 {
                continue;
            }
            // The first group may be a word of its own (`add:2a01::1`).
            let behind = run.split_once(':').map(|(_, rest)| rest).filter(|rest| !rest.starts_with(':'));
            let whole = (!cut).then_some(run).and_then(parse_ipv6);
            // A part of an address would be somebody else's.
            let found_here = whole.or_else(|| behind.and_then(parse_ipv6));
            found.extend(found_here.map(|v6| Sight { at: begin, whom: Whom::Address(IpAddr::V6(v6)) }));
        }
    }
}

/// Schemes without slashes behind which a server stands.
const SERVERS: [&str; 4] = ["stun:", "stuns:", "turn:", "turns:"];

/// An address, also where a full stop or a colon of the sentence follows.
fn parse_ipv6(run: &str) -> Option<Ipv6Addr> {
    run.parse().or_else(|_| run.trim_end_matches(['.', ':']).parse()).ok()
}

fn ends_with(text: &str, end: &str) -> bool {
    let tail = text.len().checked_sub(end.len()).and_then(|from| text.get(from..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// Whether what follows is a part of a path: behind one slash alone. The shell's `/dev/tcp/HOST/PORT` is none.
fn is_path(before: &str) -> bool {
    let Some(rest) = before.strip_suffix('/') else { return false };
    !rest.ends_with(['/', ':', '\\']) && !rest.ends_with("/tcp") && !rest.ends_with("/udp")
}

/// How many bytes at the beginning of a word may belong to an escape: `%2F`, `\u0026`, `\x26`, `\n`.
fn escape(before: &str, word: &str) -> Option<usize> {
    let hex =
        |from: usize, to: usize| word.get(from..to).is_some_and(|part| part.bytes().all(|b| b.is_ascii_hexdigit()));
    let length = match (before.bytes().last()?, word.bytes().next()?) {
        (b'%', _) if hex(0, 2) => 2,
        (b'\\', b'u') if hex(1, 5) => 5,
        (b'\\', b'x') if hex(1, 3) => 3,
        (b'\\', b'n' | b'r' | b't') => 1,
        _ => return None,
    };
    word[length..].contains('.').then_some(length)
}

/// In lower case, with the dots that browsers take for one (UTS 46 §4).
fn plain(word: &str) -> String {
    match word.is_ascii() {
        true => word.to_ascii_lowercase(),
        false => word.replace(['。', '．', '｡'], ".").to_lowercase(),
    }
}
