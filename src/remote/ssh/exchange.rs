//! One order on one channel: writes the input while both outputs are read.

use super::super::shell::Ear;
use super::codes::{Meaning, meaning};
use super::wire::{Cut, Wire};
use ssh2::Channel;
use std::io::{Read, Write};

/// Writes the pieces of input and lets the ear hear both outputs of a started command; returns its exit code.
pub(super) fn converse(
    wire: &mut Wire<'_>,
    channel: &mut Channel,
    input: &[&[u8]],
    ear: &mut Ear<'_>,
) -> Result<i32, Cut> {
    let mut pieces = input.iter().copied().filter(|piece| !piece.is_empty()).collect::<Vec<_>>();
    pieces.reverse();
    let mut speech = Speech::Pieces(pieces);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let mut moved = wire.say(channel, &mut speech)?;
        moved |= wire.listen(channel, &mut buffer, ear)?;
        if channel.eof() {
            return wire.close(channel);
        }
        // Either of both may have taken in what the other one waits for.
        let may_say = !matches!(speech, Speech::Ended) && channel.write_window().remaining > 0;
        if !moved && !may_say && channel.read_window().available == 0 {
            wire.wait_for_host()?;
        }
    }
}

/// What is still to be said; the last piece is the next one.
enum Speech<'a> {
    Pieces(Vec<&'a [u8]>),
    Ended,
}

impl Wire<'_> {
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
            Err(_)
                if ssh2::Error::last_session_error(self.session()).is_some_and(|e| meaning(&e) == Meaning::Closed) =>
            {
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
            self.has_spoken();
        }
        Ok(moved)
    }

    fn close(&mut self, channel: &mut Channel) -> Result<i32, Cut> {
        while self.attempt(|| Ok(channel.wait_close()?))?.is_none() {
            self.wait_for_host()?;
        }
        let signal = channel.exit_signal().ok().and_then(|signal| signal.exit_signal);
        let code = channel.exit_status().map_err(|e| self.cut(&e))?;
        let _ = self.attempt(|| Ok(channel.close()?));
        Ok(signal.map_or(code, |name| 128 + signal_number(&name)))
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
