//! A backup in words: what is in it, and what of it comes to a host.

use super::phrase::names;
use crate::model::backup::{Brought, Listing};
use crate::model::observed::SeenCertificate;

const DAY: i64 = 24 * 60 * 60;

/// What is in a backup, one line a kind; `clock` is now, in seconds since 1970.
pub fn contents(listing: &Listing, clock: i64) -> String {
    let Listing { domain, made, generation, accounts, secrets, pairs, .. } = listing;
    let mut lines = vec![format!("{domain}, made {made}, generation {generation}")];
    lines.push(match accounts.len() {
        0 => "  no accounts of meeting hosts".to_owned(),
        1 => "  1 account of a meeting host, with its passphrase's hash and its second factor".to_owned(),
        many => format!("  {many} accounts of meeting hosts, with their passphrases' hashes and second factors"),
    });
    lines.push(format!("  {}: {}", number(secrets.len(), "secret"), join(secrets)));
    lines.push(match &listing.certificate {
        Some(certificate) => format!("  the certificate with its key, {}", days(certificate, clock)),
        None => "  no certificate of an authority".to_owned(),
    });
    if listing.authority_account {
        lines.push("  the account at the certificate's authority".to_owned());
    }
    if !pairs.is_empty() {
        lines.push(format!("  {} that the host signed itself: {}", number(pairs.len(), "key pair"), join(pairs)));
    }
    lines.join("\n")
}

/// What people have to know about a file that was just written.
pub fn advice() -> &'static str {
    "It does not hold: the inventory and its overrides (keep them beside it), logs, rooms, who stays signed in.\n\
     It holds personal data and every key of the instance: keep it off the host, as long as you would need it and no longer, and delete older ones."
}

/// The name of what a backup brings, as a plan shows it.
pub(super) fn name(brought: &Brought) -> String {
    match brought {
        Brought::Secret(name) => name.to_string(),
        Brought::SelfSigned(pair) => pair.certificate.to_string(),
        Brought::AuthorityAccount => "account at the authority".to_owned(),
        Brought::Certificate(brought) => names(&brought.wanted),
        Brought::Accounts(accounts) => {
            accounts.iter().map(|account| format!("+{account}")).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Its kind and what there is to know.
pub(super) fn kind_and_detail(brought: &Brought) -> (&'static str, String) {
    let from = "from the backup";
    match brought {
        Brought::Secret(_) => ("secret", from.to_owned()),
        Brought::SelfSigned(pair) => ("key pair", format!("for {}, {from}", pair.name)),
        Brought::AuthorityAccount => ("cert", from.to_owned()),
        Brought::Certificate(brought) => ("cert", format!("{from}, {}", left(brought.days))),
        Brought::Accounts(_) => ("door", format!("{from}, with passphrase and second factor")),
    }
}

fn days(certificate: &SeenCertificate, clock: i64) -> String {
    let left = certificate.not_after.saturating_sub(clock);
    if left <= 0 { "which is over".to_owned() } else { self::left(left.div_euclid(DAY)) }
}

fn left(days: i64) -> String {
    if days == 1 { "1 day left".to_owned() } else { format!("{days} days left") }
}

fn number(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

fn join<T: ToString>(names: &[T]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
