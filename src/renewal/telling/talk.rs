//! SMTP (RFC 5321) as a client speaks it to a server that believes nothing.

use crate::model::values::is_invisible;
use anyhow::{Result, bail, ensure};
use std::fmt;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// More bytes than this in one connection are no conversation.
const LONGEST: usize = 64 * 1024;

/// One side of a conversation.
pub(super) struct Talk<S> {
    stream: S,
    /// What came and was not read as a reply yet.
    ahead: Vec<u8>,
    heard: usize,
}

/// What the server said.
#[derive(Debug)]
pub(super) struct Reply {
    /// The number that begins each of its lines.
    pub(super) code: u16,
    /// The words behind it, line by line.
    pub(super) lines: Vec<String>,
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String =
            self.lines.join(" ").chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(300).collect();
        write!(f, "{} {text}", self.code)
    }
}

impl Reply {
    /// Whether the server offers this (RFC 5321 §4.1.1.1), and with which words behind it.
    pub(super) fn offers(&self, what: &str) -> Option<Vec<String>> {
        let words = |line: &String| line.split([' ', '=']).map(str::to_ascii_uppercase).collect::<Vec<_>>();
        let found = self.lines.iter().skip(1).map(words).find(|words| words.first().is_some_and(|first| first == what));
        found.map(|words| words.into_iter().skip(1).collect())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    /// Begins one; the server speaks first.
    pub(super) fn over(stream: S) -> Self {
        Self { stream, ahead: Vec::new(), heard: 0 }
    }

    /// Says a line, which may not hold an end of line, and waits for the reply.
    pub(super) async fn ask(&mut self, line: &str) -> Result<Reply> {
        ensure!(!line.contains(['\r', '\n']), "a command has one line");
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.stream.flush().await?;
        self.hear().await
    }

    /// Sends the text of a mail, whose lines end in CR and LF, and waits for the reply (RFC 5321 §4.1.1.4, §4.5.2).
    pub(super) async fn hand_over(&mut self, mail: &str) -> Result<Reply> {
        let mut text = String::with_capacity(mail.len() + 8);
        for line in mail.split_terminator("\r\n") {
            if line.starts_with('.') {
                text.push('.');
            }
            text += line;
            text += "\r\n";
        }
        self.stream.write_all(text.as_bytes()).await?;
        self.ask(".").await
    }

    /// Waits for a reply.
    pub(super) async fn hear(&mut self) -> Result<Reply> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await?;
            let digits = line.get(..3).filter(|code| code.bytes().all(|b| b.is_ascii_digit()));
            let Some(code) = digits.and_then(|code| code.parse().ok()) else { bail!("the server does not speak SMTP") };
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(Reply { code, lines });
            }
        }
    }

    /// The bare stream, for TLS to begin on it. Words that came already would otherwise count as said under TLS, whoever
    /// said them (RFC 3207 §6).
    pub(super) fn into_bare(self) -> Result<S> {
        ensure!(self.ahead.is_empty(), "the server, or somebody between, spoke before TLS began");
        Ok(self.stream)
    }

    async fn line(&mut self) -> Result<String> {
        loop {
            if let Some(end) = self.ahead.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.ahead.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            let mut some = [0; 2048];
            let count = self.stream.read(&mut some).await?;
            ensure!(count > 0, "the server hangs up");
            self.heard += count;
            ensure!(self.heard <= LONGEST, "the server talks without end");
            self.ahead.extend(some.iter().take(count));
        }
    }
}
