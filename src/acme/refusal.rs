//! From what went wrong at the authority to our kinds of failure.

use super::error::{Error, Kind, told};
use super::wire::Wire;
use instant_acme::{Error as Failure, Problem};

/// What a failure of the ACME crate means.
pub(super) fn failed(failure: Failure, wire: &Wire) -> Error {
    let heard = wire.heard();
    let at = |what: &str| format!("the authority at {} {what}", wire.directory());
    match failure {
        Failure::Api(problem) => refused(&problem, wire),
        // Somebody in front of the authority may say it, in other words than those of ACME.
        _ if heard.busy => Error::new(Kind::RateLimited { until: heard.later }, at("has too much to do")),
        Failure::Timeout(_) => Error::new(Kind::Late, at("takes too long")),
        Failure::Json(_) => Error::new(Kind::Strange, at("does not answer as an ACME server does")),
        Failure::Other(error) => Error::new(Kind::Unreachable, at(&unreachable(error.as_ref()))),
        Failure::Hyper(error) => Error::new(Kind::Unreachable, at(&unreachable(&error))),
        other => Error::new(Kind::Strange, told(&other.to_string())),
    }
}

fn unreachable(error: &dyn std::error::Error) -> String {
    format!("cannot be reached: {}", told(&path(error)))
}

/// The last part of a problem's type (RFC 8555 §6.7).
pub(super) fn kind(problem: &Problem) -> &str {
    problem.r#type.as_deref().and_then(|text| text.strip_prefix("urn:ietf:params:acme:error:")).unwrap_or("")
}

/// What a problem (RFC 7807) that the authority sent means.
pub(super) fn refused(problem: &Problem, wire: &Wire) -> Error {
    let heard = wire.heard();
    let kind = match kind(problem) {
        "rateLimited" => Kind::RateLimited { until: heard.later },
        _ if heard.busy => Kind::RateLimited { until: heard.later },
        "dns" => Kind::WrongDns,
        "connection" => Kind::ClosedPort80,
        "unauthorized" | "incorrectResponse" if problem.status != Some(401) => Kind::WrongAnswer,
        "caa" => Kind::ForbiddenByCaa,
        "accountDoesNotExist" => Kind::AccountGone,
        "externalAccountRequired" => Kind::Binding,
        "invalidProfile" => Kind::NoSuchProfile,
        "rejectedIdentifier" | "unsupportedIdentifier" => Kind::NameRefused,
        _ => Kind::Rejected,
    };
    let mut cause = problem.detail.clone().or_else(|| problem.r#type.clone()).unwrap_or_default();
    for part in &problem.subproblems {
        cause = format!("{cause}; {part}");
    }
    Error::new(kind, format!("the authority says: {}", told(&cause)))
}

fn path(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acme::trust::Trust;
    use crate::acme::{Counter, Side};

    fn told_of(kind: &str) -> Error {
        let counter = Counter { directory: "https://a.example/dir", root_pem: None, side: Side::Operator };
        let wire = Wire::new(&Trust::new(None).unwrap(), counter).unwrap();
        let json = format!(
            r#"{{"type":"urn:ietf:params:acme:error:{kind}","detail":"no\u001b[2J\nway","status":403,
            "subproblems":[{{"type":"x","detail":"part","identifier":{{"type":"dns","value":"a.example"}}}}]}}"#
        );
        refused(&serde_json::from_str(&json).unwrap(), &wire)
    }

    #[test]
    fn each_type_of_problem_is_a_kind_of_failure() {
        for (kind, expected) in [
            ("dns", Kind::WrongDns),
            ("connection", Kind::ClosedPort80),
            ("unauthorized", Kind::WrongAnswer),
            ("incorrectResponse", Kind::WrongAnswer),
            ("caa", Kind::ForbiddenByCaa),
            ("accountDoesNotExist", Kind::AccountGone),
            ("rejectedIdentifier", Kind::NameRefused),
            ("badNonce", Kind::Rejected),
            ("something new", Kind::Rejected),
            ("rateLimited", Kind::RateLimited { until: None }),
        ] {
            assert_eq!(told_of(kind).kind, expected, "{kind}");
        }
    }

    #[test]
    fn words_of_the_authority_cannot_play_with_the_terminal() {
        let cause = told_of("malformed").cause;
        assert_eq!(cause, r#"the authority says: no[2J way; for "a.example": part (x)"#);
    }
}
