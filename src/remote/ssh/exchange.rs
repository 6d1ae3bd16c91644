//! One order on one channel: writes the input while both outputs are read, and notices a host that has gone silent.
//!
//! The channel does not block. libssh2 wants an operation that stopped halfway through a packet to be repeated before any
//! other one, so such an operation alone waits until the socket takes more; otherwise we wait for the host.

use super::super::shell::{Ear, TooLong};
use super::super::{Error, ErrorKind, Order};
use super::codes::{Meaning, meaning};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use ssh2::{BlockDirections, Channel, Session};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Why there is no answer.
pub(super) enum Cut {
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
            Self::Broken(cause) => format!("the connection broke ({cause})"),
        };
        Error::new(ErrorKind::Unreachable, host, format!("could not {}: {cause}", order.purpose), help)
    }
}

/// Runs a command: writes the pieces of input and lets the ear hear both outputs; returns the exit code.
pub(super) fn perform(wire: &mut Wire<'_>, command: &str, input: &[&[u8]], ear: &mut Ear<'_>) -> Result<i32, Cut> {
    let mut channel = wire.open(command)?;
    let mut pieces = input.iter().copied().filter(|piece| !piece.is_empty()).collect::<Vec<_>>();
    pieces.reverse();
    let mut speech = Speech::Pieces(pieces);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let mut moved = wire.say(&mut channel, &mut speech)?;
        moved |= wire.listen(&mut channel, &mut buffer, ear)?;
        if channel.eof() {
            return wire.close(&mut channel);
        }
        // Either of both may have taken in what the other one waits for.
        let may_say = !matches!(speech, Speech::Ended) && channel.write_window().remaining > 0;
        if !moved && !may_say && channel.read_window().available == 0 {
            wire.wait(PollFlags::IN)?;
        }
    }
}

/// What is still to be said; the last piece is the next one.
enum Speech<'a> {
    Pieces(Vec<&'a [u8]>),
    Ended,
}

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

    fn open(&self, command: &str) -> Result<Channel, Cut> {
        self.session.set_timeout(u32::try_from(self.patience.as_millis()).unwrap_or(u32::MAX));
        self.session.set_blocking(true);
        let opened = self.session.channel_session().and_then(|mut channel| {
            let begun = channel.exec(command);
            // A channel that is given up must not wait for a host that is gone.
            self.session.set_blocking(false);
            begun.map(|()| channel)
        });
        self.session.set_blocking(false);
        opened.map_err(|e| self.cut(&e))
    }

    fn say(&mut self, channel: &mut Channel, speech: &mut Speech<'_>) -> Result<bool, Cut> {
        let Speech::Pieces(pieces) = speech else { return Ok(false) };
        let Some(piece) = pieces.pop() else {
            let ended = self.attempt(|| Ok(channel.send_eof()?))?.is_some();
            if ended {
                *speech = Speech::Ended;
            }
            return Ok(ended);
        };
        match self.attempt(|| channel.write(piece)) {
            Ok(Some(said)) if said < piece.len() => pieces.push(&piece[said..]),
            Ok(Some(_)) => {}
            Ok(None) => {
                pieces.push(piece);
                return Ok(false);
            }
            // The script ended without reading all of its input.
            Err(_) if ssh2::Error::last_session_error(self.session).is_some_and(|e| meaning(&e) == Meaning::Closed) => {
                *speech = Speech::Ended
            }
            Err(cut) => return Err(cut),
        }
        Ok(true)
    }

    fn listen(&mut self, channel: &mut Channel, buffer: &mut [u8], ear: &mut Ear<'_>) -> Result<bool, Cut> {
        let mut moved = false;
        while let Some(count @ 1..) = self.attempt(|| channel.read(buffer))? {
            ear.hear(&buffer[..count]).map_err(Cut::TooLong)?;
            moved = true;
        }
        let mut errors = channel.stderr();
        while let Some(count @ 1..) = self.attempt(|| errors.read(buffer))? {
            ear.hear_error(&buffer[..count]);
            moved = true;
        }
        if moved {
            self.heard = Instant::now();
        }
        Ok(moved)
    }

    fn close(&mut self, channel: &mut Channel) -> Result<i32, Cut> {
        while self.attempt(|| Ok(channel.wait_close()?))?.is_none() {
            self.wait(PollFlags::IN)?;
        }
        let signal = channel.exit_signal().ok().and_then(|signal| signal.exit_signal);
        let code = channel.exit_status().map_err(|e| self.cut(&e))?;
        let _ = self.attempt(|| Ok(channel.close()?));
        Ok(signal.map_or(code, |name| 128 + signal_number(&name)))
    }

    /// Does something that does not block; `None` means that the host has to say something first.
    fn attempt<T>(&mut self, mut act: impl FnMut() -> io::Result<T>) -> Result<Option<T>, Cut> {
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
                self.heard = Instant::now();
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

    fn cut(&self, e: &ssh2::Error) -> Cut {
        match meaning(e) {
            Meaning::Silent => Cut::Silent(self.patience),
            _ => Cut::Broken(e.message().to_owned()),
        }
    }
}

/// Numbers of the signals that SSH names (RFC 4254 §6.10).
fn signal_number(name: &str) -> i32 {
    const NAMES: [(&str, i32); 13] = [
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("ILL", 4),
        ("ABRT", 6),
        ("FPE", 8),
        ("KILL", 9),
        ("USR1", 10),
        ("SEGV", 11),
        ("USR2", 12),
        ("PIPE", 13),
        ("ALRM", 14),
        ("TERM", 15),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map_or(0, |(_, number)| *number)
}
