//! What one look is for, what is told meanwhile, and what comes of it.

use crate::acme::Step;
use std::fmt;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Renew where it is due.
    WhereDue,
    /// Renew, due or not; a pause after a failure is no reason against it.
    Now,
    /// Play a renewal through, and leave everything as it is.
    Rehearse,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// The certificate is good, and looked at again at the latest then.
    Kept {
        /// When it is due, seconds since 1970.
        due: i64,
    },
    /// It should be renewed, but attempts failed or were many: the next is made then at the earliest.
    Paused {
        /// Seconds since 1970.
        until: i64,
    },
    /// A new one is in force.
    Renewed,
    /// All that a renewal needs works.
    Rehearsed,
    /// Nothing was rehearsed: it would have cost the last certificate of a week, which is a renewal's.
    Spared {
        /// When it may be rehearsed, seconds since 1970.
        until: i64,
    },
    /// Somebody else works on the host; the next look comes soon enough.
    Busy(String),
}

/// What is told meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The certificate is renewed, for this reason.
    Due(Why),
    /// How far the authority and the host are.
    Step(Step),
    /// The authority's advice could not be had, for this reason; a third of the lifetime counts.
    NoAdvice(String),
    /// The authority's clock is another one; time is too short to wait until both agree.
    OtherClock(String),
    /// The operator was told something, by this way.
    Told(String),
    /// The operator could not be told something, for this reason.
    NotTold(String),
}

/// Why a certificate is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Somebody said so.
    Ordered,
    /// There is none of this authority for these names.
    Other,
    /// The authority asks for it.
    Asked,
    /// Little of its lifetime is left.
    Ending,
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Due(why) => write!(f, "the certificate is renewed: {why}"),
            Self::Step(step) => step.fmt(f),
            Self::NoAdvice(why) => write!(f, "the authority gives no advice ({why}); a third of the lifetime counts"),
            Self::OtherClock(how) => write!(f, "{how}; so little time is left that it goes on"),
            Self::Told(text) | Self::NotTold(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ordered => "somebody ordered it",
            Self::Other => "the one in force is of another authority, or for other names",
            Self::Asked => "the authority asks for it",
            Self::Ending => "little of its lifetime is left",
        })
    }
}
