//! What is asked of the server by query: its components, its rooms, its services, a conference.

use super::client::Client;
use super::facts::{Focus, Service};
use super::xml::{Element, escape, word};
use crate::model::secret::Secret;
use anyhow::{Context as _, Result};
use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

const MOST_SERVICES: usize = 16;
const LONGEST_SECRET: usize = 256;

/// What is asked for TURN: the older and the newer query (XEP-0215), all services and one service's credentials.
pub(super) fn service_queries() -> impl Iterator<Item = String> {
    [1, 2].into_iter().flat_map(|version| {
        let space = format!("urn:xmpp:extdisco:{version}");
        let one = format!("<credentials xmlns='{space}'><service type='turn' host='HOST'/></credentials>");
        [format!("<services xmlns='{space}'/>"), format!("<services xmlns='{space}' type='turn'/>"), one]
    })
}

/// Asks all of these addresses for credentials, and returns the queries' ids with the addresses.
pub(super) fn ask_for_services(client: &mut Client, host: &str, at: &[String]) -> Result<Vec<(String, String)>> {
    let mut asked = Vec::new();
    for address in at {
        for query in service_queries() {
            let query = query.replace("HOST", &escape(host));
            asked.push((client.ask("get", address, &query)?, address.clone()));
        }
    }
    Ok(asked)
}

/// The addresses that gave credentials.
///
/// # Errors
/// When nobody answered at all.
pub(super) fn who_gave(client: &mut Client, asked: &[(String, String)]) -> Result<Vec<String>> {
    let (mut gave, mut answered, mut waited) = (BTreeSet::new(), false, false);
    for (id, address) in asked {
        // One silence is enough to wait for; what others said meanwhile counts.
        let answer = if waited { client.answer_so_far(id) } else { client.answer(id)? };
        waited |= answer.is_none();
        let Some(answer) = answer else { continue };
        answered = true;
        if services(&answer).iter().any(|service| service.password.is_some()) {
            gave.insert(address.clone());
        }
    }
    answered.then_some(()).context("the query for credentials was not answered in time")?;
    Ok(gave.into_iter().collect())
}

/// The services that an answer names.
pub(super) fn services(answer: &Element) -> Vec<Service> {
    let named = answer.all().into_iter().filter(|element| element.is("service"));
    named.take(MOST_SERVICES).map(service).collect()
}

fn service(element: &Element) -> Service {
    let get = |name: &str| element.attribute(name).unwrap_or_default();
    let secret = Some(get("password")).filter(|text| !text.is_empty() && text.len() <= LONGEST_SECRET);
    Service {
        kind: word(get("type")),
        host: word(get("host")),
        port: get("port").parse().unwrap_or_default(),
        transport: word(get("transport")),
        username: word(get("username")),
        password: secret.map(|text| Secret::new(text.to_owned())),
    }
}

/// Asks what a domain is (XEP-0030 §3).
pub(super) fn ask_info(client: &mut Client, domain: &str) -> Result<String> {
    client.ask("get", domain, "<query xmlns='http://jabber.org/protocol/disco#info'/>")
}

/// The types of the components that an answer names.
pub(super) fn components(answer: &Element) -> BTreeSet<String> {
    let identities = answer.all().into_iter().filter(|element| element.is("identity"));
    let components = identities.filter(|identity| identity.attribute("category") == Some("component"));
    components.filter_map(|component| component.attribute("type")).map(word).take(64).collect()
}

/// Who tells about a room: the list of rooms of its domain, or the room itself.
pub(super) fn who_tells(client: &mut Client, domain: &str, room: &str) -> Result<Vec<&'static str>> {
    let listed = client.ask("get", domain, "<query xmlns='http://jabber.org/protocol/disco#items'/>")?;
    let described = ask_info(client, room)?;
    let list = client.answer(&listed)?.context("the query for rooms was not answered in time")?;
    let itself = client.answer(&described)?.context("the query about the room was not answered in time")?;
    let named = |element: &&Element| element.is("item") && element.attribute("jid") == Some(room);
    let by_list = list.all().iter().any(named).then_some("the list of rooms");
    let by_itself = (itself.attribute("type") == Some("result")).then_some("the room itself");
    Ok(by_list.into_iter().chain(by_itself).collect())
}

