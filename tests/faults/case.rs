//! What is done wrong, in which change of a host, and at which moment.

use crate::dice::Dice;
use anyhow::{Context as _, Error, Result, bail};
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::str::FromStr;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    KillProgram,
    Interrupt,
    KillScript,
    KillWork,
    CutOnce,
    CutForAWhile,
    CutForGood,
    Reboot,
    PowerCut,
    FullDisk,
    ReadOnly,
    HeldApt,
    NoMirror,
    RubbishMirror,
    ForgedMirror,
    ClockBehind,
    ClockAhead,
    NoValidation,
    HalfTheNonces,
    AuthorityStops,
    GateElsewhere,
    GateMasked,
    GateTaken,
}

impl Kind {
    pub(crate) const ALL: [Self; 23] = [
        Self::KillProgram,
        Self::Interrupt,
        Self::KillScript,
        Self::KillWork,
        Self::CutOnce,
        Self::CutForAWhile,
        Self::CutForGood,
        Self::Reboot,
        Self::PowerCut,
        Self::FullDisk,
        Self::ReadOnly,
        Self::HeldApt,
        Self::NoMirror,
        Self::RubbishMirror,
        Self::ForgedMirror,
        Self::ClockBehind,
        Self::ClockAhead,
        Self::NoValidation,
        Self::HalfTheNonces,
        Self::AuthorityStops,
        Self::GateElsewhere,
        Self::GateMasked,
        Self::GateTaken,
    ];

    /// Its name in a case.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::KillProgram => "kill-program",
            Self::Interrupt => "interrupt",
            Self::KillScript => "kill-script",
            Self::KillWork => "kill-work",
            Self::CutOnce => "cut-once",
            Self::CutForAWhile => "cut-for-a-while",
            Self::CutForGood => "cut-for-good",
            Self::Reboot => "reboot",
            Self::PowerCut => "power-cut",
            Self::FullDisk => "full-disk",
            Self::ReadOnly => "read-only",
            Self::HeldApt => "held-apt",
            Self::NoMirror => "no-mirror",
            Self::RubbishMirror => "rubbish-mirror",
            Self::ForgedMirror => "forged-mirror",
            Self::ClockBehind => "clock-behind",
            Self::ClockAhead => "clock-ahead",
            Self::NoValidation => "no-validation",
            Self::HalfTheNonces => "half-the-nonces",
            Self::AuthorityStops => "authority-stops",
            Self::GateElsewhere => "gate-elsewhere",
            Self::GateMasked => "gate-masked",
            Self::GateTaken => "gate-taken",
        }
    }

    /// What it is, as the table says it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::KillProgram => "our program killed",
            Self::Interrupt => "our program interrupted (Ctrl-C)",
            Self::KillScript => "the script on the host killed, its children live on",
            Self::KillWork => "all work on the host killed",
            Self::CutOnce => "connection reset at some byte",
            Self::CutForAWhile => "connection silent for some seconds from some byte on",
            Self::CutForGood => "connection dead from some byte on",
            Self::Reboot => "host rebooted in order",
            Self::PowerCut => "power of the host cut",
            Self::FullDisk => "disk full",
            Self::ReadOnly => "file system read-only",
            Self::HeldApt => "apt's lock held by another",
            Self::NoMirror => "mirror that does not answer",
            Self::RubbishMirror => "mirror that answers rubbish",
            Self::ForgedMirror => "mirror whose signature is wrong",
            Self::ClockBehind => "clock of the host days behind",
            Self::ClockAhead => "clock of the host months ahead",
            Self::NoValidation => "authority that cannot validate",
            Self::HalfTheNonces => "authority that rejects half the nonces",
            Self::AuthorityStops => "authority that stops in the middle of an order",
            Self::GateElsewhere => "daemon that listens on another port",
            Self::GateMasked => "unit that cannot be started",
            Self::GateTaken => "port that another has taken",
        }
    }

    /// Whether the step says when; for the others it is a slice of the bytes, or nothing.
    pub(crate) fn strikes_at_a_step(self) -> bool {
        matches!(
            self,
            Self::KillProgram
                | Self::Interrupt
                | Self::KillScript
                | Self::KillWork
                | Self::Reboot
                | Self::PowerCut
                | Self::FullDisk
                | Self::ReadOnly
        )
    }

    pub(crate) fn is_of_the_authority(self) -> bool {
        matches!(self, Self::NoValidation | Self::HalfTheNonces | Self::AuthorityStops)
    }

    pub(crate) fn cuts(self) -> bool {
        matches!(self, Self::CutOnce | Self::CutForAWhile | Self::CutForGood)
    }
}

/// From which host to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Change {
    /// The first `up` on a bare host.
    First,
    /// Many decisions change: files, secrets in files, the roster, all daemons.
    Settings,
    /// The firewall, which a second connection has to confirm.
    Firewall,
    /// Meeting hosts come from a portal: what the door needed goes.
    Portal,
    /// A package is missing and another one is not held.
    Packages,
    /// Another authority.
    Certificate,
}

impl Change {
    pub(crate) const ALL: [Self; 6] =
        [Self::First, Self::Settings, Self::Firewall, Self::Portal, Self::Packages, Self::Certificate];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Settings => "settings",
            Self::Firewall => "firewall",
            Self::Portal => "portal",
            Self::Packages => "packages",
            Self::Certificate => "certificate",
        }
    }

    /// The frozen host that it begins with.
    pub(crate) fn begins(self) -> Frozen {
        match self {
            Self::First => Frozen::Bare,
            Self::Packages => Frozen::Lacking,
            Self::Settings | Self::Firewall | Self::Portal | Self::Certificate => Frozen::Deployed,
        }
    }

    /// The inventory that it leads to.
    pub(crate) fn inventory(self) -> &'static str {
        match self {
            Self::First => "host.yml",
            Self::Settings => "settings.yml",
            Self::Firewall => "firewall.yml",
            Self::Portal => "portal.yml",
            Self::Packages => "packages.yml",
            Self::Certificate => "certificate.yml",
        }
    }
}

/// What hosts are booted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Frozen {
    Bare,
    Deployed,
    Lacking,
}

impl Frozen {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Deployed => "deployed",
            Self::Lacking => "lacking",
        }
    }
}

/// One run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Case {
    pub(crate) change: Change,
    pub(crate) kind: Kind,
    /// The step at which it strikes, or the number of one of several.
    pub(crate) step: usize,
}

impl Case {
    /// Chance for this run alone: the same whichever others are played beside it.
    pub(crate) fn dice(&self, seed: u64) -> Dice {
        let mut hasher = DefaultHasher::new();
        (seed, self.to_string()).hash(&mut hasher);
        Dice::of(hasher.finish())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}:{}", self.change.word(), self.kind.word(), self.step)
    }
}

impl FromStr for Case {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (change, rest) = text.split_once('.')?;
            let (kind, step) = rest.split_once(':')?;
            Some(Self {
                change: Change::ALL.into_iter().find(|known| known.word() == change)?,
                kind: Kind::ALL.into_iter().find(|known| known.word() == kind)?,
                step: step.parse().ok()?,
            })
        };
        read().with_context(|| format!("{text:?} is no case; one reads settings.kill-script:12"))
    }
}

/// How a host stood after a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Old,
    New,
}

impl Outcome {
    /// What an exit code promises about the host; nothing for those that may end either way.
    pub(crate) fn promised(code: i32) -> Result<Option<Self>> {
        match code {
            0 => Ok(Some(Self::New)),
            5 | 6 => Ok(Some(Self::Old)),
            1 | 4 => Ok(None),
            other => bail!("exit code {other}"),
        }
    }
}
