//! One question to one port: a connection, a first message, the answer, bounded in time and bytes.

use super::answer::{self, Answer};
use super::hello::Hello;
use anyhow::{Context as _, Result, ensure};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most bytes of an answer that are read; a chain of three certificates has some 4,000.
const LONGEST: usize = 64 * 1024;

/// How many connections may be open at once. A host of ours takes 1,000 new ones at once from one address; the other looks
/// need some too.
const AT_ONCE: usize = 60;

/// How many questions one port of one address is asked at most. A good server needs some 45; one that accepts all that
/// OpenSSL knows needs some 170.
const QUESTIONS: usize = 200;

/// Places for open connections, shared by all ports.
#[derive(Debug, Default)]
pub(super) struct Places {
    taken: Mutex<usize>,
    freed: Condvar,
}

struct Place<'a>(&'a Places);

impl Places {
    fn take(&self) -> Place<'_> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = self.freed.wait_while(taken, |taken| *taken >= AT_ONCE).unwrap_or_else(PoisonError::into_inner);
        *taken += 1;
        Place(self)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.freed.notify_one();
    }
}

/// The way to one port.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// The name for which the server is asked.
    pub(super) name: &'a str,
    /// The port.
    pub(super) to: SocketAddr,
    /// How long one answer may take.
    pub(super) patience: Duration,
    /// When all has to be over.
    pub(super) end: Instant,
    places: &'a Places,
    asked: AtomicUsize,
}

impl<'a> Line<'a> {
    pub(super) fn new(name: &'a str, to: SocketAddr, patience: Duration, places: &'a Places) -> Self {
        // Some 15 questions follow one upon the other at most; on a good line that is below a second.
        let end = Instant::now() + patience.saturating_mul(2);
        Self { name, to, patience, end, places, asked: AtomicUsize::new(0) }
    }

    /// Whether no question is left.
    pub(super) fn spent(&self) -> bool {
        self.asked.load(Ordering::Relaxed) >= QUESTIONS
    }

    /// Asks, and reads as much of the answer as needs no key. Whoever hangs up refuses.
    ///
    /// # Errors
    /// When nobody answers in time, or the answer is no TLS, or there have been too many questions.
    pub(super) fn ask(&self, hello: &Hello) -> Result<Answer> {
        self.exchange(&hello.bytes(self.name)).with_context(|| format!("ask for {}", hello.version))
    }

    /// Opens a connection; it counts as a question.
    ///
    /// # Errors
    /// When nobody answers in time, or there have been too many questions.
    pub(super) fn connect(&self) -> Result<TcpStream> {
        ensure!(self.asked.fetch_add(1, Ordering::Relaxed) < QUESTIONS, "too many questions");
        let left = self.end.saturating_duration_since(Instant::now()).min(self.patience);
        ensure!(!left.is_zero(), "it takes too long");
        let stream = TcpStream::connect_timeout(&self.to, left).context("connect")?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(left))?;
        stream.set_read_timeout(Some(left))?;
        Ok(stream)
    }

    fn exchange(&self, message: &[u8]) -> Result<Answer> {
        let _place = self.places.take();
        let mut stream = self.connect()?;
        let end = self.end.min(Instant::now() + self.patience);
        match stream.write_all(message) {
            Err(error) if hung_up(error.kind()) => return Ok(Answer::Refused(None)),
            done => done.context("send")?,
        }
        let mut said = Vec::new();
        let mut piece = [0; 4096];
        while said.len() < LONGEST {
            let left = end.saturating_duration_since(Instant::now());
            ensure!(!left.is_zero(), "no answer in time");
            stream.set_read_timeout(Some(left))?;
            match stream.read(&mut piece) {
                Ok(0) => return Ok(Answer::Refused(None)),
                Ok(count) => said.extend(piece.get(..count).unwrap_or_default()),
                Err(error) if hung_up(error.kind()) => return Ok(Answer::Refused(None)),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
                Err(error) => return Err(error).context("read"),
            }
            if let Some(answer) = answer::read(&said)? {
                return Ok(answer);
            }
        }
        anyhow::bail!("an answer of more than {LONGEST} bytes")
    }
}

fn hung_up(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe)
}
