//! Where the certificate comes from: what the keys of `tls` mean.

mod keys;
mod names;

pub(super) use keys::TLS;

use super::forms;
use super::resolve::Places;
use super::section::Section;
use crate::model::given::GivenFile;
use crate::model::identity::{Recipient, TokenWord};
use crate::model::tls::{Authority, ExternalAccount, Hook, OtherAuthority, Root, Tls};
use crate::model::values::{CountryCode, Domain, Email, Line, Refusal};

/// The choices of the section; `domain` is that of the inventory.
pub(super) fn tls(at: &Section<'_>, domain: Option<&Domain>, places: Places<'_>) -> Tls {
    let recipient = recipient(at);
    let root = at.text("root", |text| places.resolve(text)).map(|path| Root { path, pem: String::new() });
    let staging = at.text("staging", |text| forms::directory(text, STAGING));
    let external = external(&at.section("external_account"), places);
    let caa = at.texts("caa", Domain::parse);
    let authority = at.text("authority", |text| match text {
        "letsencrypt" => Ok(Authority::LetsEncrypt),
        "letsencrypt-staging" => Ok(Authority::LetsEncryptStaging),
        _ => forms::directory(text, DIRECTORY).map(|directory| {
            let (staging, root) = (staging.clone(), root.clone());
            let (recipient, caa) = (recipient.clone(), caa.clone());
            Authority::Other(OtherAuthority { directory, staging, root, recipient, caa })
        }),
    });
    match &authority {
        Some(Authority::Other(other)) => another(at, other),
        Some(_) => ours_alone(at),
        // What was refused says nothing about what stands beside it.
        None if at.has("authority") => {}
        None => ours_alone(at),
    }
    let chosen = Tls {
        contact: at.text("contact", Email::parse),
        names: names::names(at, domain),
        profile: at.text("profile", profile),
        hook: hook(at, places),
        external,
        ..Tls::of(authority.unwrap_or(Authority::LetsEncrypt))
    };
    names::fits(at, &chosen, domain);
    chosen
}

const DIRECTORY: &str =
    "write letsencrypt, letsencrypt-staging, or a directory such as https://acme.example.nl/directory";
const STAGING: &str = "write the authority's directory for rehearsals, such as https://acme-test.example.nl/directory";

/// Keys that say something about another authority than Let's Encrypt.
const OTHERS: [&str; 6] = ["root", "staging", "operator", "country", "caa", "external_account"];

fn ours_alone(at: &Section<'_>) {
    for name in OTHERS.into_iter().filter(|name| at.has(name)) {
        at.clash(
            name,
            "belongs to another authority, but Let's Encrypt is chosen",
            "take it out, or write the authority's directory in tls.authority",
        );
    }
}

fn another(at: &Section<'_>, other: &OtherAuthority) {
    at.pair("operator", "country");
    if other.staging.as_ref() == Some(&other.directory) {
        at.clash("staging", "is the directory itself", "take it out: renewals are then rehearsed there anyway");
    }
    if other.staging.is_some() && at.has("external_account") {
        at.clash(
            "staging",
            NO_ACCOUNT_THERE,
            "take it out: renewals are then rehearsed at the authority itself, with its account",
        );
    }
}

/// The host rehearses alone, and makes its account for that itself.
const NO_ACCOUNT_THERE: &str =
    "is a directory at which the host gets no account: the key of `external_account` stays on your machine";

fn recipient(at: &Section<'_>) -> Option<Recipient> {
    let operator = at.text("operator", Line::parse);
    let country = at.text("country", CountryCode::parse);
    Some(Recipient { operator: operator?, country: country? })
}

fn external(at: &Section<'_>, places: Places<'_>) -> Option<ExternalAccount> {
    let word = |text: &str| worded(text, "write the account's name as the authority gave it out");
    let id = at.text("id", word);
    let key_file = at.text("key_file", |text| places.resolve(text));
    Some(ExternalAccount { id: id?, key_file: key_file? })
}

fn profile(text: &str) -> Result<TokenWord, Refusal> {
    worded(text, "write one of the profiles that the authority's directory lists, such as tlsserver")
}

fn worded(text: &str, write: &str) -> Result<TokenWord, Refusal> {
    TokenWord::parse(text).map_err(|refusal| Refusal::new(refusal.what, write))
}

fn hook(at: &Section<'_>, places: Places<'_>) -> Option<Hook> {
    let secrets = at.text("dns_hook_secrets", |text| places.resolve(text)).map(GivenFile::at);
    if at.has("dns_hook_secrets") && !at.has("dns_hook") {
        at.clash("dns_hook_secrets", "has no meaning without `dns_hook`", "write `dns_hook:` as well, or take it out");
    }
    at.text("dns_hook", |text| places.resolve(text)).map(|path| Hook { path, text: String::new(), secrets })
}
