//! What the door says to the journal: that something happened, never to whom, from where or for which room.

use std::io::{Write as _, stderr};

/// What may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// Somebody proved to be a meeting host.
    Admitted,
    /// Somebody did not.
    Refused,
    /// An account had too many wrong attempts.
    ToldToWait,
    /// A line had too many wrong attempts.
    RateLimit,
    /// More log-ins came at once than can be judged.
    Busy,
    /// A room was opened by somebody who is signed in on this computer.
    Reopened,
    /// Somebody signed out.
    SignedOut,
    /// A form came from another site, or from nowhere.
    OtherOrigin,
}

/// Writes the event's line.
pub(super) fn record(event: Event) {
    line(match event {
        Event::Admitted => "log-in admitted",
        Event::Refused => "log-in refused",
        Event::ToldToWait => "log-in told to wait",
        Event::RateLimit => "log-in not judged: rate limit",
        Event::Busy => "log-in not judged: too many at once",
        Event::Reopened => "room opened by somebody signed in",
        Event::SignedOut => "signed out",
        Event::OtherOrigin => "form of another origin refused",
    });
}

/// Writes why something failed. Only what the system said is passed on: the other causes may name an account.
pub(super) fn failed(what: &str, error: &anyhow::Error) {
    match error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>()) {
        Some(cause) => line(&format!("{what} failed: {}", cause.kind())),
        None => line(&format!("{what} failed")),
    }
}

fn line(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}
