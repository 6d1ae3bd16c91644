//! Whom the client asks for its own address.

use super::answers::{Faults, RENDER_AGAIN, seen};
use super::settings;
use crate::model::deployment::Deployment;
use crate::model::finding::Source;
use crate::outside::web::Facts;
use crate::verify::{Evidence, Judgement, Promise};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const PROMISE: Promise = Promise {
    name: "own-stun",
    title: "The client asks only STUN and TURN servers of its own or of the inventory",
    sources: &[
        Source::Principle("hosted in the EU"),
        Source::Law("GDPR art. 44"),
        Source::Guideline(
            "jitsi-meet config.js: p2p.stunServers; without it the client asks a server of Jitsi's makers",
        ),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    seen(evidence, |facts| look(facts, evidence.deployment))
}

fn look(facts: &Facts, deployment: &Deployment) -> Judgement {
    let (mut faults, mut servers, mut judged) = (Faults::default(), BTreeSet::new(), 0);
    for (address, page) in facts.at("/config.js").filter(|(_, page)| page.status == 200) {
        let Ok(read) = settings::read(&page.text()) else { continue };
        judged += 1;
        let place = format!("/config.js of {address}");
        let all = Value::Object(read);
        if all.pointer("/config/p2p/stunServers").and_then(Value::as_array).is_none() {
            faults.add_at("p2p.stunServers is missing, so the client asks a server of Jitsi's makers", place.clone());
        }
        for server in texts(&all).into_iter().filter(|text| is_server(text)) {
            if !is_allowed(server, deployment) {
                faults.add_at(format!("{server:?} is neither ours nor in the inventory"), place.clone());
            }
            servers.insert(server.to_owned());
        }
    }
    if judged == 0 {
        return Judgement::unseen("there is no config.js that can be read");
    }
    let named = if servers.is_empty() { "none".to_owned() } else { servers.into_iter().collect::<Vec<_>>().join(", ") };
    faults.judged(named, RENDER_AGAIN)
}

/// All texts in a value, wherever they stand.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(map) => map.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// `stun:`, `stuns:`, `turn:` and `turns:` (RFC 7064, RFC 7065).
fn is_server(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default().to_ascii_lowercase();
    text.contains(':') && ["stun", "stuns", "turn", "turns"].contains(&scheme.as_str())
}

fn is_allowed(server: &str, deployment: &Deployment) -> bool {
    let named = deployment.media.stun.iter().any(|foreign| foreign.server.as_str() == server);
    let rest = server.split_once(':').map_or("", |(_, rest)| rest);
    let host = rest.split([':', '?']).next().unwrap_or_default();
    named || host.eq_ignore_ascii_case(deployment.domain.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::deployment::ForeignStun;
    use crate::model::finding::Verdict;
    use crate::model::values::{CountryCode, Line, StunUri};

    fn appended(stage: &mut Stage, more: &str) -> Judgement {
        stage.change("/config.js", |page| page.body.extend_from_slice(more.as_bytes()));
        stage.judged(&PROMISE)
    }

    #[test]
    fn our_own_server_keeps_it() {
        assert_eq!(Stage::new().judged(&PROMISE), Judgement::kept("stun:meet.example.nl:3478"));
        assert_eq!(appended(&mut Stage::new(), "config.p2p.stunServers = [];"), Judgement::kept("none"));
    }

    #[test]
    fn a_foreign_one_breaks_it_unless_the_inventory_names_it() {
        let more = "config.p2p.stunServers = [{ urls: 'stun:stun.example.org:3478' }];";
        broken(
            &appended(&mut Stage::new(), more),
            "\"stun:stun.example.org:3478\" is neither ours nor in the inventory: /config.js of 192.0.2.1",
        );
        let mut stage = Stage::new();
        let server = StunUri::parse("stun:stun.example.org:3478").unwrap();
        let (operator, country) = (Line::parse("Voorbeeld B.V.").unwrap(), CountryCode::parse("NL").unwrap());
        stage.deployment.media.stun.push(ForeignStun { server, operator, country });
        assert_eq!(appended(&mut stage, more).verdict, Verdict::Kept);
        broken(&appended(&mut Stage::new(), "config.x = ['TURNS:turn.example.org'];"), "is neither ours");
        broken(&appended(&mut Stage::new(), "config.p2p = { enabled: false };"), "p2p.stunServers is missing");
        broken(
            &appended(&mut Stage::new(), "config.p2p.stunServers = 'stun:meet.example.nl';"),
            "p2p.stunServers is missing",
        );
    }

    #[test]
    fn what_cannot_be_read_is_unseen() {
        assert_eq!(appended(&mut Stage::new(), "load();").verdict, Verdict::Unseen);
        let mut stage = Stage::new();
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
    }
}
