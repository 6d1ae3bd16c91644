//! The keys of `tls`.

use crate::inventory::forms::Form;
use crate::inventory::keys::Holds::{Section as Keys, Text, Texts};
use crate::inventory::keys::Presence::{Default, Optional, Required};
use crate::inventory::keys::{Key, key};

/// Those of the section.
pub(in crate::inventory) const TLS: &[Key] = &[
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
        "Directory at which another authority lets its clients rehearse. Its certificates need not be trusted by anybody. Not \
         beside `external_account`, whose key the host does not have.",
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
        Texts(Form::Domain("acme.example.nl")),
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
        Text(Form::TokenWord("tlsserver")),
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
    key(
        "id",
        Text(Form::TokenWord("voorbeeldstad-1")),
        Required,
        "What the authority calls the account (often: EAB key identifier).",
    ),
    key(
        "key_file",
        Text(Form::Path("authority/eab.key")),
        Required,
        "File with the account's key (EAB HMAC key) in base64url, as the authority gives it out. It is read when the host \
         gets an account, and stays on your machine.",
    ),
];
