//! From one generation to another and back, on thousands of hosts: what nobody wants any more goes, what stood there before
//! comes back, and what somebody edited is noticed.

use crate::dice::Dice;
use crate::fake::Host;
use crate::life::{self, Life};
use crate::setting;
use crate::world::World;
use std::collections::BTreeMap;
use vc4all_deploy::model::agreed::{Agreed, Edits};
use vc4all_deploy::model::names::HostPath;
use vc4all_deploy::model::objection::Weight;
use vc4all_deploy::model::observed::{Managed, SeenPath};
use vc4all_deploy::model::plan::{Action, Plan};
use vc4all_deploy::model::resource::{Claim, Resource};
use vc4all_deploy::plan;

/// A world, and a host on which its claims are the first generation; somebody had been there before us.
fn scene(seed: u64) -> (World, Life, Host, Dice) {
    let mut dice = Dice::of(seed);
    let world = World::random(&mut dice);
    let host = if dice.percent(50) { world.messy_host(&mut dice) } else { world.fresh_host() };
    let mut life = Life::of(host.clone());
    go(&world, &mut life, &world.claims, seed);
    (world, life, host, dice)
}

fn go(world: &World, life: &mut Life, wanted: &[Claim], seed: u64) {
    let plan = life.plan(wanted);
    life.apply(world, wanted, &plan, None).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
}

/// Some of the claims, which go together.
fn fewer(claims: &[Claim], dice: &mut Dice) -> Vec<Claim> {
    let mut left = claims.to_vec();
    for claim in claims {
        // Packages and folders stay anyway.
        let stays = matches!(claim.resource, Resource::Package(_) | Resource::Directory(_));
        if stays || dice.percent(50) {
            continue;
        }
        let without: Vec<Claim> = left.iter().filter(|other| *other != claim).cloned().collect();
        if plan::check(&without).is_ok() {
            left = without;
        }
    }
    left
}

/// Everything that a generation decides about, with marks in the place of secrets.
fn decided(life: &Life, claims: &[Claim]) -> BTreeMap<HostPath, SeenPath> {
    let seen = life.observe();
    let paths = claims.iter().flat_map(|claim| life::paths(&claim.resource));
    paths.filter_map(|path| Some((path.clone(), seen.paths.get(path)?.clone()))).collect()
}

#[test]
fn what_nobody_wants_any_more_goes_and_what_stood_there_before_comes_back() {
    let mut gone = 0;
    for seed in 0..300 {
        let (world, mut life, first, mut dice) = scene(seed);
        let wanted = fewer(&world.claims, &mut dice);
        go(&world, &mut life, &wanted, seed);
        for claim in world.claims.iter().filter(|claim| !wanted.contains(claim)) {
            for path in life::paths(&claim.resource) {
                assert_eq!(life.host.paths.get(path), first.paths.get(path), "seed {seed}: {path}");
                gone += 1;
            }
            match &claim.resource {
                Resource::Given(given) => {
                    assert!(!life.host.given.contains_key(&given.name), "seed {seed}: {}", given.name)
                }
                Resource::Secret(name) => assert!(!life.host.secrets.contains_key(name), "seed {seed}: {name}"),
                Resource::Account(account) => {
                    let name = format!("{}@{}", account.user, account.domain);
                    assert!(!life.host.accounts.contains_key(&name), "seed {seed}: {name}");
                }
                _ => {}
            }
        }
        let second = life.plan(&wanted);
        assert!(second.is_empty(), "seed {seed}: {:#?}", second.changes);
    }
    assert!(gone > 400, "only {gone} paths were given up");
}

