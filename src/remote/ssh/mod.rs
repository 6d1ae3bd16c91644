//! A host over SSH: one connection, one channel an order, root's rights by login or by `sudo`.

mod codes;
mod exchange;
mod login;
mod meet;
mod rise;
mod wire;

use super::lines::Lines;
use super::shell::{Ear, Listener, Mark};
use super::{Answer, Error, ErrorKind, Nobody, Order, People, Remote, Target};
use rise::Rise;
use ssh2::{Channel, Session};
use std::net::TcpStream;
use wire::{Cut, Wire};

/// A connection to a host, logged in.
pub struct Ssh {
    target: Target,
    session: Session,
    socket: TcpStream,
    /// Not known until the host has been asked.
    rise: Option<Rise>,
    memory: Memory,
}

/// What people have answered, so that a second connection does not ask again.
#[derive(Clone, Default)]
struct Memory {
    passphrases: login::Passphrases,
    sudo: rise::Password,
}

/// Connects, checks the host's key, logs in, and makes sure of root's rights.
///
/// # Errors
/// When the host cannot be reached, its key is not the right one, the login is refused, or the user may not become root.
pub fn connect(target: &Target, people: &mut dyn People) -> Result<Ssh, Error> {
    connect_again(target, people, Memory::default())
}

fn connect_again(target: &Target, people: &mut dyn People, mut memory: Memory) -> Result<Ssh, Error> {
    let (session, socket) = meet::meet(target, people)?;
    login::login(&session, target, &mut login::Asker { people, known: &mut memory.passphrases })?;
    let mut ssh = Ssh { target: target.clone(), session, socket, rise: None, memory };
    ssh.rise = Some(rise::find(&mut ssh, people)?);
    Ok(ssh)
}

impl Ssh {
    fn twin(&self) -> Result<Self, Error> {
        connect_again(&self.target, &mut Nobody, self.memory.clone())
    }

    fn perform(&mut self, order: &Order<'_>, listener: Listener<'_>) -> Result<Answer, Error> {
        let mark = Mark::new().map_err(|e| self.error(ErrorKind::BadAnswer, format!("{e:#}"), "Try again"))?;
        let (command, password) = self.rise.as_ref().unwrap_or(&Rise::Login).command(&mark, order.script);
        let mut ear = Ear::new(&mark, listener);
        let input = [password.as_bytes(), order.script.as_bytes(), order.input];
        let mut channel = self.open(&command, order)?;
        let code = exchange::converse(&mut self.wire(order), &mut channel, &input, &mut ear)
            .map_err(|cut| cut.told(self.host(), order))?;
        let began = ear.began();
        let (stdout, stderr) = ear.finish();
        if began { Ok(Answer { code, stdout, stderr }) } else { Err(self.not_begun(order, &stderr)) }
    }

    /// Starts a command. A connection that ended while nobody used it is renewed once: nothing has begun yet.
    fn open(&mut self, command: &str, order: &Order<'_>) -> Result<Channel, Error> {
        let opened = match self.wire(order).open(command) {
            Err(Cut::NotBegun(_)) if self.rise.is_some() => {
                self.reconnect()?;
                self.wire(order).open(command)
            }
            opened => opened,
        };
        opened.map_err(|cut| cut.told(self.host(), order))
    }

    fn wire(&self, order: &Order<'_>) -> Wire<'_> {
        Wire::new(&self.session, &self.socket, order.patience)
    }

    /// The error for a login shell that ended without running the script.
    fn not_begun(&self, order: &Order<'_>, stderr: &str) -> Error {
        let last = stderr.trim().lines().last().map(|line| format!(": {line}")).unwrap_or_default();
        match self.rise {
            None | Some(Rise::Login) => self.error(
                ErrorKind::BadAnswer,
                format!("could not {}: the login shell did not run the script{last}", order.purpose),
                format!("Check that {} has a login shell such as /bin/sh, and no forced command", self.target.user),
            ),
            Some(Rise::Freely | Rise::Password(_)) => self.error(
                ErrorKind::NotRoot,
                format!("could not {}: sudo did not run the script{last}", order.purpose),
                format!("Check that {} may run all commands with sudo", self.target.user),
            ),
        }
    }

    fn error(&self, kind: ErrorKind, cause: impl Into<String>, help: impl Into<String>) -> Error {
        Error::new(kind, &self.target.name, cause, help)
    }
}

impl Remote for Ssh {
    fn host(&self) -> &str {
        &self.target.name
    }

    fn run(&mut self, order: &Order<'_>) -> Result<Answer, Error> {
        self.perform(order, Listener::Whole(Vec::new()))
    }

    fn follow(&mut self, order: &Order<'_>, heard: &mut dyn FnMut(&str)) -> Result<Answer, Error> {
        self.perform(order, Listener::EachLine(Lines::default(), heard))
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        *self = self.twin()?;
        Ok(())
    }

    fn another(&self) -> Result<Box<dyn Remote>, Error> {
        Ok(Box::new(self.twin()?))
    }
}

impl Drop for Ssh {
    fn drop(&mut self) {
        // Says goodbye without waiting: the host may be gone.
        self.session.set_blocking(false);
        let _ = self.session.disconnect(None, "done", None);
    }
}