/// Asks the focus for a conference (jicofo, `doc/conference-request.md`).
pub(super) fn conference(client: &mut Client, host: &str, room: &str) -> Result<Focus> {
    let room = escape(room).into_owned();
    let query = format!("<conference xmlns='http://jitsi.org/protocol/focus' room='{room}' machine-uid='{UID}'/>");
    let asked = client.ask("set", &format!("focus.{host}"), &query)?;
    Ok(client.answer(&asked)?.as_ref().map_or(Focus::Silence, focus))
}

/// The same for the first who asks: where Prosody has just begun anew, the focus is back within moments.
pub(super) fn first_conference(client: &mut Client, host: &str, room: &str) -> Result<Focus> {
    for _ in 0..MOMENTS {
        match conference(client, host, room)? {
            Focus::Refused(why) if why == "service-unavailable" => thread::sleep(MOMENT),
            said => return Ok(said),
        }
    }
    conference(client, host, room)
}

/// Ten seconds in all: Jicofo tries again some seconds after Prosody went away.
const MOMENTS: u32 = 40;
const MOMENT: Duration = Duration::from_millis(250);

/// Jicofo wants one, and remembers it for the time of a session; everybody's is the same here.
const UID: &str = "00000000000000000000000000000000";

fn focus(answer: &Element) -> Focus {
    if answer.attribute("type") == Some("error") {
        let error = answer.child("error");
        return Focus::Refused(error.map_or_else(|| "an error without a name".to_owned(), Element::condition));
    }
    let ready = answer.child("conference").and_then(|conference| conference.attribute("ready")) == Some("true");
    if ready { Focus::Ready } else { Focus::NotReady }
}

#[cfg(test)]
mod tests {
    use super::super::xml::parse;
    use super::*;

    #[test]
    fn services_are_short_words_and_a_secret() {
        let text = "<iq><services><service type='turn' host='HOST' port='3478' transport='udp' username='17:ab' \
                    password='s+/='/><service type='st[un' host='h i' port='99999999'/></services></iq>";
        let found = services(&parse(text).unwrap());
        assert_eq!((found[0].kind.as_str(), found[0].port, found[0].username.as_str()), ("turn", 3478, "17:ab"));
        assert_eq!(found[0].password.as_ref().map(|secret| secret.reveal().as_str()), Some("s+/="));
        assert_eq!((found[1].kind.as_str(), found[1].host.as_str(), found[1].port), ("stun", "hi", 0));
        assert_eq!(found[1].password, None);
        assert!(!format!("{found:?}").contains("s+/="));
        let many = parse(&format!("<iq>{}</iq>", "<service/>".repeat(99))).unwrap();
        assert_eq!(services(&many).len(), MOST_SERVICES);
    }

    #[test]
    fn components_are_the_identities_of_their_category() {
        let text = "<iq><query><identity category='component' type='polls'/><identity category='server' type='im'/>\
                    <identity category='component'/></query></iq>";
        assert_eq!(components(&parse(text).unwrap()), BTreeSet::from(["polls".to_owned()]));
    }

    #[test]
    fn the_focus_is_ready_when_it_says_so() {
        let answers = [
            ("<iq type='result'><conference ready='true'/></iq>", Focus::Ready),
            ("<iq type='result'><conference ready='false'/></iq>", Focus::NotReady),
            ("<iq type='result'/>", Focus::NotReady),
            (
                "<iq type='error'><error><service-unavailable/></error></iq>",
                Focus::Refused("service-unavailable".into()),
            ),
            ("<iq type='error'/>", Focus::Refused("an error without a name".into())),
        ];
        for (text, said) in answers {
            assert_eq!(focus(&parse(text).unwrap()), said, "{text}");
        }
    }
}
