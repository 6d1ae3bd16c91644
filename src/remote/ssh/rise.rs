//! From the login to root's rights: nothing for root, `sudo -n` where it asks nothing, `sudo -S` where it asks.

use super::super::shell::Mark;
use super::super::{Error, ErrorKind, Order, People, Remote};
use super::Ssh;
use crate::model::secret::Secret;
use std::time::Duration;

/// The password that sudo takes, once it is known.
pub(super) type Password = Option<Secret<String>>;

/// How often a password may be wrong.
const TRIES: usize = 3;

const PATIENCE: Duration = Duration::from_secs(20);

/// How a script gets root's rights.
pub(super) enum Rise {
    /// It runs as the login user.
    Login,
    /// sudo asks for nothing.
    Freely,
    /// sudo asks for a password.
    Password(Secret<String>),
}

impl Rise {
    /// The command for the host's login shell, and what goes before the script on standard input.
    pub(super) fn command(&self, mark: &Mark, script: &str) -> (String, String) {
        let program = mark.program(script);
        match self {
            Self::Login => (format!("exec sh -c '{program}'"), String::new()),
            Self::Freely => (format!("exec sudo -n -H -- sh -c '{program}'"), String::new()),
            Self::Password(password) => (
                format!("exec sudo -k -S -H -p \"\" -- sh -c '{}'", mark.behind_password(&program)),
                format!("{}\n{}", password.reveal(), mark.line()),
            ),
        }
    }
}

/// Finds the way on a new connection; one question to the host where the login is not root's.
pub(super) fn find(ssh: &mut Ssh, people: &mut dyn People) -> Result<Rise, Error> {
    if ssh.target.user == "root" {
        return Ok(Rise::Login);
    }
    let script = "[ \"$(id -u)\" != 0 ] || exit 10; command -v sudo >/dev/null || exit 11; \
                  sudo -n -H -- sh -c : 2>/dev/null && exit 12; exit 13";
    let answer = ssh.run(&Order { purpose: "ask for root's rights", script, input: b"", patience: PATIENCE })?;
    match answer.code {
        10 => Ok(Rise::Login),
        12 => Ok(Rise::Freely),
        13 => with_password(ssh, people),
        _ => Err(ssh.error(
            ErrorKind::NotRoot,
            format!("{} is not root, and the host has no sudo", ssh.target.user),
            "Log in as root (host.user in the inventory), or install sudo on the host",
        )),
    }
}

fn with_password(ssh: &mut Ssh, people: &mut dyn People) -> Result<Rise, Error> {
    let remembered = ssh.memory.sudo.clone();
    let mut told = String::new();
    for _ in 0..TRIES {
        let (user, host) = (&ssh.target.user, &ssh.target.name);
        let password = match remembered.clone().map_or_else(|| people.sudo_password(user, host), Ok) {
            Ok(password) if !password.reveal().contains(['\n', '\0']) => password,
            Ok(_) => continue,
            Err(e) => return Err(refused(ssh, &format!("sudo asks for a password: {e:#}"))),
        };
        let input = format!("{}\n", password.reveal());
        let script = "sudo -k -S -p '' -- sh -c :";
        let purpose = "become root";
        let answer = ssh.run(&Order { purpose, script, input: input.as_bytes(), patience: PATIENCE })?;
        if answer.code == 0 {
            ssh.memory.sudo = Some(password.clone());
            return Ok(Rise::Password(password));
        }
        told = answer.stderr.trim().lines().last().unwrap_or_default().to_owned();
        if remembered.is_some() {
            break;
        }
    }
    Err(refused(ssh, &format!("sudo refuses {}: {told}", ssh.target.user)))
}

fn refused(ssh: &Ssh, cause: &str) -> Error {
    let help = format!(
        "Give {user} the right to run all commands with sudo (`adduser {user} sudo` on the host), or log in as root",
        user = ssh.target.user
    );
    ssh.error(ErrorKind::NotRoot, cause, help)
}
