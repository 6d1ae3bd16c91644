//! A host that every run of a worker begins on, its inventories, and what clean runs made of it.

use crate::authority::{Authority, Ports, Temper};
use crate::case::{Change, Frozen};
use crate::checks::Known;
use crate::going::{End, Going};
use crate::lab::{Host, repository};
use crate::program::{Deployment, Said};
use crate::state::{self, State};
use crate::watch::{self, Watch};
use crate::wire::{After, Wire};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

/// A host, and everything that is known about it.
pub(crate) struct Ground<'a> {
    pub(crate) deployment: &'a Deployment<'a>,
    pub(crate) host: &'a Host,
    /// The authority of the host as it was deployed.
    steady: Authority,
    /// Where the other one is.
    ports: Ports,
    references: RefCell<BTreeMap<Change, Rc<Reference>>>,
    states: RefCell<BTreeMap<Frozen, Rc<Standing>>>,
}

/// A frozen host as it stands after a boot.
pub(crate) struct Standing {
    pub(crate) state: State,
    /// What `verify` says is broken, promise by promise; nothing is asked of a bare host.
    pub(crate) broken: BTreeMap<String, String>,
}

/// What a clean run of a change did.
pub(crate) struct Reference {
    pub(crate) new: State,
    /// The lines of the steps, as the script read them.
    pub(crate) steps: Vec<String>,
    /// Every path that the manifest names.
    pub(crate) touched: BTreeSet<String>,
    /// How many bytes went over the wire.
    pub(crate) bytes: u64,
}

impl Reference {
    /// A step as the script read it, shortened.
    pub(crate) fn label(&self, step: usize) -> String {
        let line = step.checked_sub(1).and_then(|at| self.steps.get(at)).map_or("before the first", String::as_str);
        line.replace('\t', " ").chars().take(70).collect()
    }
}

/// More than `up` ever takes on a host of the lab, with a gate that is waited for and five attempts to connect.
const PATIENCE: Duration = Duration::from_secs(420);

impl<'a> Ground<'a> {
    /// Deploys the host once, and freezes it before and after.
    pub(crate) fn prepare(deployment: &'a Deployment<'a>) -> Result<Self> {
        let (host, ports) = (deployment.host, Ports::free());
        let steady = Authority::start(deployment.folder.path(), Ports::free(), Temper::Steady)?;
        let (references, states) = (RefCell::default(), RefCell::default());
        let ground = Self { deployment, host, steady, ports, references, states };
        ground.write_inventories()?;
        host.freeze(Frozen::Bare)?;
        let first = ground.clean(Change::First)?;
        ground.references.borrow_mut().insert(Change::First, Rc::new(first));
        host.freeze(Frozen::Deployed)?;
        host.thaw(Frozen::Deployed)?;
        host.run("dpkg --purge lua-unbound > /dev/null; apt-mark unhold jicofo > /dev/null")?;
        host.freeze(Frozen::Lacking)?;
        Ok(ground)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.deployment.inventory(name)
    }

    fn write_inventories(&self) -> Result<()> {
        self.trust(&[])?;
        let usual = fs::read_to_string(self.file("host.yml"))?;
        let directory = format!("authority: {}", self.steady.directory());
        let old_root = self.deployment.lab.folder.join("ca.pem").display().to_string();
        let usual = usual.replace("authority: https://10.87.0.1:14000/dir", &directory).replace(&old_root, "roots.pem");
        ensure!(
            usual.contains("root: roots.pem") && usual.contains(&directory),
            "the demo's inventory has other words"
        );
        let sam = "meeting_hosts: [{ account: sam.voorbeeld, name: Sam Voorbeeld }]\n";
        let jo = "meeting_hosts: [{ account: jo.voorbeeld, name: Jo Voorbeeld }]\n";
        let settings = usual.replace("media:\n", "media:\n  participants: 40\n  peer_to_peer: true\n") + jo + SETTINGS;
        fs::write(self.file("host.yml"), format!("{usual}{sam}"))?;
        fs::write(self.file("settings.yml"), settings)?;
        fs::write(self.file("portal.yml"), format!("{usual}{PORTAL}"))?;
        fs::write(self.file("packages.yml"), format!("{usual}{sam}retention: {{ logs_days: 6 }}\n"))?;
        let jvb = "videobridge { http-servers { private { port = 8099 } } }\n";
        for (folder, path, text) in [
            ("own", "etc/jitsi/jicofo/jicofo.conf.added", "# Words of our own.\n"),
            ("firewall", "etc/nftables.conf.added", "add rule inet vc4all input udp dport 9 drop\n"),
            ("elsewhere", "etc/jitsi/videobridge/jvb.conf.added", jvb),
            ("elsewhere-turn", "etc/turnserver.conf.added", "listening-port=3479\n"),
        ] {
            let file = self.file(folder).join(path);
            fs::create_dir_all(file.parent().context("no folder")?)?;
            fs::write(file, text)?;
        }
        fs::write(self.file("elsewhere.yml"), format!("{usual}{sam}overrides: elsewhere\n"))?;
        fs::write(self.file("firewall.yml"), format!("{usual}{sam}overrides: firewall\n"))?;
        Ok(fs::write(self.file("elsewhere-turn.yml"), format!("{usual}{sam}overrides: elsewhere-turn\n"))?)
    }

    /// Another authority, named by the inventory of that change, and trusted.
    pub(crate) fn new_authority(&self, temper: Temper) -> Result<Authority> {
        let authority = Authority::start(self.deployment.folder.path(), self.ports, temper)?;
        self.trust(&[&authority])?;
        let usual = fs::read_to_string(self.file("host.yml"))?;
        let text = usual.replace(&self.steady.directory(), &authority.directory());
        fs::write(self.file("certificate.yml"), format!("{text}retention: {{ logs_days: 6 }}\n"))?;
        Ok(authority)
    }

