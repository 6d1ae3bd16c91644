//! Whole runs on hosts in memory, in thousands of worlds: one apply converges, whatever the host was like.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends where something is wrong")]

#[path = "convergence/archive.rs"]
mod archive;
#[path = "convergence/dice.rs"]
mod dice;
#[path = "convergence/fake.rs"]
mod fake;
#[path = "convergence/generations.rs"]
mod generations;
#[path = "convergence/handed.rs"]
mod handed;
#[path = "convergence/life.rs"]
mod life;
#[path = "convergence/real.rs"]
mod real;
#[path = "convergence/setting.rs"]
mod setting;
mod support;
#[path = "convergence/versions.rs"]
mod versions;
#[path = "convergence/world.rs"]
mod world;

use dice::Dice;
use fake::{Host, Need};
use vc4all_deploy::model::names::HostPath;
use vc4all_deploy::model::observed::SeenPath;
use vc4all_deploy::model::plan::{Action, Plan, UnitAct};
use vc4all_deploy::model::resource::{InstallStage, Refresh, Resource};
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::plan;
use vc4all_deploy::render::Renderer;
use vc4all_deploy::view::{self, Colour};
use world::World;

/// A world and a host in some state: fresh, made by hand, or converged and changed by hand.
fn scene(seed: u64) -> (World, Host, Dice) {
    let mut dice = Dice::of(seed);
    let world = World::random(&mut dice);
    plan::check(&world.claims).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let host = match dice.below(3) {
        0 => world.fresh_host(),
        1 => world.messy_host(&mut dice),
        _ => {
            let mut host = world.fresh_host();
            converge(&world, &mut host).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
            for _ in 0..dice.below(4) {
                let claim = dice.pick(&world.claims).clone();
                world.mess(&mut host, &mut dice, &claim.resource);
            }
            host
        }
    };
    (world, host, dice)
}

fn diff(world: &World, host: &Host) -> Plan {
    plan::diff(&setting::deployment(), &world.claims, &host.observe())
}

fn converge(world: &World, host: &mut Host) -> Result<(), String> {
    host.apply(&world.archive, &diff(world, host), None)
}

#[test]
fn one_apply_converges_and_a_second_plan_is_empty() {
    let mut changes = 0;
    for seed in 0..1500 {
        let (world, mut host, _) = scene(seed);
        let first = diff(&world, &host);
        changes += first.changes.len();
        host.apply(&world.archive, &first, None).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        let second = diff(&world, &host);
        assert!(second.is_empty(), "seed {seed}: {:#?}", second.changes);
        assert_eq!(second.unchanged, world.claims.len(), "seed {seed}");
        assert!(host.overdue.is_empty(), "seed {seed}: {:?} not read anew", host.overdue);
        for claim in &world.claims {
            assert_in_force(&host, &claim.resource, seed);
        }
        for (name, unit) in &host.units {
            assert!(!unit.seen.active || unit.need == Need::Nothing, "seed {seed}: {name} runs with old files");
        }
    }
    assert!(changes > 15_000, "the worlds are too small to tell anything: {changes} changes");
}

/// What a look through the probe cannot tell: the secrets themselves stand where their marks are.
fn assert_in_force(host: &Host, resource: &Resource, seed: u64) {
    match resource {
        Resource::Account(account) => {
            let password = &host.accounts[&format!("{}@{}", account.user, account.domain)];
            assert!(host.secrets.values().any(|secret| secret == password), "seed {seed}: {}", account.user);
        }
        Resource::File(file) => {
            let Some(SeenPath::File { text: Some(text), .. }) = host.paths.get(&file.path) else {
                panic!("seed {seed}: {} is no file", file.path)
            };
            assert!(!text.contains("__vc4all_secret_"), "seed {seed}: {} holds a mark", file.path);
        }
        _ => {}
    }
}

