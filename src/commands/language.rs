//! The language that somebody chose on the command line.

use crate::cli::InvitationLanguage;
use crate::model::deployment::Language;

/// The same language as the deployment knows it.
pub(super) fn spoken(language: InvitationLanguage) -> Language {
    match language {
        InvitationLanguage::Nl => Language::Nl,
        InvitationLanguage::En => Language::En,
        InvitationLanguage::De => Language::De,
        InvitationLanguage::Fr => Language::Fr,
    }
}
