//! The name of a new room: 20 random digits, or what a person typed, as long as nobody guesses it.

use crate::invitation::strength::{bits, missing_digits};
use crate::invitation::{LONGEST, Leak, Names, Unfit};
use crate::model::advice::Advice;
use anyhow::{Result, anyhow};

/// The least digits of a name that nobody thought of: 66 bits.
const DIGITS: usize = 20;
/// The fewest digits that are put behind a name: a single one may stand in it already, and would count nothing.
const FEWEST: usize = 2;

/// The name in the room's address.
pub(in crate::commands) fn choose(names: &Names, typed: Option<&str>, wanted: u16) -> Result<String> {
    let wanted = u64::from(wanted);
    let Some(typed) = typed else { return random_digits(DIGITS.max(usize::try_from(missing_digits(0, wanted))?)) };
    let address = names.address(typed).map_err(|why| unfit(typed, why))?;
    let found = bits(&address);
    if found >= wanted {
        return Ok(address);
    }
    let cause = format!("`{address}` is too easy to guess: {found} bits, and access.room_name_bits asks for {wanted}");
    let help = match stronger(&address, wanted)? {
        Some(name) => format!("take {name}, or leave --name out"),
        None => "leave --name out".to_owned(),
    };
    Err(Advice::new(cause, help).into())
}

/// The name with random digits behind it, as many as it wants to be strong enough; none where it would be too long.
fn stronger(address: &str, wanted: u64) -> Result<Option<String>> {
    let digits = usize::try_from(missing_digits(bits(address), wanted))?.max(FEWEST);
    if address.len() + 1 + digits > LONGEST {
        return Ok(None);
    }
    // Few digits are a year, or go up by one, now and then.
    loop {
        let name = format!("{address}-{}", random_digits(digits)?);
        if bits(&name) >= wanted {
            return Ok(Some(name));
        }
    }
}

/// What a name that was typed gives away, in words.
pub(super) fn warnings(names: &Names, typed: &str) -> Vec<&'static str> {
    let words = |leak| match leak {
        Leak::Topic => "warning: the name tells what the meeting is about; whoever sees the address reads it",
        Leak::Person => "warning: the name seems to name a person; whoever sees the address reads it",
        Leak::Date => "warning: the name tells when the meeting is; whoever sees the address reads it",
    };
    names.leaks(typed).into_iter().map(words).collect()
}

fn unfit(typed: &str, why: Unfit) -> Advice {
    let shown: String = typed.chars().take(LONGEST).flat_map(char::escape_default).collect();
    let (what, help) = match why {
        Unfit::Page => ("is a page of the site", "take another name, or leave --name out"),
        Unfit::Long => ("is longer than 100 characters", "take a shorter name, or leave --name out"),
        Unfit::Empty | Unfit::Characters => {
            ("makes no address", "use letters, digits, spaces and hyphens, or leave --name out")
        }
    };
    Advice::new(format!("the name `{shown}` {what}"), help)
}

/// Digits, each equally likely: a byte counts only below 250, the largest multiple of ten.
fn random_digits(count: usize) -> Result<String> {
    let mut digits = String::new();
    while digits.len() < count {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
        let fair = bytes.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10));
        digits.extend(fair.take(count - digits.len()));
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(typed: &str, wanted: u16) -> Result<String> {
        choose(&Names::new().unwrap(), Some(typed), wanted)
    }

    #[test]
    fn rooms_have_twenty_digits_and_differ() {
        let names = Names::new().unwrap();
        assert_eq!(choose(&names, None, 128).unwrap().len(), 39);
        let (one, two) = (choose(&names, None, 40).unwrap(), choose(&names, None, 40).unwrap());
        assert_eq!(one.len(), 20);
        assert!(one.bytes().all(|b| b.is_ascii_digit()));
        assert_ne!(one, two);
    }

    #[test]
    fn names_become_addresses() {
        assert_eq!(chosen("Raadsvergadering 81723", 40).unwrap(), "raadsvergadering-81723");
        assert_eq!(chosen("raad", 0).unwrap(), "raad");
    }

    #[test]
    fn an_easy_name_is_refused_with_one_that_is_good() {
        for (typed, wanted) in [("raad", 40), ("Overleg 2026", 40), ("12345678901234567890", 40), ("kamer", 128)] {
            let error = chosen(typed, wanted).unwrap_err();
            let advice = error.downcast_ref::<Advice>().unwrap();
            assert!(advice.cause.contains(&format!("asks for {wanted}")), "{}", advice.cause);
            let better = advice.help.strip_prefix("take ").unwrap().split(',').next().unwrap();
            assert!(bits(better) >= u64::from(wanted), "{better}");
            assert_eq!(chosen(better, wanted).unwrap(), better);
        }
        let letters: Vec<String> = ('a'..='z').map(String::from).collect();
        assert!(chosen(&letters.join("-"), 122).is_ok(), "26 letters that stand alone are 122 bits");
        assert!(chosen(&"a-".repeat(50), 40).is_err(), "the same letter fifty times is one");
    }

    #[test]
    fn what_makes_no_address_is_refused_and_shown_harmless() {
        for typed in ["", "a;b", "../../../etc", "$(reboot)", "a\r\nb: c", "\u{1b}[2J", &"\u{202e}".repeat(10_240)] {
            let said = chosen(typed, 0).unwrap_err().to_string();
            assert!(!said.chars().any(|c| c.is_control() || c == '\u{202e}') && said.len() < 1500, "{said}");
        }
    }
}
