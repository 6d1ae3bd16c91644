//! Wakes each unit once, for all changes that it has to notice together.

use super::sight::Sight;
use crate::model::names::{ComponentName, UnitName};
use crate::model::plan::{Action, Change, UnitAct, Why};
use crate::model::resource::{Resource, Unit, UnitState, Wake};
use std::collections::BTreeMap;

/// Why something is woken: the component of the first change, and the paths of all.
pub(super) struct Reason {
    component: ComponentName,
    paths: Vec<String>,
}

/// What is woken. Wakes sort as refreshes in their own order, then reloads, then restarts.
pub(super) type Wakes = BTreeMap<Wake, Reason>;

/// Gathers what the changes wake. The certificate is issued after the units are up, so its wakes belong to its issue.
pub(super) fn gather(changes: &[Change]) -> Wakes {
    let mut wakes = Wakes::new();
    for change in changes {
        let path = cause(&change.action);
        for wake in change.action.wakes() {
            let reason = wakes
                .entry(wake.clone())
                .or_insert_with(|| Reason { component: change.component.clone(), paths: Vec::new() });
            reason.paths.extend(path.clone().filter(|path| !reason.paths.contains(path)));
        }
    }
    wakes
}

/// What a unit is woken by, as people know it: a path or a package.
fn cause(action: &Action) -> Option<String> {
    match action {
        Action::Install(package) | Action::Upgrade { package, .. } => Some(package.name.to_string()),
        Action::HandOver(given) => Some(given.name.path().to_string()),
        _ => action.path().map(ToString::to_string),
    }
}

/// One change for each refresh.
pub(super) fn refreshes(wakes: &Wakes) -> impl Iterator<Item = Change> {
    wakes.iter().filter_map(|(wake, reason)| match wake {
        Wake::Refresh(refresh) => Some(Change {
            component: reason.component.clone(),
            why: Why::WokenBy(reason.paths.clone()),
            action: Action::Refresh(*refresh),
        }),
        Wake::Reload(_) | Wake::Restart(_) => None,
    })
}

/// What is done to a unit, if anything.
pub(super) fn unit(sight: &Sight<'_>, wakes: &Wakes, resource: &Resource) -> Option<(Why, Action)> {
    let Resource::Unit(unit) = resource else { return None };
    let (why, act) = match unit.state {
        UnitState::Running => run(sight, wakes, unit)?,
        UnitState::Stopped => (stop(sight, unit)?, UnitAct::Stop),
    };
    Some((why, Action::SetUnit { unit: unit.clone(), act }))
}

/// A start and a restart both end with a unit that is enabled and runs with what is configured now; a unit that systemd
/// does not know yet is started.
fn run(sight: &Sight<'_>, wakes: &Wakes, unit: &Unit) -> Option<(Why, UnitAct)> {
    let seen = sight.seen.units.get(&unit.name);
    if let Some(why) = sight.unknown(unit.from.as_ref()) {
        return Some((why, if seen.is_some() { UnitAct::Restart } else { UnitAct::Start }));
    }
    let woken = woken(wakes, &unit.name);
    let (enabled, active) = seen.map_or((false, false), |seen| (seen.enabled, seen.active));
    match (active, enabled, woken) {
        (false, ..) | (true, false, None) => Some((Why::NotAsWanted, UnitAct::Start)),
        (true, false, Some((why, _))) => Some((why, UnitAct::Restart)),
        (true, true, woken) => woken,
    }
}

fn stop(sight: &Sight<'_>, unit: &Unit) -> Option<Why> {
    let up = sight.seen.units.get(&unit.name).is_some_and(|seen| seen.active || seen.enabled);
    if up { Some(Why::NotAsWanted) } else { sight.unknown(unit.from.as_ref()) }
}

fn woken(wakes: &Wakes, name: &UnitName) -> Option<(Why, UnitAct)> {
    let reload = wakes.get(&Wake::Reload(name.clone()));
    let restart = wakes.get(&Wake::Restart(name.clone()));
    let act = if restart.is_some() { UnitAct::Restart } else { UnitAct::Reload };
    let mut paths: Vec<String> = Vec::new();
    for path in [restart, reload].into_iter().flatten().flat_map(|reason| &reason.paths) {
        if !paths.contains(path) {
            paths.push(path.clone());
        }
    }
    (restart.is_some() || reload.is_some()).then_some((Why::WokenBy(paths), act))
}
