//! The connection under an order: what does not block, when to wait, and when the host has gone silent.
//!
//! libssh2 wants an operation that stopped halfway through a packet to be repeated before any other one, so such an
//! operation alone waits until the socket takes more; otherwise we wait for the host.

use super::super::shell::TooLong;
use super::super::{Error, ErrorKind, Order};
use super::codes::{Meaning, meaning};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use ssh2::{BlockDirections, Channel, Session};
use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A connection, and when the host was last heard on it.
pub(super) struct Wire<'a> {
    session: &'a Session,
    socket: &'a TcpStream,
    patience: Duration,
    heard: Instant,
    asked: Instant,
}

impl<'a> Wire<'a> {
    /// Begins to count the host's silence.
    pub(super) fn new(session: &'a Session, socket: &'a TcpStream, patience: Duration) -> Self {
        let now = Instant::now();
        Self { session, socket, patience, heard: now, asked: now }
    }

    /// Opens a channel and starts a command on it; from then on nothing blocks.
    pub(super) fn open(&self, command: &str) -> Result<Channel, Cut> {
        self.session.set_timeout(u32::try_from(self.patience.as_millis()).unwrap_or(u32::MAX));
        self.session.set_blocking(true);
        let opened = self.session.channel_session();
        // From here on a channel that is given up must not wait for a host that is gone.
        let begun = opened.map_err(|e| self.not_begun(&e)).and_then(|mut channel| {
            let begun = channel.exec(command);
            self.session.set_blocking(false);
            begun.map(|()| channel).map_err(|e| self.cut(&e))
        });
        self.session.set_blocking(false);
        begun
    }

    /// Does something that does not block; `None` means that the host has to say something first.
    pub(super) fn attempt<T>(&mut self, mut act: impl FnMut() -> io::Result<T>) -> Result<Option<T>, Cut> {
        loop {
            match act() {
                Ok(value) => return Ok(Some(value)),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => match self.session.block_directions() {
                    BlockDirections::Outbound | BlockDirections::Both => self.wait(PollFlags::OUT)?,
                    BlockDirections::None | BlockDirections::Inbound => return Ok(None),
                },
                Err(e) => return Err(Cut::Broken(e.to_string())),
            }
        }
    }

    /// Waits until the host says something.
    pub(super) fn wait_for_host(&mut self) -> Result<(), Cut> {
        self.wait(PollFlags::IN)
    }

    /// Notes that the host gave a sign of life.
    pub(super) fn has_spoken(&mut self) {
        self.heard = Instant::now();
    }

    /// The session that the channel belongs to.
    pub(super) fn session(&self) -> &'a Session {
        self.session
    }

    /// Waits until the socket is ready, and asks a quiet host for a sign of life.
    fn wait(&mut self, wanted: PollFlags) -> Result<(), Cut> {
        let interval = (self.patience / 3).clamp(Duration::from_secs(2), Duration::from_secs(15));
        loop {
            let silence = self.heard.elapsed();
            if silence >= self.patience {
                return Err(Cut::Silent(silence));
            }
            if wanted == PollFlags::IN && self.asked.elapsed() >= interval {
                self.ask_for_life()?;
            }
            let left = (self.patience - silence).min(interval.saturating_sub(self.asked.elapsed()));
            if self.is_ready(wanted, left.max(Duration::from_millis(1))) {
                self.has_spoken();
                return Ok(());
            }
        }
    }

    /// Sends a keep-alive that the host answers, but only where it fits into the socket whole.
    fn ask_for_life(&mut self) -> Result<(), Cut> {
        self.asked = Instant::now();
        if self.is_ready(PollFlags::OUT, Duration::ZERO) {
            self.session.set_keepalive(true, 1);
            self.session.keepalive_send().map_err(|e| self.cut(&e))?;
        }
        Ok(())
    }

    fn is_ready(&self, wanted: PollFlags, time: Duration) -> bool {
        let mut waiting = [PollFd::new(self.socket, wanted)];
        let time = Timespec::try_from(time).ok();
        poll(&mut waiting, time.as_ref()).is_ok_and(|count| count > 0)
    }

    fn not_begun(&self, e: &ssh2::Error) -> Cut {
        match meaning(e) {
            Meaning::Gone => Cut::NotBegun(e.message().to_owned()),
            _ => self.cut(e),
        }
    }

    /// The cut that an error of libssh2 tells of.
    pub(super) fn cut(&self, e: &ssh2::Error) -> Cut {
        match meaning(e) {
            Meaning::Silent => Cut::Silent(self.patience),
            _ => Cut::Broken(e.message().to_owned()),
        }
    }
}

/// Why there is no answer.
pub(super) enum Cut {
    /// The connection broke before the host heard of the order.
    NotBegun(String),
    /// The host gave no sign of life.
    Silent(Duration),
    /// The connection broke.
    Broken(String),
    /// The answer is longer than it may be.
    TooLong(TooLong),
}

impl Cut {
    /// The error for people.
    pub(super) fn told(&self, host: &str, order: &Order<'_>) -> Error {
        let help = "Check the host and the network, and run the command again: it goes on where the host stands";
        let cause = match self {
            Self::TooLong(long) => return long.told(host, order),
            Self::Silent(time) => format!("it gave no sign of life for {} s", time.as_secs()),
            Self::NotBegun(cause) | Self::Broken(cause) => format!("the connection broke ({cause})"),
        };
        Error::new(ErrorKind::Unreachable, host, format!("could not {}: {cause}", order.purpose), help)
    }
}
