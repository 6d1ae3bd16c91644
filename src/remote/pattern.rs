//! Patterns as OpenSSH writes them (ssh_config(5), "PATTERNS").

/// Whether a list of patterns names a text: one matches, and none with a `!` does.
pub(super) fn list_names<'a>(patterns: impl IntoIterator<Item = &'a str>, text: &str) -> bool {
    let mut named = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(refused) if matches(refused, text) => return false,
            Some(_) => {}
            None => named |= matches(pattern, text),
        }
    }
    named
}

/// Whether `*` (any characters) and `?` (one character) in a pattern make it equal to a text, in either case.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                t = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_openssh_says() {
        assert!(matches("*.example.nl", "media.example.nl"));
        assert!(!matches("*.example.nl", "example.nl"));
        assert!(matches("192.168.0.?", "192.168.0.7"));
        assert!(!matches("192.168.0.?", "192.168.0.17"));
        assert!(matches("*", ""));
        assert!(matches("A*B*c", "axxbyybzc"));
        assert!(!matches("a*b", "abc"));
    }

    #[test]
    fn a_refused_pattern_wins_over_its_neighbours() {
        assert!(list_names(["*.nl", "!dialup.nl"], "media.nl"));
        assert!(!list_names(["*.nl", "!dialup.nl"], "dialup.nl"));
        assert!(!list_names(["!dialup.nl"], "media.nl"));
    }

    #[test]
    fn many_stars_take_no_long_time() {
        assert!(!matches(&format!("{}b", "a*".repeat(100)), &"a".repeat(5_000)));
    }
}