#[test]
fn a_failure_at_any_step_restores_every_file_and_the_next_apply_converges() {
    let mut failures = 0;
    for seed in 0..120 {
        let (world, host, _) = scene(seed);
        let plan = diff(&world, &host);
        for step in 0..plan.changes.len() {
            let mut broken = host.clone();
            broken.apply(&world.archive, &plan, Some(step)).expect_err("the step was to fail");
            assert_restored(&host, &broken, &plan, &format!("seed {seed}, step {step}"));
            converge(&world, &mut broken).unwrap_or_else(|why| panic!("seed {seed}, after step {step}: {why}"));
            assert!(diff(&world, &broken).is_empty(), "seed {seed}, after step {step}");
            failures += 1;
        }
    }
    assert!(failures > 1000, "only {failures} failures were tried");
}

/// Every path that was there is as it was; every path of the plan that was not there is not there.
fn assert_restored(before: &Host, after: &Host, plan: &Plan, what: &str) {
    for (path, seen) in &before.paths {
        assert_eq!(after.paths.get(path), Some(seen), "{what}: {path}");
    }
    for path in plan.changes.iter().filter_map(|change| change.action.path()) {
        assert_eq!(after.paths.get(path), before.paths.get(path), "{what}: {path}");
    }
    for change in &plan.changes {
        if let Action::SetUnit { unit, .. } = &change.action
            && let Some(was) = before.units.get(&unit.name)
        {
            assert_eq!(after.units[&unit.name].seen, was.seen, "{what}: {}", unit.name);
        }
    }
}

#[test]
fn the_same_look_gives_the_same_text_without_secrets_or_escapes() {
    for seed in 0..250 {
        let (world, host, _) = scene(seed);
        let (first, second) = (diff(&world, &host), diff(&world, &host.clone()));
        assert_eq!(first, second, "seed {seed}");
        let text = view::plan::text(&first, Colour::Never);
        assert_eq!(text, view::plan::text(&second, Colour::Never), "seed {seed}");
        let json = view::json::text(&first, &[]).unwrap();
        for shown in [&text, &json] {
            let odd = shown.chars().find(|c| (c.is_control() && !"\n\t".contains(*c)) || *c == '\u{202e}');
            assert_eq!(odd, None, "seed {seed}");
            assert!(!shown.contains("__vc4all_secret_"), "seed {seed}: a mark is shown");
            for secret in host.secrets.values() {
                assert!(!shown.contains(secret.as_str()), "seed {seed}: a secret is shown");
            }
        }
    }
}

#[test]
fn the_steps_stand_in_their_order() {
    for seed in 0..300 {
        let (world, host, _) = scene(seed);
        let plan = diff(&world, &host);
        let ranks: Vec<usize> = plan.changes.iter().map(|change| rank(&change.action)).collect();
        assert!(ranks.is_sorted(), "seed {seed}: {ranks:?}");
        let refreshes: Vec<Refresh> = plan.changes.iter().filter_map(|change| refresh(&change.action)).collect();
        assert!(refreshes.is_sorted_by(|a, b| a < b), "seed {seed}: {refreshes:?}");
    }
}

fn refresh(action: &Action) -> Option<Refresh> {
    if let Action::Refresh(refresh) = action { Some(*refresh) } else { None }
}

fn rank(action: &Action) -> usize {
    match action {
        Action::CreateSecret(_) | Action::RenewSecret(_) | Action::BringBack(_) | Action::HandOver(_) => 0,
        Action::Install(package) if package.stage == InstallStage::Base => 1,
        Action::AddSource(_) => 2,
        Action::Install(package) if package.stage == InstallStage::Distribution => 3,
        Action::MakeDirectory(_) => 4,
        Action::MakeSelfSigned(_) => 5,
        Action::WriteFile { .. } => 6,
        Action::SetLink(_) => 7,
        Action::Remove(_) => 8,
        Action::PutOriginal(_) => 9,
        Action::Install(_) | Action::Upgrade { .. } => 10,
        Action::Hold(_) => 11,
        Action::Answer(_) => 12,
        Action::SetAccount(_) => 13,
        Action::DropAccount(_) => 14,
        Action::Refresh(_) => 15,
        Action::SetUnit { .. } => 16,
        Action::SetRoster { .. } => 17,
        Action::Issue(_) | Action::Revoke(_) | Action::RenewAccount(_) => 18,
        Action::Rehearse { .. } => 19,
    }
}

