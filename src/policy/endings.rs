//! The last labels of names that the world's DNS knows (IANA's root zone), and those that are kept for special use.

use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization as _;

/// One word for each, in ASCII and as people write it; `docs/decisions/0014-egress.md` says how it is made anew. Beside
/// the root zone: names for examples and tests (RFC 2606, RFC 6761), and what local networks use.
const LIST: &str = include_str!("endings.txt");

/// Endings that files have too. A lone `name.ending` in a file for the host is a file's name, not a host's.
const FILES: [&str; 10] = ["cc", "md", "pl", "ps", "py", "rs", "sh", "so", "target", "zip"];

/// The known endings.
pub(super) struct Endings(BTreeSet<&'static str>);

impl Endings {
    pub(super) fn new() -> Self {
        Self(LIST.split_ascii_whitespace().collect())
    }

    /// Whether a word with a dot ends like a host name.
    pub(super) fn knows(&self, word: &str) -> bool {
        let Some((front, last)) = word.rsplit_once('.') else { return false };
        if front.split('.').any(|label| label.is_empty() || label.len() > 63) {
            return false;
        }
        match last.is_ascii() {
            true => self.0.contains(last.to_ascii_lowercase().as_str()),
            false => self.0.contains(last.nfkc().collect::<String>().to_lowercase().as_str()),
        }
    }
}

/// Whether this may as well be the name of a file, such as `apply.sh` or `multi-user.target`.
pub(super) fn is_file_name(word: &str) -> bool {
    let mut labels = word.split('.');
    let (Some(_), Some(ending), None) = (labels.next(), labels.next(), labels.next()) else { return false };
    FILES.contains(&ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_hosts_from_other_words_with_dots() {
        let endings = Endings::new();
        for host in ["meet.example.nl", "evil.COM", "a.b.example", "x.xn--p1ai", "пример.рф", "evil.ｃｏｍ", "x.museum"]
        {
            assert!(endings.knows(host), "{host}");
        }
        for other in ["prosody.cfg.lua", "nginx.conf", "a..nl", "org.jitsi.videobridge", "1.2.840", "index.html", "nl"]
        {
            assert!(!endings.knows(other), "{other}");
        }
        assert!(is_file_name("apply.sh") && !is_file_name("www.apply.sh") && !is_file_name("evil.com"));
    }
}
