//! What a room's name gives away to everybody who sees the address.

use super::names::{Names, plain};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Something that a name gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Leak {
    /// What the conversation is about.
    Topic,
    /// Who takes part in it.
    Person,
    /// When it is.
    Date,
}

impl Names {
    /// What a name gives away, judged as it was typed: capitals show where a word begins.
    pub fn leaks(&self, typed: &str) -> Vec<Leak> {
        let words = words(typed);
        let found = [
            (Leak::Topic, words.iter().any(|word| self.is_topic(&plain(word)))),
            (Leak::Person, self.has_a_person(&words)),
            (Leak::Date, self.has_a_date(typed, &words)),
        ];
        found.into_iter().filter(|(_, there)| *there).map(|(leak, _)| leak).collect()
    }

    fn is_topic(&self, word: &str) -> bool {
        self.topics.anywhere.iter().any(|topic| word.contains(topic.as_str()))
            || self.topics.at_the_start.iter().any(|topic| match topic.len() {
                ..=3 => word == topic,
                _ => word.starts_with(topic.as_str()),
            })
    }

    fn has_a_person(&self, words: &[String]) -> bool {
        let people = &self.people;
        let plain: Vec<String> = words.iter().map(|word| plain(word)).collect();
        let known = plain.iter().any(|word| {
            people.first_names.contains(word) || people.surnames.iter().any(|name| word.contains(name.as_str()))
        });
        let could_be_one: Vec<bool> =
            words.iter().zip(&plain).map(|(word, plain)| self.may_name(word, plain)).collect();
        let capitals = could_be_one.iter().filter(|could| **could).count();
        let titled = words.len() >= 2 && plain.iter().any(|word| people.titles.contains(word));
        let particle = capitals >= 1 && plain.iter().any(|word| people.particles.contains(word));
        let initial = words.iter().zip(could_be_one.iter().skip(1)).any(|(word, next)| *next && is_initial(word));
        known || capitals >= 2 || titled || particle || initial
    }

    /// Whether a word looks like a name: a capital and small letters, at least three, and no word that we know otherwise.
    fn may_name(&self, word: &str, plain: &str) -> bool {
        let mut letters = word.chars();
        let capital = letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase);
        let other = [&self.people.particles, &self.people.titles, &self.people.no_names, &self.dates];
        capital
            && word.chars().count() >= 3
            && !self.is_topic(plain)
            && !other.iter().any(|list| list.iter().any(|known| known == plain))
    }

    fn has_a_date(&self, typed: &str, words: &[String]) -> bool {
        let digits = typed.split(|c: char| !c.is_ascii_digit());
        digits.into_iter().any(|digits| is_year(digits) || is_day(digits))
            || words.iter().any(|word| self.dates.contains(&plain(word)))
    }
}

/// Rows of letters, cut where a small letter meets a capital, and before a capital with which a word goes on small.
fn words(typed: &str) -> Vec<String> {
    let letters: Vec<char> = typed.nfkc().collect();
    let mut words = vec![String::new()];
    for (at, c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(at + 1);
        let begins = before.is_some_and(char::is_lowercase)
            || before.is_some_and(char::is_uppercase) && after.is_some_and(|c| c.is_lowercase());
        if !c.is_alphabetic() || c.is_uppercase() && begins {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.push(*c);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_initial(word: &str) -> bool {
    word.chars().count() == 1 && word.chars().all(char::is_uppercase)
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// Eight digits that are a day: year, month, day, or day, month, year.
fn is_day(digits: &str) -> bool {
    let at_most = |part: &str, most: u8| part.parse::<u8>().is_ok_and(|number| (1..=most).contains(&number));
    digits.len() == 8
        && (is_year(&digits[..4]) && at_most(&digits[4..6], 12) && at_most(&digits[6..], 31)
            || is_year(&digits[4..]) && at_most(&digits[2..4], 12) && at_most(&digits[..2], 31))
}

#[cfg(test)]
mod tests {
    use super::super::address::Unfit;
    use super::*;

    #[derive(Deserialize)]
    struct Example {
        typed: String,
        address: Option<String>,
        leaks: Vec<Leak>,
    }

    #[test]
    fn examples_become_the_address_and_give_away_what_is_written_down() {
        let names = Names::new().unwrap();
        let examples: Vec<Example> = serde_json::from_str(include_str!("../../tests/names/leaks.json")).unwrap();
        assert!(examples.len() >= 50);
        for Example { typed, address, leaks } in examples {
            assert_eq!(names.address(&typed).ok(), address, "{typed:?}");
            assert_eq!(names.leaks(&typed), leaks, "{typed:?}");
        }
    }

    #[test]
    fn what_makes_no_address_says_why() {
        let names = Names::new().unwrap();
        for (typed, why) in [
            ("", Unfit::Empty),
            (" - ", Unfit::Empty),
            ("a/b", Unfit::Characters),
            ("a\r\nb", Unfit::Characters),
            ("a\u{202e}b", Unfit::Characters),
            ("Door", Unfit::Page),
            ("http bind", Unfit::Page),
        ] {
            assert_eq!(names.address(typed), Err(why), "{typed:?}");
        }
        assert_eq!(names.address(&"a".repeat(100)), Ok("a".repeat(100)));
        assert_eq!(names.address(&"a".repeat(101)), Err(Unfit::Long));
        assert_eq!(names.address(&"ﷺ".repeat(10_000)), Err(Unfit::Long));
    }
}
