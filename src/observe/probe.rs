//! The question: which paths, packages, units, secrets and accounts matter to a deployment.

use crate::model::names::HostPath;
use crate::model::resource::{Account, Claim, Content, File, Resource};
use crate::model::values::Domain;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The script that answers; it reads the questions on its standard input.
pub const PROBE: &str = include_str!("probe.sh");

/// The folder of the pair in force; see the brief of `apply` for what stands in it.
pub(super) const LIVE_PAIR: &str = "/var/lib/vc4all/tls/live";

/// What is asked of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questions {
    lines: BTreeSet<String>,
    paths: BTreeSet<HostPath>,
}

impl Questions {
    /// The questions that the claims raise.
    pub fn about(domain: &Domain, claims: &[Claim]) -> Self {
        let mut questions = Self { lines: BTreeSet::new(), paths: BTreeSet::new() };
        questions.lines.insert(format!("domain {domain}"));
        for file in ["fullchain.pem", "authority"] {
            questions.lines.insert(format!("text {LIVE_PAIR}/{file}"));
        }
        questions.and(claims)
    }

    /// These questions, and those that more claims raise.
    #[must_use]
    pub fn and(mut self, claims: &[Claim]) -> Self {
        for claim in claims {
            self.add(&claim.resource);
        }
        self
    }

    /// The questions as the script reads them.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// The paths that are asked for.
    pub fn paths(&self) -> &BTreeSet<HostPath> {
        &self.paths
    }

    fn add(&mut self, resource: &Resource) {
        match resource {
            Resource::Secret(name) => self.line(format!("secret {name}")),
            // By name alone: the host answers with a digest.
            Resource::Given(given) => self.line(format!("given {}", given.name)),
            Resource::Source(source) => {
                self.file(&source.file);
                self.path("path", &source.keyring);
            }
            Resource::Package(package) => {
                self.line(format!("package {}", package.name));
                for preseed in &package.preseed {
                    self.line(format!("answer {}", preseed.question));
                }
            }
            Resource::Directory(directory) => self.path("path", &directory.path),
            Resource::File(file) => self.file(file),
            Resource::Link(link) => self.path("path", &link.path),
            Resource::Absent(absent) => self.path("path", &absent.path),
            Resource::SelfSigned(pair) => {
                self.path("path", &pair.key);
                self.path("path", &pair.certificate);
            }
            Resource::Original(original) => self.path("path", &original.path),
            Resource::Account(account) | Resource::Dropped(account) => self.line(account_question(account)),
            Resource::Certificate(_) => {}
            Resource::Unit(unit) => self.line(format!("unit {}", unit.name)),
            Resource::Roster(_) => self.line("roster".to_owned()),
        }
    }

    fn file(&mut self, file: &File) {
        let kind = match file.content {
            Content::Plain(_) | Content::WithSecrets(_) => "text",
            Content::Program(_) => "digest",
        };
        self.path(kind, &file.path);
    }

    fn path(&mut self, kind: &str, path: &HostPath) {
        self.line(format!("{kind} {path}"));
        self.paths.insert(path.clone());
    }

    fn line(&mut self, line: String) {
        self.lines.insert(line);
    }
}

/// Prosody's internal storage puts an account at `HOST/accounts/USER.dat`, and writes every byte that is no letter or
/// digit as `%` and two hexadecimal digits (Prosody, util.datamanager).
fn account_question(account: &Account) -> String {
    let (user, domain) = (encoded(account.user.as_str()), encoded(account.domain.as_str()));
    format!(
        "account {}@{} /var/lib/prosody/{domain}/accounts/{user}.dat {}",
        account.user, account.domain, account.password
    )
}

/// A name as Prosody's internal storage writes it on the disk.
pub fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prosody_names_its_folders_like_this() {
        assert_eq!(encoded("auth.meet-1.example"), "auth%2emeet%2d1%2eexample");
    }
}
