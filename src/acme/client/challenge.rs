//! What the authority asks before it believes a name: read, and never for what nobody ordered.

use crate::acme::error::{Error, Kind};
use crate::acme::order::Proof;
use crate::model::subject::SubjectName;
use crate::model::tls::Method;
use instant_acme::ChallengeType;

/// A challenge that the authority wants answered.
pub(in crate::acme) struct Challenge {
    pub(in crate::acme) name: SubjectName,
    pub(in crate::acme) token: String,
    pub(in crate::acme) proof: Proof,
}

impl Method {
    pub(super) fn challenge(self) -> ChallengeType {
        match self {
            Self::Page => ChallengeType::Http01,
            Self::Record => ChallengeType::Dns01,
        }
    }

    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::Page => "a challenge of type http-01",
            Self::Record => "a challenge of type dns-01",
        }
    }
}

pub(super) fn named(name: &str, token: String, (method, answer): (Method, String)) -> Result<Challenge, Error> {
    let strange = |what: &str| Error::new(Kind::Strange, format!("the authority names a {what} that cannot be one"));
    let name = SubjectName::parse(name).map_err(|_| strange("name"))?;
    // The token becomes a file's name on the host (RFC 8555 §8.3: base64url).
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if token.is_empty() || token.len() > 200 || !token.bytes().all(plain) {
        return Err(strange("challenge"));
    }
    let proof = match (method, name.domain()) {
        (Method::Page, _) => Proof::Page { token: token.clone(), answer },
        (Method::Record, Some(domain)) => Proof::Record { domain: domain.clone(), value: answer },
        (Method::Record, None) => return Err(strange("record of an address")),
    };
    Ok(Challenge { name, token, proof })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_must_be_a_name_and_a_plain_token() {
        let read = |name, token: &str, method| named(name, token.to_owned(), (method, String::new()));
        for name in ["a.example", "*.a.example"] {
            assert!(read(name, "aZ09-_", Method::Record).is_ok());
        }
        assert!(read("192.0.2.1", "x", Method::Page).is_ok());
        for (name, token) in [("a.example", "../x"), ("a.example", ""), ("*.*.example", "x"), ("a.example", "a b")] {
            assert_eq!(read(name, token, Method::Page).err().map(|e| e.kind), Some(Kind::Strange));
        }
        assert_eq!(read("192.0.2.1", "x", Method::Record).err().map(|e| e.kind), Some(Kind::Strange));
    }
}
