//! Reads a host's answer; a host may be hostile, so everything is bounded and nothing is believed twice.

use super::probe::{LIVE_PAIR, Questions};
use super::{certificate, listeners, renewal, standing};
use crate::model::advice::Advice;
use crate::model::digest::Digest;
use crate::model::ledger;
use crate::model::names::{HostPath, LoginName, PackageName, SecretName, UnitName};
use crate::model::observed::{
    InstalledPackage, Lock, Observed, People, SeenGiven, SeenPath, SeenTimer, SeenUnit, Standing,
};
use crate::model::secret::Secret;
use crate::model::traits::{Architecture, Release, Traits};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use flate2::read::GzDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

/// The most bytes that an unpacked answer may have.
const LONGEST: u64 = 32 * 1024 * 1024;
/// The most bytes of one line; the longest one names all processes of a listening socket.
const LONGEST_LINE: usize = 64 * 1024;
/// The most listening sockets that are looked at.
const MOST_LISTENERS: usize = 2000;

/// Reads the packed answer to the questions.
///
/// # Errors
/// When it is damaged, too long, incomplete, or the host is none that we know.
pub fn parse(packed: &[u8], questions: &Questions) -> Result<Observed> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).take(LONGEST + 1).read_to_end(&mut bytes).context("unpack the answer")?;
    ensure!(bytes.len() as u64 <= LONGEST, "the answer is longer than {LONGEST} bytes");
    let mut reading = Reading::default();
    reading.read(&bytes)?;
    reading.finish(questions)
}

#[derive(Default)]
struct Reading {
    os: Option<(String, String)>,
    machine: Option<Architecture>,
    memory_kib: u64,
    ssh_ports: BTreeSet<u16>,
    addresses: BTreeSet<std::net::IpAddr>,
    packages: BTreeMap<PackageName, InstalledPackage>,
    units: BTreeMap<UnitName, SeenUnit>,
    paths: BTreeMap<HostPath, SeenPath>,
    texts: BTreeMap<String, String>,
    secrets: BTreeSet<SecretName>,
    given: BTreeMap<SecretName, SeenGiven>,
    accounts: BTreeSet<String>,
    answers: BTreeMap<String, String>,
    roster: BTreeSet<LoginName>,
    sites: BTreeSet<HostPath>,
    listeners: Vec<crate::model::observed::Listener>,
    resolved: BTreeSet<std::net::IpAddr>,
    people: Option<People>,
    generation: u32,
    standing: Option<Standing>,
    broken_run: bool,
    free_kib: u64,
    clock: i64,
    lock: Option<Lock>,
    timer: Option<SeenTimer>,
    digest: Option<Digest>,
    complete: bool,
}

impl Reading {
    fn read(&mut self, mut rest: &[u8]) -> Result<()> {
        while !self.complete {
            let at = rest.iter().position(|byte| *byte == b'\n').ok_or_else(|| anyhow!("the answer breaks off"))?;
            ensure!(at <= LONGEST_LINE, "a line of the answer is longer than {LONGEST_LINE} bytes");
            let line = String::from_utf8_lossy(&rest[..at]).into_owned();
            rest = &rest[at + 1..];
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            match fields.split_first() {
                Some((&"text", [path, length])) => {
                    let length: usize = length.parse().context("a text's length")?;
                    ensure!(length < rest.len(), "the answer breaks off within {path:?}");
                    if let Ok(text) = std::str::from_utf8(&rest[..length]) {
                        self.texts.insert((*path).to_owned(), text.to_owned());
                    }
                    rest = &rest[length + 1..];
                }
                Some((kind, fields)) => {
                    self.line(kind, fields).with_context(|| format!("the line {:?}", begin(&line)))?
                }
                None => {}
            }
        }
        Ok(())
    }

    fn line(&mut self, kind: &str, fields: &[&str]) -> Result<()> {
        match (kind, fields) {
            ("vc4all-probe", ["1"]) => {}
            ("os", [id, version]) => self.os = Some(((*id).to_owned(), (*version).to_owned())),
            ("machine", [word]) => self.machine = Some(Architecture::from_word(word)),
            ("memory", [kib]) => self.memory_kib = kib.parse()?,
            ("ssh", [port]) => drop(self.ssh_ports.insert(port.parse()?)),
            ("address", [address]) => drop(self.addresses.insert(address.parse()?)),
            ("package", [name, version, status]) => {
                let package = InstalledPackage { version: (*version).to_owned(), held: status.starts_with('h') };
                self.packages.insert(PackageName::new(*name)?, package);
            }
            ("unit", [name, file, active]) => {
                let enabled =
                    matches!(*file, "enabled" | "static" | "generated" | "alias" | "enabled-runtime" | "indirect");
                self.units.insert(UnitName::new(*name)?, SeenUnit { enabled, active: *active == "active" });
            }
            ("path", [path, what @ ..]) => drop(self.paths.insert(HostPath::new(*path)?, seen_path(what)?)),
            ("secret", [name]) => drop(self.secrets.insert(SecretName::new(*name)?)),
            ("given", [name, digest, access]) => {
                let digest = Digest::from_hex(digest).ok_or_else(|| anyhow!("no digest"))?;
                let given = SeenGiven { digest: Secret::new(digest), private: *access == "0:0:600" };
                self.given.insert(SecretName::new(*name)?, given);
            }
            ("account", [account]) => drop(self.accounts.insert((*account).to_owned())),
            ("answer", [question, answer @ ..]) => drop(self.answers.insert((*question).to_owned(), answer.join(" "))),
            ("meeting-host", [account]) => drop(self.roster.insert(LoginName::new(*account)?)),
            ("site", path) => drop(self.sites.insert(plain_path(&path.join(" "))?)),
            ("generation", [number]) => self.generation = number.parse()?,
            ("author" | "cause" | "managed" | "made", fields) => standing::line(self.standing(), kind, fields)?,
            ("broken", []) => self.broken_run = true,
            ("digest", [hex]) => self.digest = Some(Digest::from_hex(hex).ok_or_else(|| anyhow!("no digest"))?),
            ("free", [kib]) => self.free_kib = kib.parse()?,
            ("lock", owner) => self.lock = Some(Lock { owner: owner.join(" "), cause: String::new() }),
            ("lock-work", cause) => {
                if let Some(lock) = &mut self.lock {
                    lock.cause = cause.join(" ");
                }
            }
            ("clock", [seconds]) => self.clock = seconds.parse()?,
            ("listener", _) if self.listeners.len() >= MOST_LISTENERS => {}
            ("listener", fields) => self.listeners.extend(listeners::read(fields)),
            ("people", [people, meetings, waiting]) => {
                let (people, meetings, waiting) = (people.parse()?, meetings.parse()?, waiting.parse()?);
                self.people = Some(People { people, meetings, waiting });
            }
            ("renewal-timer", []) => drop(self.timer.get_or_insert_default()),
            ("renewal-next", [seconds]) => self.timer.get_or_insert_default().next = Some(seconds.parse()?),
            ("renewal-last", [seconds]) => self.timer.get_or_insert_default().last = Some(seconds.parse()?),
            ("resolved", [address]) => drop(self.resolved.insert(address.parse()?)),
            ("end", []) => self.complete = true,
            _ => bail!("it answers no question"),
        }
        Ok(())
    }

