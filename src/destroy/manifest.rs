//! Reads a line of a host's manifest; a host may be hostile.

use crate::model::digest::Digest;
use crate::model::estate::{Entry, Origin, Thing};
use crate::model::names::{HostPath, PackageName, SecretName, UnitName};
use anyhow::{Result, anyhow, bail, ensure};

/// The most bytes of a link's target (PATH_MAX of Linux).
const LONGEST_TARGET: usize = 4096;
/// The most bytes of an account, `user@domain`.
const LONGEST_ACCOUNT: usize = 300;

/// Reads `KIND NAME VALUE ORIGIN`.
///
/// # Errors
/// When a field is none that a manifest of ours can have.
pub fn entry(fields: &[&str]) -> Result<Entry> {
    let [kind, name, value, origin] = *fields else { bail!("a line of the manifest has four words") };
    let origin = match origin {
        "made" => Origin::Made,
        "found" => Origin::Found,
        _ => bail!("an entry of the manifest is made or found"),
    };
    Ok(Entry { thing: thing(kind, name, value)?, origin })
}

fn thing(kind: &str, name: &str, value: &str) -> Result<Thing> {
    Ok(match kind {
        "file" => Thing::File(managed(name)?, Digest::from_hex(value).ok_or_else(|| anyhow!("no digest"))?),
        "link" => {
            ensure!(value.len() <= LONGEST_TARGET, "a link's target is longer than {LONGEST_TARGET} bytes");
            Thing::Link(managed(name)?, value.to_owned())
        }
        "directory" => Thing::Directory(managed(name)?),
        "package" => Thing::Package(PackageName::new(name)?),
        "unit" => Thing::Unit(UnitName::new(name)?),
        "secret" | "given" => Thing::Secret(SecretName::new(name)?.to_string()),
        "account" => Thing::Account(account(name)?),
        _ => bail!("no manifest of ours has such a kind"),
    })
}

/// Folders below which none of our files stands: a manifest that names one is not ours.
const NEVER: [&str; 8] = ["/bin", "/boot", "/dev", "/home", "/lib", "/proc", "/root", "/sys"];

fn managed(name: &str) -> Result<HostPath> {
    let path = HostPath::new(name)?;
    let below =
        |folder: &str| path.as_str().strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    ensure!(!NEVER.into_iter().any(below) && path.parent() != "/", "{path} is no place of ours");
    Ok(path)
}

fn account(name: &str) -> Result<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    let (user, domain) = name.split_once('@').ok_or_else(|| anyhow!("an account has a domain"))?;
    let well_formed =
        [user, domain].iter().all(|part| !part.is_empty() && !part.starts_with('-') && part.bytes().all(plain));
    ensure!(well_formed && name.len() <= LONGEST_ACCOUNT, "{name:?} is no account");
    Ok(name.to_owned())
}
