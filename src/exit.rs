//! The exit codes of the program.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// An error; nothing was left half done.
    Error,
    /// The plan has changes (`plan --detailed-exitcode`).
    Changes,
    /// A promise is broken.
    Broken,
    /// The host could not be reached.
    Unreachable,
    /// The host moved since the plan was made.
    Moved,
    /// The work failed and everything is as it was.
    RolledBack,
    /// Interrupted by the user.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Changes => 2,
            Self::Broken => 3,
            Self::Unreachable => 4,
            Self::Moved => 5,
            Self::RolledBack => 6,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
