//! Colours of a terminal, where somebody asked for them.

/// Whether text is coloured; the commands decide by `NO_COLOR` and by what the output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// Text with ANSI colours (ECMA-48 §8.3.117).
    Always,
}

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Added,
    Changed,
    Removed,
    Woken,
    Title,
    Quiet,
}

impl Colour {
    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        let code = match paint {
            Paint::Added => "32",
            Paint::Changed => "33",
            Paint::Removed => "31",
            Paint::Woken => "36",
            Paint::Title => "1",
            Paint::Quiet => "2",
        };
        match self {
            Self::Never => text.to_owned(),
            Self::Always => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}
