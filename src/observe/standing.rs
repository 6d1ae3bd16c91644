//! Reads what a host says of its manifest: who made the generation in force, and what became of the things in it.

use crate::model::names::{HostPath, SecretName, UnitName};
use crate::model::observed::{Managed, Standing};
use anyhow::{Result, bail, ensure};

/// The most things that a manifest may name; ours name some 250.
const MOST: usize = 5000;
/// The most characters of a name that the host tells.
const LONGEST: usize = 200;

/// Takes one line of the answer.
///
/// # Errors
/// When it names what cannot be the name of such a thing, or too many of them.
pub(super) fn line(standing: &mut Standing, kind: &str, fields: &[&str]) -> Result<()> {
    match (kind, fields) {
        ("author", words) => standing.author = text(words),
        ("cause", words) => standing.cause = text(words),
        ("managed", [path, state, origin]) => {
            let path = HostPath::new(*path)?;
            if *origin == "found" {
                standing.found.insert(path.clone());
            }
            standing.managed.insert(path, managed(state)?);
        }
        ("made", ["unit", name]) => drop(standing.units.insert(UnitName::new(*name)?)),
        ("made", ["secret", name]) => drop(standing.secrets.insert(SecretName::new(*name)?)),
        ("made", ["given", name]) => drop(standing.given.insert(SecretName::new(*name)?)),
        ("made", ["account", name]) => drop(standing.accounts.insert(text(&[name]))),
        _ => bail!("it answers no question"),
    }
    let secrets = [standing.secrets.len(), standing.given.len()];
    let things = [standing.managed.len(), standing.units.len(), standing.accounts.len()].into_iter().chain(secrets);
    ensure!({ things }.all(|number| number <= MOST), "its manifest names more than {MOST} things");
    Ok(())
}

fn managed(word: &str) -> Result<Managed> {
    Ok(match word {
        "as-left" => Managed::AsLeft,
        "edited" => Managed::Edited,
        "gone" => Managed::Gone,
        _ => bail!("it answers no question"),
    })
}

fn text(words: &[&str]) -> String {
    words.join(" ").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_without_end_is_refused() {
        let mut standing = Standing::default();
        let mut told = (0..=MOST).map(|number| {
            let path = format!("/etc/{number}");
            line(&mut standing, "managed", &[&path, "as-left", "made"])
        });
        assert!(told.by_ref().take(MOST).all(|result| result.is_ok()));
        assert!(told.next().is_some_and(|result| result.is_err()));
    }

    #[test]
    fn what_is_no_line_of_ours_is_refused() {
        for (kind, fields) in [
            ("managed", vec!["../etc", "as-left", "made"]),
            ("managed", vec!["/etc/a", "fine", "made"]),
            ("managed", vec!["/etc/a", "gone"]),
            ("made", vec!["door", "x"]),
            ("made", vec!["unit", "a b"]),
        ] {
            assert!(line(&mut Standing::default(), kind, &fields).is_err(), "{kind} {fields:?}");
        }
    }
}
