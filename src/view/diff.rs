//! The lines in which a file will change, with secrets hidden.

use super::inert;
use crate::model::marks;
use crate::model::resource::{Content, File};
use similar::{ChangeTag, TextDiff};

/// What is shown of a change of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// Lines of a unified diff, each with its sign; `cut` lines are left out at the end.
    Lines { lines: Vec<String>, added: usize, removed: usize, cut: usize },
    /// A sentence about why no lines are shown.
    Not(&'static str),
}

/// The most lines of one diff.
const LONGEST: usize = 60;
/// Longer texts are not compared line by line: a hostile host could make that take minutes.
const LONGEST_TEXT: usize = 5000;

/// Compares what stands on the host with what is wanted; nothing where the texts are equal.
pub(super) fn compare(before: &str, file: &File) -> Option<Shown> {
    let wanted = file.content.text();
    if before == wanted {
        return None;
    }
    if matches!(file.content, Content::Program(_)) {
        return Some(Shown::Not("not shown, it is a program"));
    }
    if holds_stranger(before, &file.content) {
        return Some(Shown::Not("text not shown, it may hold a secret that is not ours"));
    }
    if before.lines().count().max(wanted.lines().count()) > LONGEST_TEXT {
        return Some(Shown::Not("text not shown, it is too long to compare"));
    }
    Some(unified(&inert::without_marks(before), &inert::without_marks(wanted)))
}

/// Where our secrets do not stand in the text on the host, other ones probably do, and nothing tells where.
fn holds_stranger(before: &str, wanted: &Content) -> bool {
    let Content::WithSecrets(wanted) = wanted else { return false };
    !marks::secrets(wanted).all(|name| marks::secrets(before).any(|there| there == name))
}

fn unified(before: &str, wanted: &str) -> Shown {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = wanted.split_inclusive('\n').collect();
    let diff = TextDiff::from_slices(&old, &new);
    let (mut lines, mut added, mut removed) = (Vec::new(), 0, 0);
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        lines.push(hunk.header().to_string().trim_end().to_owned());
        for change in hunk.iter_changes() {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            removed += usize::from(sign == '-');
            added += usize::from(sign == '+');
            let text = change.value();
            let line = inert::lines(text.strip_suffix('\n').unwrap_or(text));
            lines.push(if sign == '-' { format!("-{}", without_value(&line)) } else { format!("{sign}{line}") });
            if !text.ends_with('\n') {
                lines.push("\\ no line end at the end of the file".to_owned());
            }
        }
    }
    let cut = lines.len().saturating_sub(LONGEST);
    lines.truncate(LONGEST);
    Shown::Lines { lines, added, removed, cut }
}

/// A line of the host without what may be a password of an earlier installation: `AUTH_PASSWORD=(hidden)`.
fn without_value(line: &str) -> String {
    let small = line.to_ascii_lowercase();
    let named = ["passw", "secret", "token", "credential"].iter().filter_map(|word| small.find(word)).min();
    let end = named.and_then(|at| line[at..].find(['=', ':', ' ', '"']).map(|end| at + end));
    match end {
        Some(end)
            if !line[end..].contains("(secret ") && !line[end..].trim_matches(['=', ':', ' ', '"']).is_empty() =>
        {
            let sign = if line[end..].trim_start().starts_with(':') { ':' } else { '=' };
            format!("{}{sign}(hidden)", line[..end].trim_end())
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_others_are_hidden() {
        let cases = [
            ("JICOFO_AUTH_PASSWORD=abc123", "JICOFO_AUTH_PASSWORD=(hidden)"),
            ("  component_secret = \"abc\"", "  component_secret=(hidden)"),
            ("password: abc", "password:(hidden)"),
            ("static-auth-secret=(secret turn)", "static-auth-secret=(secret turn)"),
            ("app_secret", "app_secret"),
            ("listen 443 ssl;", "listen 443 ssl;"),
        ];
        for (line, shown) in cases {
            assert_eq!(without_value(line), shown);
        }
    }
}