/// Whoever knew the old secrets knows nothing any more, and everything that uses one has the new one.
#[test]
fn a_rotation_leaves_no_old_secret_anywhere_or_brings_all_back() {
    let (mut renewals, mut failures) = (0, 0);
    for seed in 0..300 {
        let (world, mut host, _) = scene(seed);
        converge(&world, &mut host).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        let plan = rotation(&world, &host);
        for step in 0..plan.changes.len() {
            let mut broken = host.clone();
            broken.apply(&world.archive, &plan, Some(step)).expect_err("the step was to fail");
            assert_eq!((&broken.secrets, &broken.accounts), (&host.secrets, &host.accounts), "seed {seed}, {step}");
            assert_eq!((&broken.paths, &broken.answers), (&host.paths, &host.answers), "seed {seed}, {step}");
            assert!(diff(&world, &broken).is_empty(), "seed {seed}, after step {step}");
            failures += 1;
        }
        let before = host.clone();
        host.apply(&world.archive, &plan, None).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        for (name, old) in &before.secrets {
            assert_ne!(host.secrets[name], *old, "seed {seed}: {name}");
            let now = format!("{:?} {:?} {:?}", host.paths, host.accounts, host.answers);
            assert!(!now.replace(&host.secrets[name], "").contains(old.as_str()), "seed {seed}: {name}");
            renewals += 1;
        }
        let noticed = |unit: &fake::FakeUnit| !unit.seen.active || unit.need == Need::Nothing;
        assert!(host.units.values().all(noticed), "seed {seed}: {:?}", host.units);
        assert!(diff(&world, &host).is_empty(), "seed {seed}: {:#?}", diff(&world, &host).changes);
    }
    assert!(renewals > 200 && failures > 800, "only {renewals} secrets were renewed, {failures} failures tried");
}

fn rotation(world: &World, host: &Host) -> Plan {
    let all = host.secrets.keys().cloned().collect();
    plan::rotation(&setting::deployment(), &world.claims, &host.observe(), &all)
}

#[test]
fn what_nobody_claims_any_more_is_left_alone() {
    for seed in 0..300 {
        let (mut world, mut host, mut dice) = scene(seed);
        converge(&world, &mut host).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        world.claims.retain(|_| dice.percent(70));
        let plan = diff(&world, &host);
        assert!(plan.is_empty(), "seed {seed}: {:#?}", plan.changes);
        assert_eq!(plan.unchanged, world.claims.len(), "seed {seed}");
    }
}

#[test]
fn a_plan_belongs_to_the_host_as_it_was_seen() {
    let mut moved = 0;
    for seed in 0..500 {
        let (world, host, mut dice) = scene(seed);
        let plan = diff(&world, &host);
        let mut later = host.clone();
        later.clock += 60;
        assert_eq!(plan.based_on, Some(later.observe().digest), "seed {seed}: time alone moves no host");
        let claim = dice.pick(&world.claims).clone();
        world.mess(&mut later, &mut dice, &claim.resource);
        if matches!(claim.resource, Resource::Given(_)) {
            // Plans print the digest: nobody may try a secret of the operator's with it.
            let told = plan.based_on != Some(later.observe().digest);
            assert!(!told || !host.given.keys().eq(later.given.keys()), "seed {seed}: the digest tells of it");
            continue;
        }
        if (Host { clock: host.clock, ..later.clone() }).observe() != host.observe() {
            assert_ne!(plan.based_on, Some(later.observe().digest), "seed {seed}");
            moved += 1;
        }
    }
    assert!(moved > 250, "only {moved} hosts moved");
}

