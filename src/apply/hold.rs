//! The host's lock for work that is done step by step over our connection.

use super::bundle;
use super::events::Follower;
use super::{follow, send, taken};
use crate::model::values::Domain;
use crate::remote::{Order, Remote, answered};
use anyhow::{Context as _, Result, bail};
use std::time::Duration;

const HOLD: &[u8] = include_bytes!("host/hold.sh");
const STEP: &str = include_str!("step.sh");
/// What has to notice when the old pair comes back.
const UNITS: &[u8] = b"nginx.service\ncoturn.service\n";

/// What came of an attempt to take the lock.
pub enum Grip {
    /// It is ours.
    Held(Hold),
    /// It is somebody else's: who since when, and what they do, as the host has it.
    Taken(String),
}

/// A lock that is held; the host gives it free by itself, and brings back what was there, when our connection is gone.
pub struct Hold {
    name: String,
}

impl Hold {
    /// Takes the lock for a certificate of this domain; the author is who wants it and since when, on one line.
    ///
    /// # Errors
    /// When somebody else holds it, or the host cannot be reached.
    pub fn take(remote: &mut dyn Remote, author: &str, domain: &Domain) -> Result<Self> {
        match Self::attempt(remote, author, domain)? {
            Grip::Held(hold) => Ok(hold),
            Grip::Taken(owner) => Err(taken(remote.host(), &owner)),
        }
    }

    /// The same for who can do without it.
    ///
    /// # Errors
    /// When the host cannot be reached, or does not give it.
    pub fn attempt(remote: &mut dyn Remote, author: &str, domain: &Domain) -> Result<Grip> {
        let who = format!("{author}\ncertificate {domain}\n");
        let bundle = bundle::with(&[("apply.sh", HOLD), ("who", who.as_bytes()), ("units", UNITS)]);
        let name = send(remote, &bundle.context("pack the bundle for the host")?)?;
        let mut follower = Follower::new(&[]);
        follow::to_the_end(remote, &name, &mut follower, &mut |_| {})?;
        if follower.holds() {
            return Ok(Grip::Held(Self { name }));
        }
        match follower.into_end() {
            (7, _, owner) => Ok(Grip::Taken(owner.trim().to_owned())),
            (code, _, why) => bail!("host {}: its lock could not be taken ({code}): {why}", remote.host()),
        }
    }

    /// The script that has to come before that of each step; it leaves the folder of this work in `$held`.
    pub fn step(&self) -> String {
        format!("set -- {}\n{STEP}", self.name)
    }

    /// Gives the lock free; work that did not say that it is done is undone.
    ///
    /// # Errors
    /// When the host cannot be reached, or does not give it free.
    pub fn release(self, remote: &mut dyn Remote) -> Result<()> {
        let script = format!(
            "held=/var/lib/vc4all/run/{}; : > \"$held/done\"; tries=0\n\
             while [ \"$(sed -n 3p /var/lib/vc4all/lock/owner 2> /dev/null)\" = \"$held\" ]; do\n\
             tries=$((tries + 1)); [ $tries -lt 600 ] || exit 1; sleep 0.1; done",
            self.name
        );
        let patience = Duration::from_secs(90);
        answered(remote, &Order { purpose: "give the lock free", script: &script, input: &[], patience }).map(drop)
    }
}
