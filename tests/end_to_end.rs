//! The real program on real hosts of the lab: every sentence of "it is up" and of "it refuses" is a named check.
//!
//! `cargo test --test end_to_end -- WORD…` plays the stories whose name holds a WORD (`debian_12`, `debian_13`,
//! `refusals`, `breakages`, and the verbs of later life). `LAB_DIR` borrows another checkout's base trees; `END_TO_END_KEEP=1`
//! leaves the hosts running.

#[path = "end_to_end/arrival.rs"]
mod arrival;
#[path = "end_to_end/backup.rs"]
mod backup;
#[path = "end_to_end/breakages.rs"]
mod breakages;
#[path = "end_to_end/browser.rs"]
mod browser;
#[path = "end_to_end/convergence.rs"]
mod convergence;
#[path = "end_to_end/destroy.rs"]
mod destroy;
#[path = "end_to_end/doors.rs"]
mod doors;
#[path = "end_to_end/egress.rs"]
mod egress;
#[path = "end_to_end/elsewhere.rs"]
mod elsewhere;
#[path = "end_to_end/generations.rs"]
mod generations;
#[path = "end_to_end/graders.rs"]
mod graders;
#[path = "end_to_end/guard.rs"]
mod guard;
#[path = "end_to_end/interruptions.rs"]
mod interruptions;
#[path = "end_to_end/lab.rs"]
mod lab;
#[path = "end_to_end/lockout.rs"]
mod lockout;
#[path = "end_to_end/logins.rs"]
mod logins;
#[path = "end_to_end/meetings.rs"]
mod meetings;
#[path = "end_to_end/observatory.rs"]
mod observatory;
#[path = "end_to_end/packages.rs"]
mod packages;
#[path = "end_to_end/ports.rs"]
mod ports;
#[path = "end_to_end/program.rs"]
mod program;
#[path = "end_to_end/refusals.rs"]
mod refusals;
#[path = "end_to_end/renames.rs"]
mod renames;
#[path = "end_to_end/renewal.rs"]
mod renewal;
#[path = "end_to_end/renewals.rs"]
mod renewals;
#[path = "end_to_end/revocation.rs"]
mod revocation;
#[path = "end_to_end/sitting.rs"]
mod sitting;
#[path = "end_to_end/story.rs"]
mod story;
#[path = "end_to_end/traces.rs"]
mod traces;
#[path = "end_to_end/upgrade.rs"]
mod upgrade;
#[path = "end_to_end/visitor.rs"]
mod visitor;
#[path = "end_to_end/web.rs"]
mod web;

use anyhow::Result;
use lab::{Lab, Release};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use story::{Story, Tally};

/// A story's name and who tells it.
type Told = (&'static str, fn(&mut Story, &Lab) -> Result<()>);

const STORIES: &[Told] = &[
    ("debian_12", debian_12),
    ("debian_13", debian_13),
    ("refusals", refusals::tell),
    ("breakages", breakages::tell),
    ("lockout", lockout::tell),
    ("backup", backup::tell),
    ("upgrade", upgrade::tell),
    ("generations", generations::alone),
    ("guard_12", guard::on_debian_12),
    ("guard_13", guard::on_debian_13),
    ("renewal_12", renewals::on_debian_12),
    ("renewal_13", renewals::on_debian_13),
    ("renewal_walls", renewals::walls::tell),
    ("destroy", destroy::tell),
    ("renames", renames::tell),
];

/// How many lives are told in this run.
static LIVES: AtomicUsize = AtomicUsize::new(0);
/// How many of them have come to an end, or broken off.
static LIVED: AtomicUsize = AtomicUsize::new(0);

fn is_life(name: &str) -> bool {
    name.starts_with("debian")
}

fn debian_12(story: &mut Story, lab: &Lab) -> Result<()> {
    whole_life(story, lab, Release::Bookworm)
}

fn debian_13(story: &mut Story, lab: &Lab) -> Result<()> {
    whole_life(story, lab, Release::Trixie)
}

/// A host from its first minute to its upgrade.
fn whole_life(story: &mut Story, lab: &Lab, release: Release) -> Result<()> {
    let host = lab.host(&format!("e2e-{}", release.number()), release)?;
    let deployment = program::Deployment::on(lab, &host)?;
    let visitor = visitor::Visitor::of(&deployment)?;
    egress::begin(story, &deployment);
    let Some(first) = arrival::tell(story, &deployment) else {
        return Ok(());
    };
    web::tell(story, &deployment, &visitor);
    observatory::tell(story, &deployment, &visitor);
    browser::tell(story, &deployment, &visitor);
    graders::testssl(story, &deployment, &visitor);
    ports::tell(story, &deployment, &visitor);
    let rooms = meetings::tell(story, &deployment, &visitor)?;
    let secrets = doors::tell(story, &deployment, &visitor);
    traces::tell(story, &deployment, &visitor, &traces::Words { first, rooms, secrets });
    elsewhere::tell(story, &deployment, &visitor);
    convergence::tell(story, &deployment);
    renewal::tell(story, &deployment, &visitor);
    logins::tell(story, &deployment);
    interruptions::tell(story, &deployment);
    // After this the tests themselves let the host fetch packages from a server of theirs.
    egress::end(story, &deployment);
    packages::tell(story, &deployment);
    Ok(())
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted: Vec<Told> = STORIES
        .iter()
        .copied()
        .filter(|(name, _)| words.is_empty() || words.iter().any(|word| name.contains(word.as_str())))
        .collect();
    if std::env::args().any(|argument| argument == "--list") {
        wanted.iter().for_each(|(name, _)| story::print(&format!("{name}: test")));
        return ExitCode::SUCCESS;
    }
    if wanted.is_empty() {
        story::print("test result: ok. 0 passed; 0 failed; no story has such a name");
        return ExitCode::SUCCESS;
    }
    LIVES.store(wanted.iter().filter(|(name, _)| is_life(name)).count(), Ordering::Relaxed);
    match Lab::open() {
        Ok(lab) => {
            let tally = play(&lab, &wanted);
            lab.close();
            story::end(&tally)
        }
        Err(why) if std::env::var_os("CI").is_none() => {
            story::print(&format!("left out, every check on real hosts: {why:#}"));
            ExitCode::SUCCESS
        }
        Err(why) => {
            story::print(&format!("FAILED, no check on real hosts: {why:#}"));
            ExitCode::FAILURE
        }
    }
}

/// How many stories are told at once: they mostly wait, but too many at once would let healthy servers miss deadlines.
const AT_ONCE: usize = 4;

/// Plays the stories beside each other, in their order.
fn play(lab: &Lab, stories: &[Told]) -> Tally {
    let next = AtomicUsize::new(0);
    let play_some = || {
        let mut tally = Tally::default();
        while let Some(told) = stories.get(next.fetch_add(1, Ordering::Relaxed)) {
            let played = catch_unwind(AssertUnwindSafe(|| tell(lab, told)));
            tally.add(played.unwrap_or_else(|_| Tally::broken(told.0, "it panicked, see above")));
            LIVED.fetch_add(usize::from(is_life(told.0)), Ordering::Relaxed);
        }
        tally
    };
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let players: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(play_some)).collect();
        for player in players {
            tally.add(player.join().unwrap_or_else(|_| Tally::broken("a story", "it panicked, see above")));
        }
    });
    tally
}

fn tell(lab: &Lab, (name, teller): &Told) -> Tally {
    let mut story = Story::new(name);
    if let Err(why) = teller(&mut story, lab) {
        story.fail("the story goes on to its end", &why);
    }
    story.into_tally()
}