#[test]
fn a_dry_run_is_the_plan_for_a_host_without_anything() {
    for seed in 0..300 {
        let world = World::random(&mut Dice::of(seed));
        let dry = plan::fresh(&setting::deployment(), &world.claims);
        assert_eq!(dry.based_on, None);
        let bare = Host::fresh(setting::traits());
        let real = diff(&world, &bare);
        assert_eq!(dry.changes, real.changes, "seed {seed}");
        for change in &dry.changes {
            let start = !matches!(&change.action, Action::SetUnit { act: UnitAct::Reload | UnitAct::Restart, .. });
            assert!(start, "seed {seed}: nothing runs that could be woken");
        }
    }
}

#[test]
fn only_what_differs_is_touched() {
    for seed in 0..300 {
        let (world, mut host, mut dice) = scene(seed);
        converge(&world, &mut host).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        // A pair's key may be a link too, wherever it leads.
        let claimed = |path: &HostPath| {
            world.claims.iter().any(|claim| matches!(&claim.resource, Resource::Link(link) if link.path == *path))
        };
        let is_link = |(path, seen): &(&HostPath, &SeenPath)| matches!(seen, SeenPath::Link(_)) && claimed(path);
        let paths: Vec<_> = host.paths.iter().filter(is_link).collect();
        if paths.is_empty() {
            continue;
        }
        let path = dice.pick(&paths).0.clone();
        host.paths.insert(path.clone(), SeenPath::Link("/elsewhere".to_owned()));
        let plan = diff(&world, &host);
        let touched: Vec<_> = plan.changes.iter().filter_map(|change| change.action.path()).collect();
        assert_eq!(touched, [&path], "seed {seed}");
    }
}

#[test]
fn the_real_components_converge_on_every_release() {
    let renderer = Renderer::new().unwrap();
    for (name, deployment) in support::deployments() {
        for release in Release::ALL {
            let what = format!("{name} on {release}");
            let claims = support::claims(&renderer, &deployment, release);
            plan::check(&claims).unwrap_or_else(|error| panic!("{what}:\n{error}"));
            let (archive, traits) = (real::archive(&claims), support::fresh(&deployment, release));
            let mut host = real::host(&claims, traits);
            let first = plan::diff(&deployment, &claims, &host.observe());
            host.apply(&archive, &first, None).unwrap_or_else(|why| panic!("{what}: {why}"));
            let second = plan::diff(&deployment, &claims, &host.observe());
            assert!(second.is_empty(), "{what}:\n{}", view::plan::text(&second, Colour::Never));
            assert!(host.overdue.is_empty(), "{what}: {:?} not read anew", host.overdue);
            let late = host.units.iter().find(|(_, unit)| unit.seen.active && unit.need != Need::Nothing);
            assert!(late.is_none(), "{what}: {late:?} runs with old files");
            let all = host.secrets.keys().cloned().collect();
            assert_renewed(&plan::rotation(&deployment, &claims, &host.observe(), &all), &host, &what);
        }
    }
}

/// Every daemon that knows a secret gets up with the new one; nobody else is disturbed.
fn assert_renewed(rotation: &Plan, host: &Host, what: &str) {
    let mut woken: Vec<&str> = Vec::new();
    for change in &rotation.changes {
        match &change.action {
            Action::SetUnit { unit, act: UnitAct::Restart } => woken.push(unit.name.as_str()),
            Action::RenewSecret(_) | Action::WriteFile { .. } | Action::SetAccount(_) | Action::Answer(_) => {}
            other => panic!("{what}: {other:?}"),
        }
    }
    let tokens = host.secrets.keys().any(|name| name.as_str() == "token");
    let daemons = ["prosody.service", "jicofo.service", "jitsi-videobridge2.service", "coturn.service"];
    let expected: Vec<&str> = daemons.into_iter().chain(tokens.then_some("vc4all-door.service")).collect();
    assert_eq!(woken, expected, "{what}");
    let accounts = rotation.changes.iter().filter(|change| matches!(change.action, Action::SetAccount(_))).count();
    let renewed = rotation.changes.iter().filter(|change| matches!(change.action, Action::RenewSecret(_))).count();
    assert_eq!((accounts, renewed), (2, host.secrets.len()), "{what}");
}
