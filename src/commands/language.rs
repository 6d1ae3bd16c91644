//! The language that somebody chose on the command line.

use crate::cli::Tongue;
use crate::model::deployment::Language;

/// The same language as the deployment knows it.
pub(super) fn spoken(language: Tongue) -> Language {
    match language {
        Tongue::Nl => Language::Nl,
        Tongue::En => Language::En,
        Tongue::De => Language::De,
        Tongue::Fr => Language::Fr,
    }
}
