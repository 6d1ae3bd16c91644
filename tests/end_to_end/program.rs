//! The program itself, run as people run it, with an inventory for one host.

use crate::lab::{Host, Lab, repository, succeed};
use anyhow::{Context as _, Result, ensure};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// An inventory for a host of the lab, and the program for it.
pub(crate) struct Deployment<'a> {
    pub(crate) lab: &'a Lab,
    pub(crate) host: &'a Host,
    pub(crate) domain: String,
    /// The folder of its inventories.
    pub(crate) folder: TempDir,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl<'a> Deployment<'a> {
    /// The inventory of the demo, for this host; its name points there.
    pub(crate) fn on(lab: &'a Lab, host: &'a Host) -> Result<Self> {
        let domain = format!("meet-{}.vc4all.test", host.name);
        lab.point(&domain, &[&host.name])?;
        Self::called(lab, host, &domain)
    }

    /// The same with a name of its own, which points wherever it points.
    pub(crate) fn called(lab: &'a Lab, host: &'a Host, domain: &str) -> Result<Self> {
        let deployment = Self { lab, host, domain: domain.to_owned(), folder: tempfile::tempdir()? };
        let text = deployment.demo()?;
        std::fs::write(deployment.inventory("host.yml"), text)?;
        Ok(deployment)
    }

    /// The text of the usual inventory.
    pub(crate) fn demo(&self) -> Result<String> {
        let mut text = std::fs::read_to_string(repository().join("inventories/demo.yml"))?;
        let root = self.lab.folder.join("ca.pem").display().to_string();
        let release = format!("debian-{}", self.host.release.number());
        let changes = [
            ("demo.vc4all.test", self.domain.as_str()),
            ("10.87.0.10", &self.host.v4),
            ("fd87::10", &self.host.v6),
            ("../target/lab/ca.pem", &root),
            ("debian-12", &release),
        ];
        for (old, new) in changes {
            ensure!(text.contains(old), "the demo's inventory does not say {old}");
            text = text.replace(old, new);
        }
        Ok(text)
    }

    /// Where an inventory of that name is.
    pub(crate) fn inventory(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another inventory for the same host: the usual one with one text in the place of another.
    pub(crate) fn variant(&self, name: &str, old: &str, new: &str) -> Result<String> {
        let text = std::fs::read_to_string(self.inventory("host.yml"))?;
        ensure!(text.contains(old), "the inventory does not say {old}");
        std::fs::write(self.inventory(name), text.replacen(old, new, 1))?;
        Ok(name.to_owned())
    }

    /// Puts a secret of the operator's beside the inventories, for nobody else to read.
    pub(crate) fn keep(&self, name: &str, text: &str) -> Result<()> {
        let file = self.inventory(name);
        std::fs::write(&file, format!("{text}\n"))?;
        Ok(std::fs::set_permissions(file, Permissions::from_mode(0o600))?)
    }

    /// The program with arguments; a word that ends in .yml is one of the inventories here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vc4all-deploy"));
        command.arg("--ssh-config").arg(self.ssh_config()).args(arguments).current_dir(self.folder.path());
        // Whoever runs the tests may have an agent with many keys, and sshd counts attempts.
        command.env_remove("SSH_AUTH_SOCK").env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    /// The program on a machine that finds the names of the lab, as an operator's does.
    pub(crate) fn in_the_world(&self, arguments: &[&str]) -> Command {
        let plain = self.command(arguments);
        let mut command = Command::new(repository().join("tests/lab/lab"));
        command.arg("operator").arg(plain.get_program()).args(plain.get_args()).current_dir(self.folder.path());
        command.env_remove("SSH_AUTH_SOCK").env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    pub(crate) fn ssh_config(&self) -> PathBuf {
        self.lab.folder.join("ssh_config")
    }

    pub(crate) fn say(&self, arguments: &[&str]) -> Result<Said> {
        Said::of(&mut self.command(arguments))
    }

    /// Runs the program, which must end with this code.
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> Result<Said> {
        let said = self.say(arguments)?;
        said.ended(code).with_context(|| arguments.join(" "))?;
        Ok(said)
    }

    /// The host has nothing to do.
    pub(crate) fn is_converged(&self) -> Result<()> {
        let said = self.expect(0, &["up", "host.yml", "--yes"])?;
        ensure!(said.out.contains("nothing to do"), "it did something:\n{}{}", said.out, said.err);
        Ok(())
    }

    /// The serial number of the certificate at a port, as the world sees it.
    pub(crate) fn serial(&self, port: u16) -> Result<String> {
        let script = format!(
            "openssl s_client -connect {}:{port} -servername {} < /dev/null 2> /dev/null | openssl x509 -noout -serial",
            self.host.v4, self.domain
        );
        succeed(Command::new("sh").args(["-c", &script]))
    }
}

impl Drop for Deployment<'_> {
    fn drop(&mut self) {
        // A name that stays points at nothing.
        let _ = self.lab.forget(&self.domain);
    }
}

impl Said {
    pub(crate) fn of(command: &mut Command) -> Result<Self> {
        let done = command.output().with_context(|| format!("{command:?}"))?;
        Ok(Self {
            code: done.status.code().context("it was killed")?,
            out: String::from_utf8_lossy(&done.stdout).into_owned(),
            err: String::from_utf8_lossy(&done.stderr).into_owned(),
        })
    }

    pub(crate) fn ended(&self, code: i32) -> Result<()> {
        let tail: Vec<&str> = self.err.lines().rev().take(25).collect();
        let tail = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
        ensure!(self.code == code, "exit code {}, wanted {code}\n{tail}", self.code);
        Ok(())
    }

    /// All these words stand in what was said to people.
    pub(crate) fn names(&self, words: &[&str]) -> Result<()> {
        for word in words {
            ensure!(self.err.contains(word), "{word:?} does not stand in:\n{}", self.err);
        }
        Ok(())
    }
}