    /// As on the internet, where one who changes the authority trusts the old one and the new one.
    fn trust(&self, others: &[&Authority]) -> Result<()> {
        let file = self.file("roots.pem");
        let known = fs::read_to_string(&file).unwrap_or_else(|_| self.steady.roots.clone());
        let roots = others.iter().fold(known, |all, other| all + &other.roots);
        let new = self.file("roots.pem.new");
        fs::write(&new, roots)?;
        Ok(fs::rename(new, file)?)
    }

    /// What a clean run of the change does; it is played when it is first asked for.
    pub(crate) fn reference(&self, change: Change) -> Result<Rc<Reference>> {
        if let Some(known) = self.references.borrow().get(&change) {
            return Ok(Rc::clone(known));
        }
        let _authority = self.new_authority(Temper::Steady)?;
        let reference = Rc::new(self.clean(change).with_context(|| format!("a clean run of {}", change.word()))?);
        self.references.borrow_mut().insert(change, Rc::clone(&reference));
        Ok(reference)
    }

    fn clean(&self, change: Change) -> Result<Reference> {
        self.host.thaw(change.begins())?;
        let (watch, wire) = (Watch::on(self.host)?, Wire::to(self.host, 0, After::Through)?);
        let end = self.going(change.inventory())?.end(PATIENCE)?;
        ensure!(end.code == Some(0), "`up` ends with {:?}:\n{}", end.code, end.err);
        let bytes = wire.bytes()?;
        drop(wire);
        let folder = self.host.tree().join("var/lib/vc4all/run").join(watch.run().context("there was no run")?);
        let steps: Vec<String> = fs::read_to_string(folder.join("steps"))?.lines().map(str::to_owned).collect();
        ensure!(watch::last_step(&watch.events()) == steps.len(), "not all steps were told");
        // systemd tidies up behind the work after it has told its end.
        state::come_to_rest(self.host)?;
        let new = State::of(self.host)?;
        ensure!(new.left.is_empty(), "a clean run leaves behind {:?}", new.left);
        let manifest = fs::read_to_string(self.host.tree().join("var/lib/vc4all/current/manifest"))?;
        let path = |line: &str| {
            let mut words = line.split(' ');
            words
                .next()
                .filter(|kind| matches!(*kind, "file" | "link" | "directory"))
                .and(words.next())
                .map(str::to_owned)
        };
        Ok(Reference { new, steps, touched: manifest.lines().filter_map(path).collect(), bytes })
    }

    /// How a frozen host stands after a boot.
    pub(crate) fn standing(&self, frozen: Frozen, known: Known) -> Result<Rc<Standing>> {
        if let Some(known) = self.states.borrow().get(&frozen) {
            return Ok(Rc::clone(known));
        }
        ensure!(matches!(known, Known::OrLook), "nobody looked at the frozen host before");
        self.host.thaw(frozen)?;
        let state = State::of(self.host)?;
        ensure!(state.left.is_empty(), "a frozen host holds {:?}", state.left);
        let broken = if frozen == Frozen::Bare { BTreeMap::new() } else { self.broken("host.yml")? };
        let standing = Rc::new(Standing { state, broken });
        self.states.borrow_mut().insert(frozen, Rc::clone(&standing));
        Ok(standing)
    }

    /// `up` at work.
    pub(crate) fn going(&self, inventory: &str) -> Result<Going> {
        let mut command = self.deployment.command(&["up", inventory, "--yes", "--no-verify"]);
        Going::start(&mut command, self.deployment.folder.path())
    }

    /// `up` to its end.
    pub(crate) fn up(&self, inventory: &str) -> Result<End> {
        self.going(inventory)?.end(PATIENCE)
    }

    pub(crate) fn end(&self, going: Going) -> Result<End> {
        going.end(PATIENCE)
    }

    /// The promises that `verify` finds broken, and what it saw.
    pub(crate) fn broken(&self, inventory: &str) -> Result<BTreeMap<String, String>> {
        let said = Said::of(&mut self.deployment.in_the_world(&["verify", inventory, "--json"]))?;
        ensure!(matches!(said.code, 0 | 3), "`verify` ends with {}:\n{}", said.code, said.err);
        let report: Value = serde_json::from_str(&said.out).context("no JSON")?;
        let findings = report["chapters"].as_array().into_iter().flatten();
        let findings = findings.flat_map(|chapter| chapter["findings"].as_array().into_iter().flatten());
        let word = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let broken = findings.filter(|finding| finding["verdict"] == "broken");
        Ok(broken.map(|finding| (word(finding, "promise"), word(finding, "seen"))).collect())
    }
}

/// The program of this checkout needs its own for hosts beside it.
pub(crate) fn has_agent() -> bool {
    let folder = PathBuf::from(env!("CARGO_BIN_EXE_vc4all-deploy"));
    folder.with_file_name(format!("vc4all-agent-{}", std::env::consts::ARCH)).is_file()
        || repository().join("target/debug/vc4all-agent-x86_64").is_file()
}

const SETTINGS: &str = "access:
  token_minutes: 60
  guests: password
retention: { logs_days: 5 }
languages: [nl]
updates: { security: manual }
overrides: own
";

const PORTAL: &str = "access:
  meeting_hosts: jwt
  jwt:
    issuer: portaal
    audience: vergaderen
    login: \"https://portaal.voorbeeldstad.nl/vergaderen?ruimte={room}\"
    operator: Stichting Voorbeeld
    country: NL
";
