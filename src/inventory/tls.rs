//! Where the certificate comes from: the keys of `tls`, and what they mean.

use super::forms::{self, Form};
use super::keys::Holds::{Section as Keys, Text, Texts};
use super::keys::Presence::{Default, Optional, Required};
use super::keys::{Key, key};
use super::resolve::Places;
use super::section::Section;
use crate::model::given::GivenFile;
use crate::model::identity::{Recipient, TokenWord};
use crate::model::subject::SubjectName;
use crate::model::tls::{Authority, ExternalAccount, Hook, OtherAuthority, Root, Tls};
use crate::model::values::{CountryCode, Domain, Email, Line, Refusal};

/// The keys of `tls`.
pub(super) const TLS: &[Key] = &[
    key(
        "authority",
        Text(Form::Authority),
        Default("letsencrypt"),
        "Certificate authority: letsencrypt, letsencrypt-staging (rehearsal; trusted by nobody), or the https:// address \
         of the directory of another authority that speaks ACME (RFC 8555). Choosing one means agreeing to its terms of service.",
    ),
    key(
        "root",
        Text(Form::Path("authority/root.pem")),
        Optional("the public roots are trusted"),
        "PEM file with the root certificates of another authority, relative to the folder of this file. It may not hold \
         a private key.",
    ),
    key(
        "staging",
        Text(Form::Directory),
        Optional("renewals are rehearsed at the authority itself"),
        "Directory at which another authority lets its clients rehearse. Its certificates need not be trusted by anybody.",
    ),
    key(
        "operator",
        Text(Form::Line("Stichting Voorbeeld")),
        Optional("the papers name the host of the directory, and leave the country to you"),
        "Who runs another authority; the privacy statement and the egress list name them. Stands together with `country`.",
    ),
    key(
        "country",
        Text(Form::Country),
        Optional("as for `tls.operator`"),
        "Where another authority is established. It may be any country: an authority learns names and the address of the \
         host. Its certificates can hold addresses that a browser asks by itself, so the privacy statement says where it is.",
    ),
    key(
        "caa",
        Texts(Form::Domain),
        Optional("nobody can look whether the DNS lets the authority issue"),
        "The names by which CAA records let another authority issue (RFC 8659); they stand in its practice statement.",
    ),
    key(
        "external_account",
        Keys(EXTERNAL),
        Optional("the authority knows no other account"),
        "The account at another authority that the host's account is bound to (RFC 8555 §7.3.4), where the authority asks \
         for one.",
    ),
    key(
        "contact",
        Text(Form::Email),
        Optional("the authority learns no mail address"),
        "Mail address that is given to the authority.",
    ),
    key(
        "names",
        Texts(Form::Subject),
        Optional("the certificate is for the domain alone"),
        "Names in the certificate beside the domain: host names, *. before a domain for all hosts one label below it (only \
         with `dns_hook`), or IP addresses (only without it). At most 100 with the domain. Rooms are at the domain alone.",
    ),
    key(
        "profile",
        Text(Form::TokenWord),
        Optional("the authority chooses"),
        "Which of its profiles the authority is to follow; its directory lists them. Let's Encrypt has classic, tlsserver \
         and shortlived (six days), the last of which is the one for IP addresses.",
    ),
    key(
        "dns_hook",
        Text(Form::Path("authority/dns-hook")),
        Optional("names are proven by a page on port 80"),
        "Program of your own, as text, that writes records into the DNS; then names are proven by these, and port 80 need \
         not be reachable. The host runs it as root. See `docs/dns-hook.md`.",
    ),
    key(
        "dns_hook_secrets",
        Text(Form::Path("authority/dns-secrets")),
        Optional("the program finds no secrets in its environment"),
        "File with lines KEY=VALUE, which that program finds in its environment, such as a token of the DNS provider. The host \
         keeps it for root alone; it stands in no plan, list or record.",
    ),
];

const EXTERNAL: &[Key] = &[
    key("id", Text(Form::TokenWord), Required, "What the authority calls the account (often: EAB key identifier)."),
    key(
        "key_file",
        Text(Form::Path("authority/eab.key")),
        Required,
        "File with the account's key (EAB HMAC key) in base64url, as the authority gives it out. It is read when the host \
         gets an account, and stays on your machine.",
    ),
];

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
        names: names(at, domain),
        profile: at.text("profile", profile),
        hook: hook(at, places),
        external,
        ..Tls::of(authority.unwrap_or(Authority::LetsEncrypt))
    };
    fits(at, &chosen, domain);
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
}

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

/// Most names in a certificate; authorities take no more (Let's Encrypt's profile classic: 100).
const MOST_NAMES: usize = 100;

fn names(at: &Section<'_>, domain: Option<&Domain>) -> Vec<SubjectName> {
    let hook = at.has("dns_hook");
    let names = at.texts("names", |text| {
        let name = SubjectName::parse(text)?;
        match &name {
            SubjectName::Host(host) if Some(host) == domain => {
                Err(Refusal::new("is the domain, which the certificate is for anyway", "take it out"))
            }
            SubjectName::Below(_) if !hook => Err(Refusal::new(
                "can be proven by a record in the DNS alone",
                "name a program that writes records under `tls.dns_hook`, or take the name out",
            )),
            SubjectName::Address(_) if hook => Err(Refusal::new(
                "can be proven by a page alone, and `tls.dns_hook` proves by records",
                "take the address out, or `tls.dns_hook`",
            )),
            SubjectName::Address(_) => forms::interface_address(text).map(SubjectName::Address),
            _ => Ok(name),
        }
    });
    if names.len() >= MOST_NAMES {
        let what = format!("are {} names with the domain, and a certificate has at most {MOST_NAMES}", names.len() + 1);
        at.clash("names", &what, "take some out");
    }
    names
}

/// What Let's Encrypt would refuse only after everything else was done (letsencrypt.org/docs/profiles; Boulder's rule
/// about names that a wildcard covers).
fn fits(at: &Section<'_>, tls: &Tls, domain: Option<&Domain>) {
    if matches!(tls.authority, Authority::Other(_)) || !at.has("names") {
        return;
    }
    let has_address = tls.names.iter().any(|name| matches!(name, SubjectName::Address(_)));
    if has_address && tls.profile.as_ref().is_none_or(|profile| profile.as_str() != "shortlived") {
        at.clash(
            "names",
            "hold an address, for which Let's Encrypt issues by its profile shortlived alone",
            "write `profile: shortlived`, or take the address out",
        );
    }
    let hosts = tls.names.iter().filter_map(|name| match name {
        SubjectName::Host(host) => Some(host),
        _ => None,
    });
    let covered = domain.into_iter().chain(hosts).find(|host| tls.names.iter().any(|name| covers(name, host)));
    if let Some(host) = covered {
        let what = format!("hold a wildcard that covers {host}, and Let's Encrypt refuses both in one certificate");
        at.clash("names", &what, "take the wildcard or the name out");
    }
}

fn covers(name: &SubjectName, host: &Domain) -> bool {
    let SubjectName::Below(above) = name else { return false };
    host.as_str().split_once('.').is_some_and(|(_, rest)| rest == above.as_str())
}
