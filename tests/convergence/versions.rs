//! Packages that go to another version, on hosts in memory: wholly, and with them whatever they bring; or not at all.

use super::fake::{Host, Need};
use super::world::World;
use super::{Dice, converge, diff, scene, setting};
use vc4all_deploy::model::known::{Move, Moves};
use vc4all_deploy::model::plan::{Action, Plan};
use vc4all_deploy::model::resource::{InstallStage, Resource};
use vc4all_deploy::model::version::PackageVersion;
use vc4all_deploy::plan;

/// Some of Jitsi's packages, from the version that all have at first to another one.
fn moves(world: &World, dice: &mut Dice) -> Moves {
    let version = |text: &str| PackageVersion::new(text).unwrap();
    let step = Move { from: version("1.0"), to: version("2.0") };
    let jitsi = world.claims.iter().filter_map(|claim| match &claim.resource {
        Resource::Package(package) if package.stage == InstallStage::Jitsi => Some(package.name.clone()),
        _ => None,
    });
    jitsi.filter(|_| dice.percent(80)).map(|name| (name, step.clone())).collect()
}

fn upgrade(world: &World, host: &Host, moves: &Moves) -> Plan {
    plan::upgrade(&setting::deployment(), &world.claims, &host.observe(), moves)
}

/// A converged host whose packages shall move; nothing where there is none.
fn ready(seed: u64) -> Option<(World, Host, Moves)> {
    let (world, mut host, mut dice) = scene(seed);
    converge(&world, &mut host).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
    let moves = moves(&world, &mut dice);
    (!moves.is_empty()).then_some((world, host, moves))
}

#[test]
fn an_upgrade_moves_the_packages_and_leaves_nothing_to_do() {
    let mut moved = 0;
    for seed in 0..600 {
        let Some((world, mut host, moves)) = ready(seed) else { continue };
        let plan = upgrade(&world, &host, &moves);
        let steps = plan.changes.iter().filter(|change| matches!(change.action, Action::Upgrade { .. })).count();
        assert_eq!(steps, moves.len(), "seed {seed}");
        host.apply(&world.archive, &plan, None).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        assert!(moves.keys().all(|name| host.versions[name] == "2.0" && host.packages[name]), "seed {seed}");
        assert!(upgrade(&world, &host, &moves).is_empty(), "seed {seed}: the same again");
        let after = diff(&world, &host);
        assert!(after.is_empty(), "seed {seed}: {:#?}", after.changes);
        for (name, unit) in &host.units {
            assert!(!unit.seen.active || unit.need == Need::Nothing, "seed {seed}: {name} runs with old files");
        }
        moved += moves.len();
    }
    assert!(moved > 300, "{moved}");
}

#[test]
fn an_upgrade_that_fails_anywhere_leaves_every_version_and_file_as_it_was() {
    for seed in 0..300 {
        let Some((world, before, moves)) = ready(seed) else { continue };
        let plan = upgrade(&world, &before, &moves);
        for fails_at in 0..plan.changes.len() {
            let mut host = before.clone();
            assert!(host.apply(&world.archive, &plan, Some(fails_at)).is_err());
            assert_eq!(host.observe().packages, before.observe().packages, "seed {seed}, step {fails_at}");
            let Action::WriteFile { file, .. } = &plan.changes[fails_at].action else { continue };
            assert_eq!(host.paths.get(&file.path), before.paths.get(&file.path), "seed {seed}, step {fails_at}");
        }
    }
}
