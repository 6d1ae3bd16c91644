//! Text of a host made safe to show: whole lines, not too long, without control characters.

use crate::model::values::is_invisible;

/// Bytes of a line that are kept.
pub(super) const LONGEST_LINE: usize = 16 * 1024;

/// Bytes of standard error that are kept.
const LONGEST_TAIL: usize = 8 * 1024;

/// Drops control characters and marks that turn the reading direction; a tab becomes a space, line ends stay.
pub(super) fn clean(bytes: &[u8]) -> String {
    let mut text = String::new();
    for letter in String::from_utf8_lossy(bytes).chars() {
        match letter {
            '\t' => text.push(' '),
            '\n' => text.push('\n'),
            _ if letter.is_control() || is_invisible(letter) => {}
            _ => text.push(letter),
        }
    }
    text
}

/// Cuts a stream into lines.
#[derive(Default)]
pub(super) struct Lines {
    open: Vec<u8>,
}

impl Lines {
    /// Takes more bytes and tells each line that they end.
    pub(super) fn take(&mut self, bytes: &[u8], heard: &mut dyn FnMut(&str)) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (piece, ended) = match piece.strip_suffix(b"\n") {
                Some(piece) => (piece, true),
                None => (piece, false),
            };
            let room = LONGEST_LINE.saturating_sub(self.open.len());
            self.open.extend_from_slice(&piece[..piece.len().min(room)]);
            if ended {
                heard(&clean(&self.open));
                self.open.clear();
            }
        }
    }

    /// Tells what follows the last line end.
    pub(super) fn finish(&mut self, heard: &mut dyn FnMut(&str)) {
        if !self.open.is_empty() {
            heard(&clean(&self.open));
            self.open.clear();
        }
    }
}

/// Keeps the end of a stream.
#[derive(Default)]
pub(super) struct Tail {
    kept: Vec<u8>,
}

impl Tail {
    /// Takes more bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
        if self.kept.len() > 4 * LONGEST_TAIL {
            self.kept.drain(..self.kept.len() - LONGEST_TAIL);
        }
    }

    /// The end as text.
    pub(super) fn text(&self) -> String {
        clean(&self.kept[self.kept.len().saturating_sub(LONGEST_TAIL)..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let mut told = Vec::new();
        let mut lines = Lines::default();
        for piece in pieces {
            lines.take(piece, &mut |line| told.push(line.to_owned()));
        }
        lines.finish(&mut |line| told.push(line.to_owned()));
        told
    }

    #[test]
    fn lines_come_whole_however_the_bytes_fall() {
        assert_eq!(lines(&[b"on", b"e\r\ntw", b"o\n", b"", b"\nlast"]), ["one", "two", "", "last"]);
        assert_eq!(
            lines(&["caf\u{e9}\n".as_bytes().split_at(4).0, "caf\u{e9}\n".as_bytes().split_at(4).1]),
            ["caf\u{e9}"]
        );
    }

    #[test]
    fn a_long_line_is_cut_and_hostile_bytes_are_dropped() {
        let long = lines(&[&vec![b'x'; 40_000], &vec![b'y'; 40_000], b"\nshort\n"]);
        assert_eq!((long[0].len(), long[1].as_str()), (LONGEST_LINE, "short"));
        assert_eq!(lines(&[b"a\x1b[2J\x07b\tc \xff\xfe \xe2\x80\xaed\n"]), ["a[2Jb c \u{fffd}\u{fffd} d"]);
    }

    #[test]
    fn the_tail_is_the_end() {
        let mut tail = Tail::default();
        for number in 0..20_000 {
            tail.take(format!("{number}\n").as_bytes());
        }
        assert!(tail.text().ends_with("19998\n19999\n") && tail.text().len() <= LONGEST_TAIL);
    }
}
