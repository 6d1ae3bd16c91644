//! People who sit in a meeting while the host changes: a process that takes orders.

use crate::meetings::Room;
use crate::visitor::{Visitor, script};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// The people of one meeting, and the load beside them.
pub(crate) struct Sitting {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Sitting {
    pub(crate) fn of(visitor: &Visitor) -> Result<Self> {
        let mut child = script("sitting.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut orders = child.stdin.take().context("no stdin")?;
        writeln!(orders, "{}", visitor.as_json())?;
        let answers = BufReader::new(child.stdout.take().context("no stdout")?);
        Ok(Self { child, orders, answers })
    }

    /// Gives an order and waits for its answer.
    pub(crate) fn order(&mut self, word: &str) -> Result<Value> {
        self.send(&json!({ "order": word }))
    }

    /// An order about a room.
    pub(crate) fn order_in(&mut self, word: &str, room: &Room) -> Result<Value> {
        self.send(&json!({ "order": word, "room": room.name, "token": room.token }))
    }

    fn send(&mut self, order: &Value) -> Result<Value> {
        writeln!(self.orders, "{order}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let answer: Value = serde_json::from_str(&line).with_context(|| format!("{order}: no answer"))?;
        if let Some(error) = answer["error"].as_str() {
            bail!("{order}: {error}");
        }
        Ok(answer)
    }
}

impl Drop for Sitting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