    fn standing(&mut self) -> &mut Standing {
        self.standing.get_or_insert_with(Standing::default)
    }

    fn finish(mut self, questions: &Questions) -> Result<Observed> {
        let (id, version) = self.os.take().ok_or_else(|| anyhow!("the host does not say what it is"))?;
        let release = Release::from_os_release(&id, &version).ok_or_else(|| unsupported(&id, &version))?;
        let authority = self.texts.get(&format!("{LIVE_PAIR}/authority")).map(String::as_str);
        let certificate = self.texts.get(&format!("{LIVE_PAIR}/fullchain.pem"));
        let certificate = certificate.and_then(|pem| certificate::read(pem, authority));
        let renewal = self.texts.get(ledger::PATH).and_then(|text| renewal::read(text));
        self.sites.retain(|site| !questions.paths().contains(site) && !site.as_str().ends_with("/default"));
        if self.ssh_ports.is_empty() {
            self.ssh_ports.insert(22);
        }
        Ok(Observed {
            digest: self.digest.ok_or_else(|| anyhow!("the answer has no digest"))?,
            traits: Traits {
                release,
                architecture: self.machine.unwrap_or(Architecture::Other),
                memory_mib: u32::try_from(self.memory_kib / 1024).unwrap_or(u32::MAX),
                addresses: self.addresses.into_iter().collect(),
                ssh_ports: self.ssh_ports.into_iter().collect(),
            },
            packages: self.packages,
            paths: paths(questions, self.paths, &mut self.texts),
            units: self.units,
            secrets: self.secrets,
            given: self.given,
            accounts: self.accounts,
            answers: self.answers,
            roster: self.roster,
            certificate,
            holdings: None,
            renewal,
            renewal_timer: self.timer,
            listeners: self.listeners,
            foreign_sites: self.sites.into_iter().collect(),
            resolved: self.resolved.into_iter().collect(),
            generation: self.generation,
            standing: self.standing,
            lock: self.lock,
            people: self.people,
            broken_run: self.broken_run,
            free_mib: self.free_kib / 1024,
            clock: self.clock,
        })
    }
}

/// A path that somebody else chose: nginx reads `my site` too, so it must not be overlooked.
fn plain_path(text: &str) -> Result<HostPath> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._@%+/-".contains(c);
    HostPath::new(text.chars().take(300).map(|c| if plain(c) { c } else { '_' }).collect::<String>())
}

fn unsupported(id: &str, version: &str) -> anyhow::Error {
    let known = Release::ALL.map(|release| release.to_string()).join(", ");
    let cause = format!("it runs {} {}, which is not supported", id.escape_default(), version.escape_default());
    Advice::new(cause, format!("take a host with one of {known}")).into()
}

fn seen_path(what: &[&str]) -> Result<SeenPath> {
    let [kind, owner, group, mode, _size, rest @ ..] = what else { bail!("a path without its properties") };
    let (owner, group) = ((*owner).to_owned(), (*group).to_owned());
    let mode = u32::from_str_radix(mode, 8).context("permission bits")?;
    Ok(match *kind {
        "f" => SeenPath::File { owner, group, mode, text: None },
        "d" => SeenPath::Directory { owner, group, mode },
        "l" => SeenPath::Link(rest.join(" ")),
        _ => SeenPath::Other,
    })
}

fn paths(
    questions: &Questions,
    mut seen: BTreeMap<HostPath, SeenPath>,
    texts: &mut BTreeMap<String, String>,
) -> BTreeMap<HostPath, SeenPath> {
    let asked = questions.paths().iter();
    asked
        .map(|path| {
            let mut found = seen.remove(path).unwrap_or(SeenPath::Nothing);
            if let SeenPath::File { text, .. } = &mut found {
                *text = texts.remove(path.as_str());
            }
            (path.clone(), found)
        })
        .collect()
}

fn begin(line: &str) -> String {
    line.chars().take(200).collect()
}
