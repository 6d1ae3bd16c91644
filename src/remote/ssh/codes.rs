//! The error numbers of libssh2 that mean something to us (libssh2.h, "Error Codes").

use ssh2::ErrorCode;

/// What an error of libssh2 means for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// No key exchange both sides know.
    NoCommonWay,
    /// The host did not take the key.
    Refused,
    /// The key file cannot be read, or its passphrase was wrong.
    Unreadable,
    /// The host did not answer in time.
    Silent,
    /// The channel is closed on the other side.
    Closed,
    /// The connection is gone.
    Gone,
    /// Anything else.
    Other,
}

/// Reads an error of libssh2.
pub(super) fn meaning(error: &ssh2::Error) -> Meaning {
    let ErrorCode::Session(code) = error.code() else { return Meaning::Other };
    match code {
        -5 | -8 => Meaning::NoCommonWay,
        -18 | -19 => Meaning::Refused,
        -16 | -48 => Meaning::Unreadable,
        -9 | -30 => Meaning::Silent,
        -26 | -27 => Meaning::Closed,
        -1 | -2 | -3 | -7 | -13 | -43 | -45 => Meaning::Gone,
        _ => Meaning::Other,
    }
}
