//! The operator's program that writes records into the DNS, and the secrets that it finds in its environment.

use super::Scene;
use super::claims::{access, directory, public_file};
use crate::model::names::{HostPath, SecretName};
use crate::model::resource::{File, Given, Resource};
use crate::model::secret::Secret;
use crate::model::tls::Hook;
use anyhow::Result;

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let Some(hook) = &scene.deployment.tls.hook else { return Ok(Vec::new()) };
    let folder = HostPath::new(Hook::PLACE)?;
    let closed = || access("root", "root", 0o700);
    let mut all = vec![
        directory("/usr/local/lib/vc4all", access("root", "root", 0o755)?)?,
        directory(folder.parent(), closed()?)?,
        Resource::File(File { access: closed()?, ..public_file(Hook::PLACE, hook.text.clone())? }),
    ];
    if let Some(file) = &hook.secrets {
        let name = SecretName::new(Hook::SECRETS)?;
        // Each renewal reads it anew.
        all.push(Resource::Given(Given { name, value: environment(file.value.reveal()), wakes: Vec::new() }));
    }
    Ok(all)
}

/// The lines that count, without remarks.
fn environment(text: &str) -> Secret<String> {
    let counts = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    Secret::new(text.lines().filter(counts).flat_map(|line| [line, "\n"]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_stay_with_the_operator() {
        let kept = environment("# of the provider\nTOKEN=a b#c\n\nURL=https://dns.voorbeeldstad.nl\r\n#END=1");
        assert_eq!(kept.reveal(), "TOKEN=a b#c\nURL=https://dns.voorbeeldstad.nl\n");
        assert!(environment("\n").reveal().is_empty());
    }
}
