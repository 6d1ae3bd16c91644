//! Why no certificate came, each kind with its next step.

use crate::model::renewal::moment;
use crate::model::tls::Method;
use crate::model::values::is_invisible;
use std::fmt;

/// Why no certificate came; callers branch on the kind.
#[derive(Debug)]
pub struct Error {
    /// The kind.
    pub kind: Kind,
    /// What happened, as a path without a full stop; text of others is stripped of control characters.
    pub cause: String,
}

/// The kinds of failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The authority has seen too many orders or accounts (RFC 8555 §6.6).
    RateLimited {
        /// When to try again, seconds since 1970; nothing where the authority does not say it.
        until: Option<i64>,
    },
    /// A name does not lead to this host.
    WrongDns,
    /// Nobody answers on port 80; some authorities say this of a name without an address too.
    ClosedPort80,
    /// Somebody answers on port 80, but not with the challenge.
    WrongAnswer,
    /// A CAA record forbids this authority (RFC 8659).
    ForbiddenByCaa,
    /// The authority does not find the right record in the DNS.
    WrongRecord,
    /// The authority binds accounts to others that it gave out itself, and did not get such a binding, or a wrong one.
    Binding,
    /// The authority has no such profile.
    NoSuchProfile,
    /// The authority issues no certificate for such a name.
    NameRefused,
    /// The authority refused for another reason.
    Rejected,
    /// The authority does not know the account any more.
    AccountGone,
    /// The authority cannot be reached, or its TLS is not trusted.
    Unreachable,
    /// The authority's answer is not ACME, or lacks something.
    Strange,
    /// The authority took too long.
    Late,
    /// The host's request for a certificate does not fit with what is ordered.
    RequestRefused,
    /// The chain is not what was ordered; it was not installed.
    ChainRefused,
    /// The host could not do its part.
    Host,
}

impl Error {
    pub(super) fn new(kind: Kind, cause: impl Into<String>) -> Self {
        Self { kind, cause: cause.into() }
    }

    /// The host's part of the work failed.
    pub(super) fn host(error: anyhow::Error) -> Self {
        Self::new(Kind::Host, format!("{error:#}"))
    }

    /// The same error with one more step at the beginning of its path.
    pub(super) fn during(self, step: impl fmt::Display) -> Self {
        Self { cause: format!("{step}: {}", self.cause), ..self }
    }

    /// The same error for who makes an account: an authority that refuses one with a binding means the binding.
    pub(super) fn of_account(self, bound: bool) -> Self {
        match self.kind {
            Kind::Rejected | Kind::WrongAnswer if bound => Self { kind: Kind::Binding, ..self },
            _ => self,
        }
    }

    /// The same error for who uses an account before anything is proven: `unauthorized` means there that the account is closed
    /// (RFC 8555 §7.3.6), or is not one that may do this.
    pub(super) fn of_closed_account(self) -> Self {
        match self.kind {
            Kind::WrongAnswer => Self { kind: Kind::AccountGone, ..self },
            _ => self,
        }
    }

    /// The same error for who orders, with nothing proven yet: `unauthorized` means there that the account may not do this, or is
    /// closed (RFC 8555 §7.3.6). Only the authority knows which.
    pub(super) fn of_orderer(self) -> Self {
        match self.kind {
            Kind::WrongAnswer => Self { kind: Kind::Rejected, ..self },
            _ => self,
        }
    }

    /// The same error for who proves names in this way: what is said about a page means a record there.
    pub(super) fn of(self, method: Method) -> Self {
        match (&self.kind, method) {
            (Kind::WrongDns | Kind::ClosedPort80 | Kind::WrongAnswer, Method::Record) => {
                Self { kind: Kind::WrongRecord, ..self }
            }
            _ => self,
        }
    }

    /// The next step, as an imperative sentence without a full stop.
    pub fn help(&self) -> String {
        match &self.kind {
            Kind::RateLimited { until } => {
                let when = until.map_or("later".to_owned(), |until| format!("after {}", moment(until)));
                format!("try again {when}; rehearse with `tls: {{ authority: letsencrypt-staging }}`")
            }
            other => other.help().to_owned(),
        }
    }
}

impl Kind {
    fn help(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "try again later",
            Self::WrongDns => {
                "let the name's A record, and its AAAA record where there is one, point to this host, wait until the \
                 old record has expired, and try again"
            }
            Self::ClosedPort80 => {
                "see that the name's addresses are this host's, and that TCP port 80 is open for the whole world in the \
                 provider's firewall; the authority fetches its challenge there"
            }
            Self::WrongAnswer => {
                "see who answers on port 80 of every address of the name: another machine, a proxy, or another web \
                 server on this host"
            }
            Self::ForbiddenByCaa => {
                "add the authority to the CAA records of the name or of a domain above it, or take them out"
            }
            Self::WrongRecord => {
                "see that tls.dns_hook writes into the zone that the world asks, and that the name servers of the zone agree"
            }
            Self::Binding => {
                "see that tls.external_account holds the id and the key that the authority gave for this account, and that \
                 neither was used up"
            }
            Self::NoSuchProfile => "write one of the authority's own profiles in tls.profile, or take it out",
            Self::NameRefused => {
                "see in tls.names which names and addresses the authority issues certificates for; some need a profile"
            }
            Self::Rejected => "read what the authority says, mend it, and try again",
            Self::AccountGone => "try again; a new account is made",
            Self::Unreachable => {
                "see that this machine reaches the authority over HTTPS, that its clock is right, and, with an \
                 authority of your own, that tls.root holds its root"
            }
            Self::Strange => "see that tls.authority is the address of an ACME directory (RFC 8555)",
            Self::Late => "see whether the authority has an outage, and try again",
            Self::RequestRefused => "see that nobody else works on the host, and try again",
            Self::ChainRefused => {
                "the certificate in use was kept; see that tls.authority and tls.root belong together"
            }
            Self::Host => "mend the cause on the host, and try again; the certificate in use was kept",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for Error {}

/// Text of somebody else, fit for a message: one short line.
pub(super) fn told(text: &str) -> String {
    let line: String = text.chars().take(500).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    line.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_may_not_order_is_not_taken_for_one_that_is_gone() {
        assert_eq!(Error::new(Kind::WrongAnswer, "no").of_orderer().kind, Kind::Rejected);
        assert_eq!(Error::new(Kind::WrongAnswer, "no").of_closed_account().kind, Kind::AccountGone);
        assert_eq!(Error::new(Kind::AccountGone, "no").of_orderer().kind, Kind::AccountGone);
    }

    #[test]
    fn a_busy_authority_says_when_to_come_back() {
        let help = |until| Error::new(Kind::RateLimited { until }, "no").help();
        assert!(help(Some(1_795_348_800)).starts_with("try again after 2026-11-22 12:00 UTC; "), "{}", help(None));
        assert!(help(None).starts_with("try again later; ") && help(Some(i64::MAX)).contains("after a far day;"));
    }
}
