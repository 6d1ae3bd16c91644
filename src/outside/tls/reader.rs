//! Bytes from the network, taken piece by piece; what is not there is nothing, never a fall.

/// What is left of some bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next bytes, if there are so many.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.number(1).and_then(|number| u8::try_from(number).ok())
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.number(2).and_then(|number| u16::try_from(number).ok())
    }

    /// As many bytes as the one before them says.
    pub(super) fn sized8(&mut self) -> Option<&'a [u8]> {
        let count = self.number(1)?;
        self.take(count)
    }

    /// As many bytes as the two before them say.
    pub(super) fn sized16(&mut self) -> Option<&'a [u8]> {
        let count = self.number(2)?;
        self.take(count)
    }

    /// As many bytes as the three before them say.
    pub(super) fn sized24(&mut self) -> Option<&'a [u8]> {
        let count = self.number(3)?;
        self.take(count)
    }

    /// A number of up to three bytes, the highest first.
    fn number(&mut self, bytes: usize) -> Option<usize> {
        Some(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }
}
