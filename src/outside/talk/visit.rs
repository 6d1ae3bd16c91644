//! Whom a visit brings along: a room that nobody else has, and tokens that are good, bent or unsigned.

use super::facts::Pretence;
use super::line::Transport;
use crate::model::deployment::{Deployment, MeetingHosts};
use crate::model::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

/// Letters that stand for the digits of a room in a name that everybody guesses: three of them in a row.
const LETTERS: [char; 10] = ['b', 'd', 'f', 'h', 'k', 'm', 'p', 'r', 't', 'v'];
/// Where less is asked for, three letters may be good enough.
const FEWEST_BITS: u16 = 8;

/// Whom a visit brings along.
#[derive(Debug, Clone)]
pub struct Visit {
    room: String,
    token: Option<Secret<String>>,
    issuer: String,
    audience: String,
    domain: String,
    asked_bits: u16,
}

impl Visit {
    /// A visit of this room, whose random name is strong enough for the inventory, with the meeting host's token for it.
    /// Where meeting hosts prove elsewhere that they are one, there is none.
    pub fn new(deployment: &Deployment, room: String, token: Option<Secret<String>>) -> Self {
        let (issuer, audience) = match &deployment.access.meeting_hosts {
            MeetingHosts::Accounts { .. } => ("vc4all".to_owned(), "jitsi".to_owned()),
            MeetingHosts::Oidc(provider) => {
                (provider.issuer.as_str().to_owned(), provider.audience.as_str().to_owned())
            }
            MeetingHosts::Jwt(portal) => (portal.issuer.as_str().to_owned(), portal.audience.as_str().to_owned()),
        };
        let asked_bits = deployment.access.room_name_bits;
        Self { room, token, issuer, audience, domain: deployment.domain.to_string(), asked_bits }
    }

    /// The room's name.
    pub(super) fn room(&self) -> &str {
        &self.room
    }

    /// The token that opens the room.
    pub(super) fn token(&self) -> Option<&Secret<String>> {
        self.token.as_ref()
    }

    /// A name that the gate has to refuse; none where the inventory takes nearly every name. It is another one for each
    /// way and visit: a room that the focus has just left would be refused for another reason.
    pub(super) fn easy(&self, way: Transport) -> Option<String> {
        let first = match way {
            Transport::Bosh => 0,
            Transport::Websocket => 3,
        };
        let digits = self.room.bytes().filter(u8::is_ascii_digit).skip(first).take(3);
        let letters = digits.filter_map(|digit| LETTERS.get(usize::from(digit - b'0')));
        (self.asked_bits >= FEWEST_BITS).then(|| letters.collect())
    }

    /// What must stand in no log afterwards. The nicknames are random, belong to nobody, and stand in warnings of
    /// Jitsi's plugins, as `docs/gate.md` says.
    pub fn traces(&self) -> Vec<Secret<String>> {
        let signature = self.token.as_ref().and_then(|token| token.reveal().rsplit('.').next());
        let signature = signature.filter(|signature| !signature.is_empty()).map(str::to_owned);
        [Some(self.room.clone()), signature].into_iter().flatten().map(Secret::new).collect()
    }

    /// What somebody without a good token may show.
    pub(super) fn forged(&self, pretence: Pretence) -> Option<Secret<String>> {
        match pretence {
            Pretence::NoToken => None,
            Pretence::EmptyToken => Some(Secret::new(String::new())),
            Pretence::UnsignedToken => {
                let head = BASE64.encode(json!({ "alg": "none", "typ": "JWT" }).to_string());
                Some(Secret::new(format!("{head}.{}.", self.claims())))
            }
            Pretence::BentToken => Some(Secret::new(self.bent())),
        }
    }

    fn parts(&self) -> Option<[&str; 3]> {
        let mut parts = self.token.as_ref()?.reveal().split('.');
        Some([parts.next()?, parts.next()?, parts.next()?])
    }

    /// The claims of the good token; where there is none, what a good one would say (`docs/gate.md`).
    fn claims(&self) -> String {
        if let Some([_, claims, _]) = self.parts() {
            return claims.to_owned();
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let claims = json!({
            "iss": self.issuer, "aud": self.audience, "sub": self.domain, "room": self.room,
            "nbf": now - 60, "exp": now + 600,
        });
        BASE64.encode(claims.to_string())
    }

    /// The first letter of the signature is another one: the last may hold bits that nobody reads.
    fn bent(&self) -> String {
        let signed = self.parts().filter(|[_, _, signature]| !signature.is_empty());
        let Some([head, claims, signature]) = signed else {
            let head = BASE64.encode(json!({ "alg": "HS256", "typ": "JWT" }).to_string());
            return format!("{head}.{}.{}", self.claims(), "A".repeat(43));
        };
        let first = if signature.starts_with('A') { 'B' } else { 'A' };
        format!("{head}.{claims}.{first}{}", signature.chars().skip(1).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(token: Option<&str>) -> Visit {
        Visit {
            room: "71358246905713582469".into(),
            token: token.map(|token| Secret::new(token.to_owned())),
            issuer: "vc4all".into(),
            audience: "jitsi".into(),
            domain: "vergaderen.voorbeeldstad.nl".into(),
            asked_bits: 40,
        }
    }

    fn shown(visit: &Visit, pretence: Pretence) -> String {
        visit.forged(pretence).unwrap().reveal().clone()
    }

    #[test]
    fn a_bent_token_differs_in_its_signature_alone() {
        assert_eq!(shown(&visit(Some("hh.cc.Asig")), Pretence::BentToken), "hh.cc.Bsig");
        assert_eq!(shown(&visit(Some("hh.cc.sig")), Pretence::BentToken), "hh.cc.Aig");
        assert_eq!(shown(&visit(Some("hh.cc.")), Pretence::BentToken).split('.').count(), 3);
    }

    #[test]
    fn easy_names_differ_for_each_way_and_visit() {
        let name = |way| visit(None).easy(way).unwrap();
        assert_eq!((name(Transport::Bosh), name(Transport::Websocket)), ("rdh".to_owned(), "mtf".to_owned()));
        assert_eq!(Visit { asked_bits: 7, ..visit(None) }.easy(Transport::Bosh), None);
    }

    #[test]
    fn an_unsigned_token_says_the_same_as_the_good_one() {
        let head = BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#);
        assert_eq!(shown(&visit(Some("hh.cc.sig")), Pretence::UnsignedToken), format!("{head}.cc."));
        let made = shown(&visit(None), Pretence::UnsignedToken);
        let claims = BASE64.decode(made.split('.').nth(1).unwrap()).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!((&claims["iss"], &claims["room"]), (&json!("vc4all"), &json!("71358246905713582469")));
    }

    #[test]
    fn nothing_of_the_token_is_printed() {
        let visit = visit(Some("hh.cc.sig"));
        assert!(!format!("{visit:?}{:?}", visit.traces()).contains("sig"));
        let traces: Vec<String> = visit.traces().iter().map(|trace| trace.reveal().clone()).collect();
        assert_eq!(traces, ["71358246905713582469", "sig"]);
        assert!(visit.forged(Pretence::NoToken).is_none());
        assert_eq!(shown(&visit, Pretence::EmptyToken), "");
    }
}
