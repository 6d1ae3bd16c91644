//! The token that opens one room for one person, for a while.

use super::hs256;
use super::room::Room;
use super::settings::Settings;
use crate::accounts::Person;
use crate::model::secret::Secret;
use anyhow::{Context as _, Result};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

/// Seconds by which the clock of another machine may be behind.
const CLOCK_SKEW: u64 = 10;

/// Makes tokens.
pub(super) struct Signer {
    key: EncodingKey,
    domain: String,
    seconds: u64,
}

/// The claims (RFC 7519 §4.1, and Jitsi's `room` and `context`).
#[derive(Serialize)]
struct Claims<'a> {
    aud: &'static str,
    iss: &'static str,
    sub: &'a str,
    room: &'a str,
    iat: u64,
    nbf: u64,
    exp: u64,
    context: Context<'a>,
}

#[derive(Serialize)]
struct Context<'a> {
    user: User<'a>,
}

#[derive(Serialize)]
struct User<'a> {
    name: &'a str,
    id: &'a str,
}

impl Signer {
    /// Signs with this secret.
    pub(super) fn new(secret: &Secret<String>, settings: &Settings) -> Self {
        hs256::install();
        Self {
            key: EncodingKey::from_secret(secret.reveal().as_bytes()),
            domain: settings.domain.clone(),
            seconds: u64::from(settings.token_minutes) * 60,
        }
    }

    /// A token that opens the room for the person from `now` on, in seconds since 1970.
    ///
    /// # Errors
    /// When the claims cannot be written; nothing known leads there.
    pub(super) fn sign(&self, room: &Room, person: &Person, now: u64) -> Result<Secret<String>> {
        let claims = Claims {
            aud: "jitsi",
            iss: "vc4all",
            sub: &self.domain,
            room: room.as_str(),
            iat: now,
            nbf: now.saturating_sub(CLOCK_SKEW),
            exp: now + self.seconds,
            context: Context { user: User { name: &person.name, id: &person.id } },
        };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &self.key).context("sign a token")?;
        Ok(Secret::new(token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::deployment::{Language, SecondFactor};
    use crate::model::names::LoginName;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use sha2::{Digest as _, Sha256};

    const SECRET: &str = "0123456789abcdefghijABCDEFGHIJ0123456789";

    fn signer() -> Signer {
        let settings = Settings {
            domain: "overleg.voorbeeldstad.example".to_owned(),
            operator: "Gemeente Voorbeeldstad".to_owned(),
            languages: vec![Language::Nl],
            second_factor: SecondFactor::Required,
            token_minutes: 120,
            room_name_bits: 0,
            names: std::collections::BTreeMap::new(),
        };
        Signer::new(&Secret::new(SECRET.to_owned()), &settings)
    }

    fn person(name: &str) -> Person {
        Person { account: LoginName::new("anna").unwrap(), name: name.to_owned(), id: "a1b2c3".to_owned() }
    }

    /// HMAC with SHA-256 by its definition (RFC 2104 §2), another way than the door's.
    fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
        let pad = |mask: u8| (0..64).map(|at| key.get(at).unwrap_or(&0) ^ mask).collect::<Vec<u8>>();
        let inner = Sha256::digest([pad(0x36), message.to_vec()].concat());
        Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
    }

    /// The head and the claims of a token with a right signature.
    fn verified(token: &str, key: &str) -> Option<(Value, Value)> {
        let (message, signature) = token.rsplit_once('.')?;
        let (head, claims) = message.split_once('.')?;
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let json = |part: &str| serde_json::from_slice(&bytes(part)?).ok();
        (bytes(signature)? == hmac(key.as_bytes(), message.as_bytes())).then_some(())?;
        Some((json(head)?, json(claims)?))
    }

    #[test]
    fn the_claims_are_those_that_the_gate_asks_for() {
        let room = Room::read("Kamer-77", 0).unwrap();
        let token = signer().sign(&room, &person("Anna de Vries"), 1_800_000_000).unwrap();
        let (head, claims) = verified(token.reveal(), SECRET).unwrap();
        assert_eq!(head, json!({ "typ": "JWT", "alg": "HS256" }));
        let expected = json!({
            "aud": "jitsi", "iss": "vc4all", "sub": "overleg.voorbeeldstad.example", "room": "kamer-77",
            "iat": 1_800_000_000_u64, "nbf": 1_799_999_990_u64, "exp": 1_800_007_200_u64,
            "context": { "user": { "name": "Anna de Vries", "id": "a1b2c3" } }
        });
        assert_eq!(claims, expected);
        assert_eq!(verified(token.reveal(), &SECRET.replace('0', "1")), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn any_name_goes_unchanged_and_a_place_stays_on_this_host(
            name in any::<String>(), room in "[a-z0-9-]{1,100}", state in "\\PC{0,80}"
        ) {
            let room = Room::read(&room, 0).unwrap();
            let token = signer().sign(&room, &person(&name), 1_800_000_000).unwrap();
            let (_, claims) = verified(token.reveal(), SECRET).unwrap();
            prop_assert_eq!(claims["context"]["user"]["name"].as_str(), Some(name.as_str()));
            prop_assert_eq!(claims["room"].as_str(), Some(room.as_str()));
            let switches = super::super::wishes::Wishes::read(&state).fragment();
            let place = format!("/{}#jwt=%22{}%22{switches}", room.as_str(), token.reveal());
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"/#=&.-_%".contains(&b);
            prop_assert!(place.bytes().all(plain) && !place.starts_with("//"));
        }

        #[test]
        fn a_changed_token_is_refused(at in 0_usize..400, to in "[A-Za-z0-9_.-]") {
            let room = Room::read("kamer-77", 0).unwrap();
            let token = signer().sign(&room, &person("Anna"), 1_800_000_000).unwrap();
            let (at, mut changed) = (at % token.reveal().len(), token.reveal().clone());
            changed.replace_range(at..=at, &to);
            prop_assert_eq!(verified(&changed, SECRET).is_some(), changed == *token.reveal());
        }
    }
}