#[test]
fn from_one_generation_to_another_and_back_nothing_differs() {
    for seed in 0..300 {
        let (world, mut life, _, mut dice) = scene(seed);
        let before = decided(&life, &world.claims);
        let (units, roster) = (states(&life), life.host.roster.clone());
        let wanted = fewer(&world.claims, &mut dice);
        go(&world, &mut life, &wanted, seed);
        if dice.percent(50) {
            // And on to a third one; the record that is gone back to is the last but one.
            let fewer = fewer(&wanted, &mut dice);
            go(&world, &mut life, &fewer, seed);
            go(&world, &mut life, &wanted, seed);
            assert_eq!(
                named(&life.recorded(1)),
                named(&fewer.iter().filter(|it| is_recorded(it)).cloned().collect::<Vec<_>>())
            );
        }
        go(&world, &mut life, &world.claims, seed);
        assert_eq!(decided(&life, &world.claims), before, "seed {seed}");
        assert_eq!(states(&life), units, "seed {seed}");
        assert_eq!(life.host.roster, roster, "seed {seed}");
        assert!(life.plan(&world.claims).is_empty(), "seed {seed}");
    }
}

fn named(claims: &[Claim]) -> Vec<&Resource> {
    claims.iter().map(|claim| &claim.resource).collect()
}

/// No generation keeps the certificate or who has an account at the door.
fn is_recorded(claim: &Claim) -> bool {
    !matches!(claim.resource, Resource::Certificate(_) | Resource::Roster(_) | Resource::Given(_))
}

fn states(life: &Life) -> Vec<(String, bool, bool)> {
    let units = life.host.units.iter();
    units.map(|(name, unit)| (name.to_string(), unit.seen.enabled, unit.seen.active)).collect()
}

#[test]
fn a_failure_on_the_way_to_another_generation_leaves_the_old_one() {
    let mut failures = 0;
    for seed in 0..40 {
        let (world, life, _, mut dice) = scene(seed);
        let wanted = fewer(&world.claims, &mut dice);
        let plan = life.plan(&wanted);
        for step in 0..plan.changes.len() {
            let mut broken = life.clone();
            broken.apply(&world, &wanted, &plan, Some(step)).expect_err("the step was to fail");
            let what = format!("seed {seed}, step {step}");
            crate::assert_restored(&life.host, &broken.host, &plan, &what);
            assert_eq!(broken.observe().standing, life.observe().standing, "{what}");
            go(&world, &mut broken, &wanted, seed);
            assert!(broken.plan(&wanted).is_empty(), "{what}");
            failures += 1;
        }
    }
    assert!(failures > 150, "only {failures} failures were tried");
}

#[test]
fn what_somebody_edited_stops_a_plan_that_would_undo_it_and_no_other() {
    let (mut stopped, mut free) = (0, 0);
    for seed in 0..250 {
        let (world, mut life, _, mut dice) = scene(seed);
        let claim = dice.pick(&world.claims).clone();
        world.mess(&mut life.host, &mut dice, &claim.resource);
        let seen = life.observe();
        let plan = life.plan(&world.claims);
        let managed = seen.standing.as_ref().unwrap().managed.clone();
        let edited = |path: &HostPath| managed.get(path).is_some_and(|managed| *managed != Managed::AsLeft);
        let undone = plan.changes.iter().filter(|change| !matches!(change.action, Action::MakeDirectory(_)));
        let undone = undone.filter_map(|change| change.action.path()).any(edited);
        let stops = |edits| objects(&world.claims, &plan, &life, edits);
        assert_eq!(stops(Edits::Keep), undone, "seed {seed}: {:#?}", plan.changes);
        assert!(!stops(Edits::Overwrite), "seed {seed}");
        if undone {
            stopped += 1
        } else {
            free += 1
        }
        go(&world, &mut life, &world.claims, seed);
        assert!(life.plan(&world.claims).is_empty(), "seed {seed}");
    }
    assert!(stopped > 40 && free > 40, "{stopped} plans were stopped, {free} were not");
}

/// Whether an edit stops the plan; other objections do not count.
fn objects(claims: &[Claim], plan: &Plan, life: &Life, edits: Edits) -> bool {
    let (deployment, seen) = (setting::deployment(), life.observe());
    let agreed = Agreed { edits, ..Agreed::default() };
    let case = plan::Case { deployment: &deployment, claims, plan, seen: &seen, agreed };
    let objections = plan::objections(&case);
    objections.iter().any(|objection| objection.weight == Weight::Stops && objection.what.contains("somebody changed"))
}
