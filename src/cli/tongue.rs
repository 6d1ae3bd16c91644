//! The languages that can be asked for.

use clap::ValueEnum;

/// A language that a text for people can be had in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tongue {
    /// Dutch
    Nl,
    /// English
    En,
    /// German
    De,
    /// French
    Fr,
}
