//! What promises about the statement share: what should be served, and how two texts differ in words for people.

use crate::model::deployment::Language;
use crate::model::resource::Resource;
use crate::model::values::is_invisible;
use crate::verify::Evidence;

/// The folder from which nginx serves our pages.
const PAGES: &str = "/usr/local/share/vc4all/www";
/// The most letters of a text of the network that a judgement repeats.
const LONGEST: usize = 70;

/// The statement in a language as it should be served.
pub(super) fn statement<'a>(evidence: &Evidence<'a>, language: Language) -> Option<&'a str> {
    let path = format!("{PAGES}/{}/privacy.html", language.code());
    evidence.claims.iter().find_map(|claim| match &claim.resource {
        Resource::File(file) if file.path.as_str() == path => Some(file.content.text()),
        _ => None,
    })
}

/// The first place where two pages differ: below which heading, what is there, and what should be.
pub(super) fn difference(shown: &str, wanted: &str) -> Option<String> {
    let (mut shown_lines, mut heading) = (shown.lines(), None);
    for line in wanted.lines() {
        if line.starts_with("<h1") || line.starts_with("<h2") {
            heading = Some(words(line));
        }
        match shown_lines.next() {
            Some(other) if other == line => {}
            other => {
                let place =
                    heading.map_or("above the first heading".to_owned(), |heading| format!("below “{heading}”"));
                let said = other.map(words).filter(|said| !said.is_empty());
                return Some(match said {
                    Some(said) => {
                        let meant = words(line);
                        let from = parting(&said, &meant);
                        format!("{place} it says “{}” instead of “{}”", cut(&said, from), cut(&meant, from))
                    }
                    None => format!("{place} it lacks “{}”", cut(&words(line), 0)),
                });
            }
        }
    }
    let more = shown_lines.map(words).find(|line| !line.is_empty());
    more.map(|more| format!("it says “{}” at its end", cut(&more, 0)))
}

/// A line of a page without its tags, and without anything that a terminal obeys.
fn words(line: &str) -> String {
    let mut text = String::new();
    for (number, part) in line.split('<').enumerate() {
        let said = if number == 0 { part } else { part.split_once('>').map_or("", |(_, said)| said) };
        text.push_str(said);
    }
    text.chars().map(|c| if c.is_control() || is_invisible(c) { '?' } else { c }).collect::<String>().trim().to_owned()
}

/// Where two texts begin to differ, some words earlier; the beginning where that is near.
fn parting(one: &str, other: &str) -> usize {
    let same: usize = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let spaces: Vec<usize> = one[..same].match_indices(' ').map(|(at, _)| at + 1).collect();
    match spaces.len() {
        0..=5 => 0,
        count => spaces[count - 4],
    }
}

fn cut(text: &str, from: usize) -> String {
    let rest = text.get(from..).unwrap_or(text);
    let before = if from == 0 { "" } else { "… " };
    match rest.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{before}{}…", &rest[..end]),
        None => format!("{before}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_told_with_its_heading() {
        let page = "<h1>Title</h1>\n<p>One.</p>\n<h2 id=\"a\">Who?</h2>\n<p>We <b>are</b>.</p>\n";
        assert_eq!(difference(page, page), None);
        let told = |shown: &str| difference(shown, page).unwrap();
        assert_eq!(told(&page.replace("are", "were")), "below “Who?” it says “We were.” instead of “We are.”");
        assert_eq!(told("<h1>Title</h1>"), "below “Title” it lacks “One.”");
        assert_eq!(told("other"), "below “Title” it says “other” instead of “Title”");
        assert_eq!(told(&format!("{page}<p>\u{1b}[31mMore</p>")), "it says “?[31mMore” at its end");
        let long = |name: &str| format!("<p>Do you disagree with us? Then you can complain to {name}.</p>");
        assert_eq!(
            difference(&long("nobody"), &long("the authority")).unwrap(),
            "above the first heading it says “… can complain to nobody.” instead of “… can complain to the authority.”"
        );
        assert!(told(&"x".repeat(100_000)).chars().count() < 200);
    }
}
