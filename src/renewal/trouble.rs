//! Why a look or an attempt failed, in the words of who has to mend it.

use crate::acme::{Error, Kind};
use crate::model::advice::Advice;
use std::fmt;

/// A failure.
#[derive(Debug)]
pub(super) struct Trouble {
    /// What is written down and told.
    pub(super) advice: Advice,
    /// Whether the authority may have counted it.
    pub(super) counts: Counts,
}

/// Whether the authority may have counted a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// It was not asked for anything.
    No,
    /// It may have; and it may have said when it wants to be asked again, seconds since 1970.
    Perhaps(Option<i64>),
    /// It had signed: it counts a certificate.
    Signed,
}

impl Trouble {
    /// A failure before the authority was asked for anything.
    pub(super) fn here(cause: impl Into<String>, help: impl Into<String>) -> Self {
        Self { advice: Advice::new(cause, help), counts: Counts::No }
    }

    /// The host could not do its part, and the authority was not asked for anything.
    pub(super) fn of_host(error: &anyhow::Error) -> Self {
        Self::with_help(error, "mend the cause on the host")
    }

    /// The same, where this helps whenever the error itself does not know better.
    pub(super) fn with_help(error: &anyhow::Error, otherwise: &str) -> Self {
        let help = error.downcast_ref::<Advice>().map_or(otherwise, |advice| &advice.help);
        Self::here(format!("{error:#}"), help)
    }

    /// The authority refused, or could not be reached; or the host could not do its part in between.
    pub(super) fn of_order(error: &Error) -> Self {
        let until = match error.kind {
            Kind::RateLimited { until } => until,
            _ => None,
        };
        Self { advice: Advice::new(error.to_string(), help(error)), counts: Counts::Perhaps(until) }
    }

    /// The same after the authority began to sign: what fails on the host then, with the chain, or on the way to us, fails
    /// with a certificate.
    pub(super) fn of_signing(error: &Error) -> Self {
        let told = Self::of_order(error);
        match error.kind {
            Kind::ChainRefused | Kind::Host | Kind::Late | Kind::Unreachable | Kind::Strange => {
                Self { counts: Counts::Signed, ..told }
            }
            _ => told,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.advice.fmt(f)
    }
}

/// What an operator does who reads this on a host that works by itself; what the inventory says can be mended there alone.
fn help(error: &Error) -> String {
    match &error.kind {
        Kind::Binding => {
            "run `vc4all-deploy renew INVENTORY --now` on your own machine: the host has no account at the authority any \
                          more, and the key that binds a new one is not kept on the host"
                .to_owned()
        }
        Kind::RateLimited { .. } => "wait: the host tries again when the authority lets it".to_owned(),
        Kind::Late => "wait: the host tries again; see whether the authority has an outage".to_owned(),
        Kind::Unreachable => {
            "see that the host reaches the authority over HTTPS, that its clock is right, and, with an \
                              authority of your own, that tls.root holds its root; the host tries again"
                .to_owned()
        }
        Kind::NoSuchProfile
        | Kind::NameRefused
        | Kind::WrongRecord
        | Kind::ChainRefused
        | Kind::Strange
        | Kind::Rejected => format!("{}; where the inventory changes, run `vc4all-deploy up INVENTORY`", error.help()),
        _ => error.help(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_knows_what_helps_is_believed() {
        let knows = anyhow::Error::from(Advice::new("no room", "make room")).context("send");
        assert_eq!(Trouble::with_help(&knows, "wait").advice.help, "make room");
        assert_eq!(Trouble::with_help(&anyhow::anyhow!("no room"), "wait").advice.help, "wait");
    }
}
