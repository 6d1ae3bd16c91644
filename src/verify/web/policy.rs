//! Content-Security-Policy as a browser reads it (W3C Content Security Policy Level 3).

use crate::outside::fetch::Page;

/// 128 bits in base64, the least that cannot be guessed (§7.1).
const LEAST: usize = 22;

/// Whether a source is such a number that is long enough.
pub(super) fn is_nonce(source: &str) -> bool {
    source.strip_prefix("'nonce-").and_then(|rest| rest.strip_suffix('\'')).is_some_and(|nonce| nonce.len() >= LEAST)
}

/// The number that scripts of this answer carry (§2.3.1, `nonce-source`), made anew for each answer.
pub(super) fn nonce(page: &Page) -> Option<&str> {
    let rest = page.header("content-security-policy").find_map(|value| value.split("'nonce-").nth(1))?;
    rest.split('\'').next().filter(|nonce| nonce.len() >= LEAST)
}

/// One policy: its directives with their sources, in lower case where case does not matter.
pub(super) struct Policy {
    directives: Vec<(String, Vec<String>)>,
}

impl Policy {
    /// Reads one policy; of a directive that stands twice, the first one counts (§2.2.1).
    pub(super) fn parse(text: &str) -> Self {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for part in text.split(';') {
            let mut words = part.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            if !directives.iter().any(|(known, _)| *known == name) {
                directives.push((name, words.map(str::to_ascii_lowercase).collect()));
            }
        }
        Self { directives }
    }

    /// The sources of a directive itself.
    pub(super) fn own(&self, name: &str) -> Option<&[String]> {
        self.directives.iter().find(|(known, _)| known == name).map(|(_, sources)| sources.as_slice())
    }

    /// The sources that hold for a kind of load: those of the first of these directives that is there.
    pub(super) fn of(&self, names: &[&str]) -> Option<&[String]> {
        names.iter().find_map(|name| self.own(name))
    }

    /// All directives whose words are sources.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        let lists = self.directives.iter().filter(|(name, _)| {
            name.ends_with("-src")
                || name.ends_with("-src-elem")
                || name.ends_with("-src-attr")
                || LISTS.contains(&name.as_str())
        });
        lists.flat_map(|(name, sources)| sources.iter().map(move |source| (name.as_str(), source.as_str())))
    }
}

/// Directives of sources whose names do not end in `-src`.
const LISTS: [&str; 3] = ["base-uri", "form-action", "frame-ancestors"];
