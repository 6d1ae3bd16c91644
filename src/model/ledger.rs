//! What a host writes down about the renewals of its certificate, in `/var/lib/vc4all/renewal.json`.

use super::digest::Digest;
use super::renewal::{Attempts, Lifetime, Window};
use super::standing::StandingOrder;
use serde::{Deserialize, Serialize};

/// Where the host keeps it.
pub const PATH: &str = "/var/lib/vc4all/renewal.json";

/// The whole file. All times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// The certificate in force, as the last look found it.
    pub certificate: Option<Held>,
    /// The directory of the authority that was asked last; the attempts were made there.
    pub authority: Option<String>,
    /// The attempts so far.
    pub attempts: Attempts,
    /// When the attempt began that has not ended; one that nobody works on any more counts as failed.
    pub began: Option<i64>,
    /// Whether the authority began to sign in that attempt: it counts a certificate then, whatever becomes of it.
    pub signing: bool,
    /// What the authority advised.
    pub advice: Option<Advised>,
    /// The last look at whether the certificate is due.
    pub looked: Option<i64>,
    /// When it is due, as that look found it.
    pub due: Option<i64>,
    /// Until when it waits for its next attempt, where it is due already.
    pub waits: Option<i64>,
    /// The failure that is not mended yet.
    pub failing: Option<Failure>,
    /// What the operator was told, as long as it is not over.
    pub told: Option<Told>,
    /// The last rehearsal.
    pub rehearsed: Option<Rehearsal>,
    /// Until when the next one is not made, where it would have cost the last certificate of a week.
    pub spared: Option<i64>,
}

/// A certificate that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its serial number in hexadecimal.
    pub serial: String,
    /// Its first second.
    pub not_before: i64,
    /// Its last second.
    pub not_after: i64,
}

impl Held {
    /// How long it is good.
    pub fn lifetime(&self) -> Lifetime {
        Lifetime { not_before: self.not_before, not_after: self.not_after }
    }
}

/// When the authority would like a certificate to be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advised {
    /// Serial number of that certificate.
    pub serial: String,
    /// When.
    pub window: Window,
    /// Until when this counts.
    pub until: i64,
}

/// A renewal that does not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Since when.
    pub since: i64,
    /// When it was seen last.
    pub last: i64,
    /// How many looks in a row have ended with it.
    pub times: u32,
    /// What the last attempt said.
    pub why: String,
    /// What to do.
    pub help: String,
}

/// What the operator was told and has not been told to be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Since when it had been so.
    pub since: i64,
    /// When the operator was last told.
    pub at: i64,
}

/// A renewal played through without consequences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// When.
    pub at: i64,
    /// At which directory.
    pub directory: String,
    /// What was tried ([`StandingOrder::tried`]).
    pub order: Digest,
    /// Why it failed; nothing where it did not.
    pub why: Option<String>,
}

impl Ledger {
    /// Notes a look, or an attempt, that failed; the failure before it goes on.
    pub fn fail(&mut self, now: i64, why: impl Into<String>, help: impl Into<String>) {
        let before = self.failing.take();
        let (since, times) = before.map_or((now, 0), |before| (before.since, before.times));
        let (why, help) = (why.into(), help.into());
        self.failing = Some(Failure { since, last: now, times: times.saturating_add(1), why, help });
    }

    /// From now on this authority is asked; one authority knows nothing of what another has counted.
    pub fn ask(&mut self, directory: &str) {
        if self.authority.as_deref() != Some(directory) {
            (self.attempts, self.waits, self.spared) = (Attempts::default(), None, None);
            self.authority = Some(directory.to_owned());
        }
    }

    /// Notes that all is well.
    pub fn mend(&mut self) {
        self.failing = None;
    }

    /// Whether the last rehearsal was of what this order says, and good.
    pub fn is_rehearsed(&self, standing: &StandingOrder) -> bool {
        let tried = standing.tried();
        self.rehearsed.as_ref().is_some_and(|last| last.why.is_none() && last.order == tried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_authority_has_counted_is_nothing_to_another() {
        let mut ledger = Ledger::default();
        ledger.ask("https://a.example/dir");
        ledger.attempts = ledger.attempts.after_failure(7, Some(9));
        let before = ledger.attempts;
        ledger.ask("https://a.example/dir");
        assert_eq!(ledger.attempts, before);
        ledger.ask("https://b.example/dir");
        assert_eq!(ledger.attempts, Attempts::default());
    }

    #[test]
    fn a_failure_goes_on_until_it_is_mended() {
        let mut ledger = Ledger::default();
        ledger.fail(7, "a", "b");
        ledger.fail(9, "c", "d");
        let failing = ledger.failing.clone().unwrap();
        assert_eq!((failing.since, failing.last, failing.times, failing.why.as_str()), (7, 9, 2, "c"));
        ledger.mend();
        assert_eq!(ledger.failing, None);
    }
}
