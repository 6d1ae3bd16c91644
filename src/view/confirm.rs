//! Asks whether a plan shall be applied; only a clear yes is one.

use crate::model::plan::Plan;
use std::io::{self, BufRead, Read as _, Write};

/// What a person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Apply it.
    Yes,
    /// Leave the host as it is.
    No,
}

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 100;

/// Asks, naming the domain and the host. The end of the input, an empty line and any other word mean no.
///
/// # Errors
/// When the question cannot be written or the answer cannot be read.
pub fn ask(plan: &Plan, input: &mut dyn BufRead, output: &mut dyn Write) -> io::Result<Answer> {
    write!(output, "Apply to {} (host {})? [y/N] ", plan.domain, plan.host)?;
    output.flush()?;
    let mut line = String::new();
    input.take(LONGEST).read_line(&mut line)?;
    let yes = ["y", "yes", "j", "ja"].iter().any(|word| line.trim().eq_ignore_ascii_case(word));
    Ok(if yes { Answer::Yes } else { Answer::No })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::values::Domain;

    fn answer(words: &str) -> (Answer, String) {
        let domain = Domain::parse("meet.example.nl").unwrap();
        let plan = Plan {
            domain,
            formerly: None,
            host: "203.0.113.10".to_owned(),
            based_on: None,
            changes: Vec::new(),
            unchanged: 0,
        };
        let mut question = Vec::new();
        let answer = ask(&plan, &mut words.as_bytes(), &mut question).unwrap();
        (answer, String::from_utf8(question).unwrap())
    }

    #[test]
    fn only_a_clear_yes_is_a_yes() {
        for words in ["y\n", "yes\n", "Ja\n", " j \r\n", "y"] {
            assert_eq!(answer(words).0, Answer::Yes, "{words:?}");
        }
        for words in ["", "\n", "n\n", "yeah\n", "no y\n", "jawel\n"] {
            assert_eq!(answer(words).0, Answer::No, "{words:?}");
        }
    }

    #[test]
    fn the_question_names_the_target() {
        assert_eq!(answer("").1, "Apply to meet.example.nl (host 203.0.113.10)? [y/N] ");
    }
}
