//! What was seen of TLS, as the promises of this chapter read it, and how they say it.

use crate::outside::tls::{Certificate, Endpoint, Facts, Silence, Spoken};
use crate::verify::{Evidence, Judgement};

/// The most faults that one sentence names.
const NAMED: usize = 4;

/// All ports that showed their TLS, and what is missing.
pub(super) struct Looked<'a> {
    /// At least one.
    pub(super) seen: Vec<(&'a Endpoint, &'a Spoken)>,
    facts: &'a Facts,
}

/// What was seen.
///
/// # Errors
/// With the judgement that nothing could be seen.
pub(super) fn looked<'a>(evidence: &'a Evidence<'_>) -> Result<Looked<'a>, Judgement> {
    let facts = evidence.tls.as_ref().map_err(|why| Judgement::unseen(why.clone()))?;
    let seen: Vec<_> = facts.seen().collect();
    let looked = Looked { seen, facts };
    if looked.seen.is_empty() { Err(Judgement::unseen(looked.silence().unwrap_or_default())) } else { Ok(looked) }
}

impl<'a> Looked<'a> {
    /// Broken where there are faults, each with its place; unseen where a port did not answer; otherwise kept.
    pub(super) fn judge(&self, faults: Vec<(&Endpoint, String)>, kept: String, remedy: &str) -> Judgement {
        if !faults.is_empty() {
            return Judgement::broken(told(faults), remedy);
        }
        match self.silence() {
            Some(silence) => Judgement::unseen(silence),
            None => Judgement::kept(format!("{kept}{}", self.apart())),
        }
    }

    /// The certificate that counts: the one of the web server, or of the relay where nothing else answers. A port that shows
    /// another one breaks `same-certificate`, and that promise alone.
    pub(super) fn certificate(&self) -> Option<&'a Certificate> {
        let of = |(_, spoken): &(&'a Endpoint, &'a Spoken)| spoken.chain.first();
        let web = self.seen.iter().filter(|(endpoint, _)| endpoint.port == 443).find_map(of);
        web.or_else(|| self.seen.iter().find_map(of))
    }

    /// The ports that show the certificate that counts.
    pub(super) fn showing(&self) -> impl Iterator<Item = (&'a Endpoint, &'a Spoken)> {
        let serial = self.certificate().map(|certificate| certificate.serial.clone());
        self.seen
            .iter()
            .copied()
            .filter(move |(_, spoken)| spoken.chain.first().map(|shown| &shown.serial) == serial.as_ref())
    }

    /// The ports that answered, such as `443 and 5349`.
    pub(super) fn ports(&self) -> String {
        let mut ports: Vec<u16> = self.seen.iter().map(|(endpoint, _)| endpoint.port).collect();
        ports.sort_unstable();
        ports.dedup();
        and(&ports)
    }

    /// What is not known, and why; nothing where all is.
    fn silence(&self) -> Option<String> {
        let troubled = |silence: &Silence| *silence != Silence::Closed;
        let silent = self.silent(troubled);
        match (silent.is_empty(), self.seen.is_empty(), self.facts.unrouted.is_empty()) {
            (false, ..) => Some(told(silent)),
            (true, false, _) => None,
            (true, true, false) => Some("this machine has no way to its addresses".into()),
            (true, true, true) => Some("no port answers".into()),
        }
    }

    /// What is not there or not known, as the end of a sentence.
    fn apart(&self) -> String {
        let closed = self.silent(|silence| *silence == Silence::Closed);
        let closed = if closed.is_empty() { String::new() } else { format!("; {}", told(closed)) };
        match self.facts.unrouted.as_slice() {
            [] => closed,
            addresses => format!("{closed}; {} cannot be reached from here", and(addresses)),
        }
    }

    fn silent(&self, is: fn(&Silence) -> bool) -> Vec<(&'a Endpoint, String)> {
        let why = |endpoint: &'a Endpoint| {
            endpoint.spoken.as_ref().err().filter(|silence| is(silence)).map(|why| (endpoint, why.to_string()))
        };
        self.facts.endpoints.iter().filter_map(why).collect()
    }
}

/// Faults with their places; the same fault at several places is said once.
fn told(faults: Vec<(&Endpoint, String)>) -> String {
    let mut sentences: Vec<(String, Vec<&Endpoint>)> = Vec::new();
    for (endpoint, fault) in faults {
        match sentences.iter_mut().find(|(known, _)| *known == fault) {
            Some((_, endpoints)) => endpoints.push(endpoint),
            None => sentences.push((fault, vec![endpoint])),
        }
    }
    let more = sentences.len().saturating_sub(NAMED);
    let sentences = sentences.iter().take(NAMED).map(|(fault, endpoints)| format!("{}: {fault}", places(endpoints)));
    let mut text = sentences.collect::<Vec<_>>().join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

/// Places such as `port 443 of 192.0.2.1 and 2001:db8::1`.
fn places(endpoints: &[&Endpoint]) -> String {
    let mut ports: Vec<u16> = endpoints.iter().map(|endpoint| endpoint.port).collect();
    ports.sort_unstable();
    ports.dedup();
    let of = |port: &u16| {
        let here = endpoints.iter().filter(|endpoint| endpoint.port == *port);
        format!("port {port} of {}", and(&here.map(|endpoint| endpoint.address).collect::<Vec<_>>()))
    };
    ports.iter().map(of).collect::<Vec<_>>().join(", ")
}

/// A list as people say it: `a, b and c`.
pub(super) fn and<T: ToString>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The first few of a list, and how many more there are.
pub(super) fn few<T: ToString>(items: &[T]) -> String {
    if items.len() <= NAMED {
        return and(items);
    }
    let named: Vec<String> = items.iter().take(NAMED).map(ToString::to_string).collect();
    format!("{} and {} more", named.join(", "), items.len() - NAMED)
}
