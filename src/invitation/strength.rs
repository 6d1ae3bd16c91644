//! How hard a room's name is to guess; the same rule stands in `landing/strength.js` and in Prosody's gate.

/// Hundredths of a bit for a letter that says nothing about the next one: log2 of 26.
const LETTER: u64 = 470;
/// Hundredths of a bit for a letter of a word: what a language leaves open once the letters before are known.
const LETTER_OF_A_WORD: u64 = 150;
/// Hundredths of a bit for a digit: log2 of 10.
const DIGIT: u64 = 332;
/// Digits that a date in one row counts for: one for its year, two for a day of it.
const DIGITS_OF_A_DATE: u64 = 3;

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
/// One or two letters in a row count 4.7 bits each, letters of a longer row 1.5, digits 3.32. Other characters count nothing.
/// What is easily thought of counts less: a row that came before counts nothing; a row that is a shorter one again and again
/// counts like the shorter one; letters or digits that go up by one or down by one (0 follows 9), and four digits that are a
/// year from 1900 to 2099, count like one; eight digits that are a date (year first, or day first) count like three.
/// `tests/names/strength.json` has examples.
pub fn bits(name: &str) -> u64 {
    let characters: Vec<char> = name.to_ascii_lowercase().chars().collect();
    let mut seen = Vec::new();
    let mut sum = 0;
    for row in characters.chunk_by(|one, next| kind(*one) == kind(*next)) {
        if !seen.contains(&row) {
            seen.push(row);
            sum += worth(once(row));
        }
    }
    sum / 100
}

/// How many random digits a name of so many bits wants to reach `wanted` bits.
pub fn missing_digits(bits: u64, wanted: u64) -> u64 {
    (wanted.saturating_sub(bits) * 100).div_ceil(DIGIT)
}

fn kind(c: char) -> Kind {
    match c {
        '0'..='9' => Kind::Digit,
        'a'..='z' => Kind::Letter,
        c if !c.is_ascii() => Kind::Letter,
        _ => Kind::Other,
    }
}

/// The shortest row of which this one is a repetition; the row itself where it is none.
fn once(row: &[char]) -> &[char] {
    let repeats =
        |length: &usize| row.len().is_multiple_of(*length) && row.chunks(*length).all(|part| part == &row[..*length]);
    (1..row.len()).find(repeats).map_or(row, |length| &row[..length])
}

fn worth(row: &[char]) -> u64 {
    let length = row.len() as u64;
    match row.first().map(|first| kind(*first)) {
        Some(Kind::Letter) if is_steady(row) => LETTER,
        Some(Kind::Letter) if length <= 2 => length * LETTER,
        Some(Kind::Letter) => length * LETTER_OF_A_WORD,
        Some(Kind::Digit) if is_steady(row) || is_year(row) => DIGIT,
        Some(Kind::Digit) if is_date(row) => DIGITS_OF_A_DATE * DIGIT,
        Some(Kind::Digit) => length * DIGIT,
        Some(Kind::Other) | None => 0,
    }
}

/// Whether all go up by one or all go down by one; beyond ASCII nothing does.
fn is_steady(row: &[char]) -> bool {
    let follows =
        |one: char, next: char| next.is_ascii() && ((one, next) == ('9', '0') || u32::from(one) + 1 == u32::from(next));
    row.windows(2).all(|pair| follows(pair[0], pair[1])) || row.windows(2).all(|pair| follows(pair[1], pair[0]))
}

fn is_year(digits: &[char]) -> bool {
    matches!(digits, ['1', '9', _, _] | ['2', '0', _, _])
}

fn is_date(digits: &[char]) -> bool {
    let number =
        |digits: &[char]| digits.iter().filter_map(|digit| digit.to_digit(10)).fold(0, |sum, one| sum * 10 + one);
    let is_day = |month: &[char], day: &[char]| (1..=12).contains(&number(month)) && (1..=31).contains(&number(day));
    digits.len() == 8
        && (is_year(&digits[..4]) && is_day(&digits[4..6], &digits[6..])
            || is_year(&digits[4..]) && is_day(&digits[2..4], &digits[..2]))
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
