//! What a hostile host does to its answer.

use proptest::prelude::*;

/// What a hostile host may do to an answer.
#[derive(Debug, Clone)]
pub(crate) enum Harm {
    Put(Vec<u8>),
    Cut(usize),
    Repeat(usize),
    Number(&'static str),
}

/// Any harm, at any place; `line` is one that promises more than it brings.
pub(crate) fn harm(line: &'static str) -> impl Strategy<Value = (f64, Harm)> {
    const NUMBERS: [&str; 9] = [
        "-1",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "9223372036854775807",
        "0",
        "4294967296",
        "1e9",
        "\u{661}",
    ];
    let bytes = prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..12),
        Just("\u{1b}]0;x\u{7}\u{202e}\u{9b}2J".as_bytes().to_vec()),
        Just(b"\n".to_vec()),
        Just(line.as_bytes().to_vec()),
    ];
    let harm = prop_oneof![
        bytes.prop_map(Harm::Put),
        (1_usize..400).prop_map(Harm::Cut),
        (1_usize..400).prop_map(Harm::Repeat),
        proptest::sample::select(NUMBERS.to_vec()).prop_map(Harm::Number),
    ];
    (0.0..1.0, harm)
}

/// The answer with these harms done to it, one after the other.
pub(crate) fn harmed(answer: &[u8], harms: &[(f64, Harm)]) -> Vec<u8> {
    let mut bytes = answer.to_vec();
    for (place, harm) in harms {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (place * bytes.len() as f64) as usize;
        let until = |length: usize, bytes: &[u8]| (at + length).min(bytes.len());
        match harm {
            Harm::Put(more) => drop(bytes.splice(at..at, more.iter().copied())),
            Harm::Cut(length) => drop(bytes.drain(at..until(*length, &bytes))),
            Harm::Repeat(length) => {
                let again = bytes[at..until(*length, &bytes)].to_vec();
                drop(bytes.splice(at..at, again));
            }
            Harm::Number(number) => {
                let Some(begin) = bytes[at..].iter().position(u8::is_ascii_digit).map(|found| at + found) else {
                    continue;
                };
                let length = bytes[begin..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                drop(bytes.splice(begin..begin + length, number.bytes()));
            }
        }
    }
    bytes
}
