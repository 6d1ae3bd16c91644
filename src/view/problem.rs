//! An error as text for people: its path on one line, then what to do.

use super::inert;
use super::paint::{Colour, Paint};
use crate::model::advice::Advice;

/// `error: …: …` and, where there is one, `help: …`; with a line end at its end. Text of a host in it is made inert.
/// The help is the given one, or the one of the first [`Advice`] among the causes.
pub fn text(error: &anyhow::Error, help: Option<&str>, colour: Colour) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let mut text = labelled("error", Paint::Removed, &causes.join(": "), colour);
    let advice = error.chain().find_map(|cause| cause.downcast_ref::<Advice>());
    let help = help.or(advice.map(|advice| advice.help.as_str()));
    if let Some(help) = help {
        text.push_str(&labelled("help", Paint::Woken, help, colour));
    }
    text
}

/// `label: …`, with the lines after the first one put in.
pub(super) fn labelled(label: &str, paint: Paint, words: &str, colour: Colour) -> String {
    let mut lines = words.trim_end().split('\n').map(inert::line);
    let mut text = format!("{} {}\n", colour.paint(paint, &format!("{label}:")), lines.next().unwrap_or_default());
    for line in lines {
        text.push_str(format!("  {line}").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context as _, anyhow};

    #[test]
    fn reads_as_a_path_with_a_help() {
        let error = Err::<(), _>(anyhow!("nginx -t refused the candidate\nunknown directive \u{1b}[31m\"ssl\""))
            .context("write /etc/nginx/sites-available/meet.conf")
            .context("host media1")
            .unwrap_err();
        let expected = "error: host media1: write /etc/nginx/sites-available/meet.conf: nginx -t refused the candidate\n  \
                        unknown directive \\u{1b}[31m\"ssl\"\nhelp: report it\n";
        assert_eq!(text(&error, Some("report it"), Colour::Never), expected);
    }

    #[test]
    fn an_advice_brings_its_help() {
        let advice = Advice::new("the disk is full", "make room");
        let error = Err::<(), _>(advice).context("host media1").unwrap_err();
        assert_eq!(text(&error, None, Colour::Never), "error: host media1: the disk is full\nhelp: make room\n");
    }
}
