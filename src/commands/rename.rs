//! `rename`: the instance under another domain, and then the inventory too.

use super::aim::Aim;
use super::blueprint::Blueprint;
use super::change::{self, End, Wish};
use super::terminal::Terminal;
use super::written::Draft;
use crate::cli;
use crate::exit::Exit;
use crate::inventory;
use crate::model::advice::Advice;
use crate::model::values::Domain;
use anyhow::{Context as _, Result};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// A domain that the inventory shall have as soon as the host has it.
pub(super) struct NewName {
    domain: Domain,
    inventory: PathBuf,
    /// The inventory as it will be; nothing once it is in its place.
    draft: RefCell<Option<Draft>>,
}

impl NewName {
    /// Writes the inventory with the new domain.
    ///
    /// # Errors
    /// When it cannot be written any more; the message says what to write by hand.
    pub(super) fn write_down(&self, terminal: &mut Terminal) -> Result<()> {
        let Some(draft) = self.draft.take() else { return Ok(()) };
        let (domain, file) = (&self.domain, self.inventory.display());
        if let Err(error) = draft.put() {
            let cause = format!("the host is {domain} now, but {file} still has the old domain: {error:#}");
            return Err(Advice::new(cause, format!("write `domain: {domain}` in it, then run `up`")).into());
        }
        terminal.note(&format!("{file}: the domain is {domain} now"));
        Ok(())
    }
}

pub(super) fn run(
    args: &cli::Rename,
    ssh_config: Option<&Path>,
    agent: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let domain = new_domain(&args.domain)?;
    let renamed = inventory::load_renamed(&args.inventory, &domain)?;
    if renamed.before == domain {
        let cause = format!("{} has the domain {domain} already", args.inventory.display());
        return Err(Advice::new(cause, "run `up` where the host is not there yet").into());
    }
    let mentions = mentions(&renamed.bytes, renamed.before.as_str());
    let blueprint = &Blueprint::of(renamed.deployment)?.finding_agents(agent)?;
    let draft = Draft::beside(&args.inventory, renamed.bytes).with_context(|| {
        format!("{} could not be written afterwards; nothing was changed", args.inventory.display())
    })?;
    let draft = RefCell::new(Some(draft));
    let aim = &Aim::NewName(NewName { domain: domain.clone(), inventory: args.inventory.clone(), draft });
    let wish = Wish { blueprint, aim, consent: &args.consent, ssh_config };
    Ok(match change::carry_out(&wish, terminal)? {
        End::Unchanged(exit) => exit,
        End::InForce(exit) => {
            terminal.note(&farewell(&renamed.before, &domain));
            if !mentions.is_empty() {
                terminal.note(&format!("  - {} still says {} in {mentions}", args.inventory.display(), renamed.before));
            }
            exit
        }
    })
}

/// The lines of the inventory that still say the old domain, such as a mail address below it.
fn mentions(inventory: &[u8], before: &str) -> String {
    let text = String::from_utf8_lossy(inventory);
    let lines = (1..).zip(text.lines()).filter(|(_, line)| line.contains(before));
    let numbers: Vec<String> = lines.map(|(number, _)| format!("line {number}")).collect();
    numbers.join(", ")
}

fn new_domain(text: &str) -> Result<Domain> {
    Domain::parse(text).map_err(|refusal| Advice::new(format!("{text:?} {}", refusal.what), refusal.write).into())
}

/// What nobody but the operator can do.
fn farewell(before: &Domain, domain: &Domain) -> String {
    format!(
        "https://{domain}/ is up; this host no longer answers to {before}. What is left for you:\n  \
         - invitations, calendar entries and bookmarks with {before} lead nowhere: send new ones\n  \
         - keep the DNS record of {before} or delete it, but let nobody else have the name soon\n  \
         - authenticator apps still show {before}: the codes stay good, and everybody may change the label\n  \
         - tell people where they read the new privacy statement, and whoever links to the instance"
    )
}
