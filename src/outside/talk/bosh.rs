//! XMPP in POSTs (XEP-0124, XEP-0206): one request after the other, each answered when there is something to say.

use super::line::Call;
use super::xml::{self, Element, escape};
use crate::model::secret::Secret;
use crate::outside::Way;
use crate::outside::fetch::{Ask, Kept, Scheme};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use http::Method;

/// Seconds for which the server may hold a request that it has nothing to say to.
const WAIT: u8 = 1;

/// A session.
pub(super) struct Bosh {
    line: Kept,
    origin: String,
    path: Secret<String>,
    domain: String,
    rid: u64,
    sid: String,
    out: String,
    come: Vec<Element>,
}

impl Bosh {
    pub(super) fn open(way: &Way, call: &Call) -> Result<Self> {
        let address = *way.addresses.first().context("there is no address")?;
        let mut seed = [0; 4];
        getrandom::fill(&mut seed).map_err(|error| anyhow!("no random number: {error}"))?;
        let path = Secret::new(call.address("/http-bind"));
        let (rid, domain) = (u64::from(u32::from_le_bytes(seed)) + 1, call.domain.clone());
        let (line, origin) = (Kept::new(way, address)?, format!("https://{}", way.domain));
        let (sid, out, come) = (String::new(), String::new(), Vec::new());
        let mut bosh = Self { line, origin, path, domain, rid, sid, out, come };
        let attributes = format!(
            "to='{}' xml:lang='en' wait='{WAIT}' hold='1' content='text/xml; charset=utf-8' ver='1.6' \
             xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'",
            escape(&bosh.domain)
        );
        let body = bosh.post(&attributes, "")?;
        bosh.sid = body.attribute("sid").unwrap_or_default().to_owned();
        bosh.come = stanzas(body);
        Ok(bosh)
    }

    /// Says this with the next request.
    pub(super) fn say(&mut self, stanzas: &str) {
        self.out.push_str(stanzas);
    }

    pub(super) fn restart(&mut self) -> Result<()> {
        let domain = escape(&self.domain).into_owned();
        let body = self.post(&format!("xmpp:restart='true' to='{domain}' xmlns:xmpp='urn:xmpp:xbosh'"), "")?;
        self.come.extend(stanzas(body));
        Ok(())
    }

    /// One request and its answer.
    pub(super) fn exchange(&mut self) -> Result<Vec<Element>> {
        if self.out.is_empty() && !self.come.is_empty() {
            return Ok(std::mem::take(&mut self.come));
        }
        ensure!(!self.sid.is_empty(), "there is no session");
        let out = std::mem::take(&mut self.out);
        let body = self.post("", &out)?;
        let mut come = std::mem::take(&mut self.come);
        come.extend(stanzas(body));
        Ok(come)
    }

    pub(super) fn close(&mut self, stanzas: &str) {
        if !self.sid.is_empty() {
            let out = std::mem::take(&mut self.out) + stanzas;
            drop(self.post("type='terminate'", &out));
            self.sid.clear();
        }
    }

    fn post(&mut self, attributes: &str, stanzas: &str) -> Result<Element> {
        let sid = if self.sid.is_empty() { String::new() } else { format!("sid='{}'", escape(&self.sid)) };
        let body = format!(
            "<body rid='{}' {sid} {attributes} xmlns='http://jabber.org/protocol/httpbind'>{stanzas}</body>",
            self.rid
        );
        self.rid += 1;
        let ask = Ask {
            scheme: Scheme::Https,
            port: 443,
            method: Method::POST,
            path: self.path.reveal(),
            headers: &[("Content-Type", "text/xml; charset=utf-8"), ("Origin", &self.origin)],
            body: body.into_bytes(),
        };
        // The outer words of the error name the path, in which the token stands.
        let page = self.line.fetch(&ask).map_err(|error| anyhow!("{}", error.root_cause()))?;
        ensure!(page.status == 200, "HTTP {}", page.status);
        ensure!(page.body.len() <= xml::LONGEST, "an answer of {} bytes is too long", page.body.len());
        let body = xml::parse(&page.text())?;
        ensure!(body.is("body"), "the answer is no BOSH");
        Ok(body)
    }
}

/// What stands in a body. The end of a session is told as a stanza of its own, as on a stream (RFC 6120 §4.9).
fn stanzas(body: Element) -> Vec<Element> {
    let ended = body.attribute("type") == Some("terminate");
    let why = body.attribute("condition").map(xml::word);
    let mut come = body.children;
    if ended && !come.iter().any(|stanza| stanza.is("error")) {
        come.extend(ending(&why.unwrap_or_else(|| "ended".to_owned())).ok());
    }
    come
}

fn ending(why: &str) -> Result<Element> {
    match xml::parse(&format!("<error xmlns='http://etherx.jabber.org/streams'><{why}/></error>")) {
        Ok(error) => Ok(error),
        Err(_) => bail!("the end has no name"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_session_is_a_stanza() {
        let body = xml::parse("<body type='terminate' condition='host-unknown'/>").unwrap();
        let come = stanzas(body);
        assert_eq!((come.len(), come[0].name.as_str(), come[0].condition().as_str()), (1, "error", "host-unknown"));
        let body = xml::parse("<body type='terminate' condition='a&gt; &lt;b'/>").unwrap();
        assert_eq!(stanzas(body)[0].condition(), "ab");
        let body = xml::parse("<body type='terminate' condition='7'/>").unwrap();
        assert!(stanzas(body).is_empty());
        let body = xml::parse("<body><iq/><message/></body>").unwrap();
        assert_eq!(stanzas(body).len(), 2);
    }
}
