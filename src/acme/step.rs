//! How far an order is, in words.

use crate::model::subject::SubjectName;
use std::fmt;

/// How far the work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The directory answered.
    Reached(String),
    /// A new account was made and kept on the host.
    AccountMade,
    /// The host made a key and a request.
    KeyMade,
    /// The proof for a name is shown.
    ProofShown(SubjectName),
    /// The proof could not be looked at from here, for this reason; the authority decides.
    ProofUnseen(SubjectName, String),
    /// The record of a name could not be taken away again, for this reason; it does no harm.
    RecordLeft(SubjectName, String),
    /// The authority looks at the names.
    Validating,
    /// The authority has validated the names and signs.
    Signing,
    /// The chain is what was ordered, and the pair is in use.
    Installed,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reached(directory) => write!(f, "the authority at {directory} answers"),
            Self::AccountMade => f.write_str("a new account is kept on the host"),
            Self::KeyMade => f.write_str("the host made a new key"),
            Self::ProofShown(name) => write!(f, "the proof for {name} is shown"),
            Self::ProofUnseen(name, why) => write!(f, "the proof for {name} cannot be seen from here: {why}"),
            Self::RecordLeft(name, why) => write!(f, "the record for {name} is left behind: {why}"),
            Self::Validating => f.write_str("the authority looks at the names"),
            Self::Signing => f.write_str("the authority signs"),
            Self::Installed => f.write_str("the new certificate is in use"),
        }
    }
}
