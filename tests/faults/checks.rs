//! What must hold after every run: all of it, looked at in full even where the first look already fails.

use crate::case::{Case, Change, Kind, Outcome};
use crate::going::End;
use crate::ground::{Ground, Reference};
use crate::leaks::{self, Processes};
use crate::state::{self, State};
use crate::strike::Struck;
use anyhow::{Context as _, Error, Result, bail, ensure};
use std::collections::BTreeSet;

/// How a run ended, and everything that was wrong with it.
pub(crate) struct Verdict {
    pub(crate) outcome: Option<Outcome>,
    pub(crate) faults: Vec<String>,
}

/// A run whose fault is over.
pub(crate) struct Aftermath<'a> {
    pub(crate) ground: &'a Ground<'a>,
    pub(crate) case: Case,
    pub(crate) reference: &'a Reference,
    pub(crate) struck: &'a Struck,
    pub(crate) processes: &'a Processes,
    /// Secrets that the host held before.
    pub(crate) words: BTreeSet<String>,
}

impl Verdict {
    fn take<T>(&mut self, what: &str, result: Result<T>) -> Option<T> {
        result.map_err(|why: Error| self.faults.push(format!("{what}: {why:#}"))).ok()
    }
}

impl Aftermath<'_> {
    pub(crate) fn judge(&self) -> Verdict {
        let mut verdict = Verdict { outcome: None, faults: Vec::new() };
        verdict.take("at rest", state::come_to_rest(self.ground.host));
        if let Some(found) = verdict.take("look", State::of(self.ground.host)) {
            verdict.outcome = verdict.take("generation", self.outcome(&found));
            verdict.take("left behind", self.nothing_left_yet(&found));
        }
        if let Some(outcome) = verdict.outcome {
            verdict.take("promises", self.promises(outcome));
        }
        verdict.take("what it said", self.said(verdict.outcome));
        verdict.take("next up", self.converges());
        verdict.take("secrets", self.secrets());
        verdict
    }

    /// Wholly in the old or wholly in the new generation.
    fn outcome(&self, found: &State) -> Result<Outcome> {
        let before = self.ground.standing(self.case.change.begins(), Known::Only)?;
        if found.generation == self.reference.new.generation {
            same(&self.reference.new, found, &BTreeSet::new())?;
            ensure!(self.case.kind != Kind::GateElsewhere, "a daemon that is not healthy came into force");
            return Ok(Outcome::New);
        }
        ensure!(found.generation == before.state.generation, "generation {} is in force", found.generation);
        let brought: BTreeSet<&String> = found.packages.difference(&before.state.packages).collect();
        let lost: Vec<&String> = before.state.packages.difference(&found.packages).collect();
        ensure!(lost.is_empty(), "packages are gone: {lost:?}");
        let mut tolerated = self.of_packages(&brought)?;
        // What was made once stays: a secret, and the note of an account that has it.
        let new = found.seen.keys().filter(|path| !before.state.seen.contains_key(*path));
        tolerated.extend(new.filter(|path| STAYS.iter().any(|place| path.starts_with(place))).cloned());
        if self.case.change == Change::First {
            self.nothing_of_ours(&before.state, found, &tolerated)?;
        } else {
            same(&before.state, found, &tolerated)?;
        }
        Ok(Outcome::Old)
    }

    /// The paths that these packages laid down.
    fn of_packages(&self, packages: &BTreeSet<&String>) -> Result<BTreeSet<String>> {
        if packages.is_empty() {
            return Ok(BTreeSet::new());
        }
        let names: Vec<&str> = packages.iter().filter_map(|line| line.split(' ').next()).collect();
        let text = self.ground.host.run(&format!("dpkg -L {} | sort -u", names.join(" ")))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// A host on which nothing was deployed before may keep packages, and of ours nothing.
    fn nothing_of_ours(&self, before: &State, found: &State, tolerated: &BTreeSet<String>) -> Result<()> {
        let ours = self.reference.touched.iter().filter(|path| !tolerated.contains(*path));
        let as_ours = |path: &&String| {
            let there = found.seen.get(*path);
            // What a package's scripts make is theirs; a folder of theirs looks like ours.
            let made = there.is_some_and(|seen| !seen.starts_with("folder") || path.contains("vc4all"));
            made && there != before.seen.get(*path) && there == self.reference.new.seen.get(*path)
        };
        let stays = |path: &str| path == "/etc/vc4all" || path == "/etc/vc4all/secrets";
        let left: Vec<String> = ours
            .filter(as_ours)
            .filter(|path| !stays(path))
            .map(|path| format!("{path}: {}", found.seen[path]))
            .collect();
        ensure!(left.is_empty(), "of ours is still there:\n{}", left.join("\n"));
        let running = found.seen.iter().filter(|(name, seen)| name.starts_with("unit ") && seen.ends_with(" active"));
        let began: Vec<&String> =
            running.filter(|(name, seen)| before.seen.get(*name) != Some(seen)).map(|it| it.0).collect();
        let known = ["unit unattended-upgrades.service", "unit logrotate.timer", "unit apt-daily.timer"];
        let began: Vec<&&String> = began.iter().filter(|name| !known.contains(&name.as_str())).collect();
        ensure!(began.is_empty(), "running: {began:?}");
        Ok(())
    }

    /// On a disk that took nothing before the run had the lock, its data stay until the next `up`.
    fn nothing_left_yet(&self, found: &State) -> Result<()> {
        let mut found = found.clone();
        found.left.retain(|path| self.case.kind != Kind::ReadOnly || !path.ends_with("/data"));
        nothing_left(&found)
    }

    fn promises(&self, outcome: Outcome) -> Result<()> {
        let (inventory, known) = match outcome {
            Outcome::New => (self.struck.inventory, None),
            Outcome::Old if self.case.change == Change::First => return Ok(()),
            Outcome::Old => ("host.yml", Some(self.ground.standing(self.case.change.begins(), Known::Only)?)),
        };
        let mut broken = self.ground.broken(inventory)?;
        let unissued =
            matches!(self.case.change, Change::First | Change::Certificate) && self.struck.end.code != Some(0);
        broken.retain(|promise, _| !unissued || !OF_THE_CERTIFICATE.contains(&promise.as_str()));
        // The rehearsal comes after all else; whoever was cut off before it has one with the next `up`.
        let unrehearsed = self.struck.end.code != Some(0);
        broken.retain(|promise, seen| !unrehearsed || promise != "renewal" || !seen.contains("rehears"));
        // The standing order holds the roots that the inventory names, and each new authority of a run adds its own to them.
        broken.retain(|promise, seen| promise != "drift" || seen != "/etc/vc4all/renewal.json was changed");
        // A package that was missing may be there now; nothing else may be wrong than before.
        broken.retain(|promise, seen| {
            let before = known.as_ref().and_then(|known| known.broken.get(promise));
            before.is_none_or(|before| !seen.split(", ").all(|part| before.contains(part)))
        });
        let list: Vec<String> = broken.iter().map(|(promise, seen)| format!("{promise}: {seen}")).collect();
        ensure!(list.is_empty(), "broken in the {outcome:?} generation:\n{}", list.join("\n"));
        Ok(())
    }

    /// The documented exit code, one error, and its help.
    fn said(&self, outcome: Option<Outcome>) -> Result<()> {
        let End { code, signal, err, .. } = &self.struck.end;
        let Some(code) = code else {
            let ours = matches!((self.case.kind, signal), (Kind::KillProgram, Some(9)) | (Kind::Interrupt, Some(2)));
            ensure!(ours, "a signal ended it: {signal:?}\n{err}");
            return Ok(());
        };
        if self.case.kind == Kind::Interrupt && *code == 130 {
            return Ok(());
        }
        let promised = Outcome::promised(*code).with_context(|| err.clone())?;
        if let (Some(promised), Some(outcome)) = (promised, outcome)
            && promised != outcome
        {
            bail!("exit code {code}, and the host is in its {outcome:?} generation:\n{err}");
        }
        if *code == 0 {
            return Ok(());
        }
        let errors = err.lines().filter(|line| line.starts_with("error:")).count();
        ensure!(errors == 1 || *code == 5, "{errors} errors with exit code {code}:\n{err}");
        ensure!(err.contains("help:") || *code == 5, "no help with exit code {code}:\n{err}");
        Ok(())
    }

    /// The next `up` leads to the new generation, and the one after it has nothing to do.
    fn converges(&self) -> Result<()> {
        let inventory = self.case.change.inventory();
        let next = self.ground.up(inventory)?;
        ensure!(next.code == Some(0), "it ends with {:?}:\n{}{}", next.code, next.out, next.err);
        let empty = self.ground.up(inventory)?;
        ensure!(
            empty.code == Some(0) && empty.out.contains("nothing to do"),
            "a second one works:\n{}{}",
            empty.out,
            empty.err
        );
        let found = State::of(self.ground.host)?;
        same(&self.reference.new, &found, &BTreeSet::new())?;
        nothing_left(&found)
    }

    fn secrets(&self) -> Result<()> {
        let mut words = self.words.clone();
        words.extend(leaks::words(&self.ground.host.tree()));
        ensure!(words.len() > 3, "there are no secrets to look for");
        let said = format!("{}{}", self.struck.end.out, self.struck.end.err);
        leaks::none(self.ground, &words, &said, self.processes)
    }
}

/// Whether a look at a frozen host may cost a boot: not while another run stands on it.
pub(crate) enum Known {
    Only,
    OrLook,
}

const STAYS: [&str; 2] = ["/etc/vc4all/secrets/", "/var/lib/vc4all/accounts/"];

/// What a certificate proves; where the order of one failed, the former one or the placeholder serves until the next `up`.
const OF_THE_CERTIFICATE: [&str; 5] =
    ["certificate-trusted", "certificate-days", "certificate-key", "statement-true", "hsts"];

fn same(wanted: &State, found: &State, tolerated: &BTreeSet<String>) -> Result<()> {
    let differ = wanted.differs(found, tolerated);
    ensure!(differ.is_empty(), "generation {} is in force, but\n{}", found.generation, differ.join("\n"));
    Ok(())
}

fn nothing_left(found: &State) -> Result<()> {
    let left: Vec<&str> = found.left.iter().map(String::as_str).collect();
    ensure!(left.is_empty(), "{}", left.join(", "));
    Ok(())
}
