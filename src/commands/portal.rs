//! `portal secret`: prints the secret that a portal signs with, for its administrator.

use super::blueprint::Blueprint;
use super::session;
use super::terminal::Terminal;
use crate::cli;
use crate::exit::Exit;
use crate::model::advice::Advice;
use crate::model::deployment::{Deployment, MeetingHosts};
use crate::remote::{Order, Remote};
use anyhow::{Context as _, Result, ensure};
use std::path::Path;
use std::time::Duration;

pub(super) fn secret(args: &cli::PortalSecret, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = Blueprint::load(&args.inventory)?;
    refuse_without_secret(&blueprint.deployment)?;
    let mut remote = session::connect(&blueprint, ssh_config, terminal)?;
    let secret = read(&mut remote)?;
    terminal.print(&format!("{secret}\n"))?;
    terminal.note("Whoever has this secret can open every room: hand it over by a safe way, and keep it nowhere else.");
    Ok(Exit::Done)
}

fn refuse_without_secret(deployment: &Deployment) -> Result<()> {
    let (cause, help) = match &deployment.access.meeting_hosts {
        MeetingHosts::Jwt(portal) if portal.keys.is_none() => return Ok(()),
        MeetingHosts::Jwt(_) => ("the portal signs with a key of its own", "there is nothing to hand over"),
        MeetingHosts::Accounts { .. } | MeetingHosts::Oidc(_) => {
            ("no portal signs for this instance", "write `meeting_hosts: jwt` and its section below `access` first")
        }
    };
    Err(Advice::new(cause, help).into())
}

/// The secret goes over the connection and to standard output: into no file, no argument and no log.
fn read(remote: &mut dyn Remote) -> Result<String> {
    let script = "exec cat /etc/vc4all/secrets/portal";
    let order = Order { purpose: "read the portal's secret", script, input: &[], patience: Duration::from_secs(30) };
    let answer = remote.run(&order)?;
    if answer.code != 0 {
        let cause = format!("host {}: it has no secret of a portal", remote.host());
        return Err(Advice::new(cause, "run `vc4all-deploy up` first").into());
    }
    // What came back is shown in no error: it may be the secret all the same.
    let secret = String::from_utf8(answer.stdout).ok().context("read the portal's secret: it is no text")?;
    let secret = secret.trim_end_matches('\n');
    let whole = secret.len() == 40 && secret.bytes().all(|b| b.is_ascii_alphanumeric());
    ensure!(whole, "host {}: /etc/vc4all/secrets/portal holds no secret that `up` made", remote.host());
    Ok(secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::{Answer, Error};

    /// A host that gives one answer to the one question.
    struct Host(i32, &'static [u8]);

    impl Remote for Host {
        fn host(&self) -> &str {
            "praat.example"
        }

        fn run(&mut self, order: &Order<'_>) -> Result<Answer, Error> {
            assert_eq!((order.script, order.input), ("exec cat /etc/vc4all/secrets/portal", &[][..]));
            Ok(Answer { code: self.0, stdout: self.1.to_vec(), stderr: String::new() })
        }

        fn follow(&mut self, order: &Order<'_>, _: &mut dyn FnMut(&str)) -> Result<Answer, Error> {
            self.run(order)
        }

        fn reconnect(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }

    #[test]
    fn the_whole_secret_is_read_or_nothing_of_it_is_shown() {
        let secret = b"abcdefghijABCDEFGHIJ0123456789abcdefghij";
        assert_eq!(read(&mut Host(0, secret)).unwrap().as_bytes(), secret);
        let others: [(i32, &[u8]); 5] =
            [(1, b""), (0, b""), (0, b"a secret; of somebody"), (0, b"\xff"), (0, b"abc\nabc")];
        for (code, answer) in others {
            let error = format!("{:#}", read(&mut Host(code, answer)).unwrap_err());
            let said = String::from_utf8_lossy(answer);
            assert!(said.is_empty() || !error.contains(&*said), "{error}");
        }
    }
}
