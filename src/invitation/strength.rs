//! How hard a room's name is to guess; the same rule stands in `landing/strength.js` and in Prosody's gate.

/// Hundredths of a bit for a letter that says nothing about the next one: log2 of 26.
const LETTER: u64 = 470;
/// Hundredths of a bit for a letter of a word: what a language leaves open once the letters before are known.
const LETTER_OF_A_WORD: u64 = 150;
/// Hundredths of a bit for a digit: log2 of 10.
const DIGIT: u64 = 332;

/// What a character is, as far as guessing goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A Latin letter, or any character beyond ASCII.
    Letter,
    /// `0` to `9`.
    Digit,
    /// Hyphens and all else of ASCII.
    Other,
}

/// The guessing strength of a name in whole bits, rounded down; capitals count like small letters.
///
/// One or two letters in a row count 4.7 bits each, letters of a longer row 1.5, digits 3.32. Digits in a row that are all
/// the same, that go up by one or down by one (0 follows 9), or that are a year from 1900 to 2099 count like one digit.
/// Other characters count nothing. `tests/names/strength.json` has examples.
pub fn bits(name: &str) -> u64 {
    let characters: Vec<char> = name.chars().collect();
    let rows = characters.chunk_by(|one, next| kind(*one) == kind(*next));
    rows.map(worth).sum::<u64>() / 100
}

/// How many random digits a name of so many bits wants to reach `wanted` bits.
pub fn missing_digits(bits: u64, wanted: u64) -> u64 {
    (wanted.saturating_sub(bits) * 100).div_ceil(DIGIT)
}

fn kind(c: char) -> Kind {
    match c {
        '0'..='9' => Kind::Digit,
        'a'..='z' | 'A'..='Z' => Kind::Letter,
        c if !c.is_ascii() => Kind::Letter,
        _ => Kind::Other,
    }
}

fn worth(row: &[char]) -> u64 {
    let length = row.len() as u64;
    match row.first().map(|first| kind(*first)) {
        Some(Kind::Letter) if length <= 2 => length * LETTER,
        Some(Kind::Letter) => length * LETTER_OF_A_WORD,
        Some(Kind::Digit) if is_steady(row) || is_year(row) => DIGIT,
        Some(Kind::Digit) => length * DIGIT,
        Some(Kind::Other) | None => 0,
    }
}

/// Whether each digit follows from the one before: the same, one more, or one less.
fn is_steady(digits: &[char]) -> bool {
    let step = |pair: &[char]| (10 + u32::from(pair[1]) - u32::from(pair[0])) % 10;
    let mut steps = digits.windows(2).map(step);
    let first = steps.next().unwrap_or(0);
    matches!(first, 0 | 1 | 9) && steps.all(|next| next == first)
}

fn is_year(digits: &[char]) -> bool {
    matches!(digits, ['1', '9', _, _] | ['2', '0', _, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Example {
        name: String,
        bits: u64,
        why: String,
    }

    #[test]
    fn examples_have_the_strength_that_is_written_down() {
        let examples: Vec<Example> = serde_json::from_str(include_str!("../../tests/names/strength.json")).unwrap();
        assert!(examples.len() >= 30);
        for Example { name, bits: expected, why } in examples {
            assert_eq!(bits(&name), expected, "{name:?}: {why}");
        }
    }

    #[test]
    fn as_many_digits_as_are_missing_are_enough() {
        for bits in 0..=128 {
            for wanted in 0..=128 {
                let digits = missing_digits(bits, wanted);
                assert!(bits * 100 + digits * DIGIT >= wanted * 100);
                assert!(digits == 0 || bits * 100 + (digits - 1) * DIGIT < wanted * 100);
            }
        }
    }
}
