//! People in meetings, where a plan restarts the servers that carry them.

use super::preflight::{stops, warns};
use crate::model::agreed::{Agreed, Meetings, Regard};
use crate::model::objection::Objection;
use crate::model::observed::{Observed, People};
use crate::model::plan::{Action, Change, Plan, UnitAct};

/// Signalling, focus, bridge, relay, and the web server that passes the signalling on.
const CARRIERS: [&str; 5] =
    ["prosody.service", "jicofo.service", "jitsi-videobridge2.service", "coturn.service", "nginx.service"];
/// Whoever is in a meeting is known to Prosody; where it does not run there are no meetings.
const KNOWS: &str = "prosody.service";

/// The servers that carry meetings, run now, and are restarted or stopped by the plan.
pub fn interrupts<'a>(plan: &'a Plan, seen: &Observed) -> Vec<&'a str> {
    let carries = |name: &str| CARRIERS.contains(&name);
    plan.changes.iter().filter_map(|change| interrupted(change, seen)).filter(|name| carries(name)).collect()
}

/// What the host has to regard while it carries out the plan: somebody may have come in since it was looked at.
pub fn regard(plan: &Plan, seen: &Observed, agreed: Agreed) -> Regard {
    if interrupts(plan, seen).is_empty() {
        return Regard::Nobody;
    }
    match agreed.meetings {
        Meetings::Spare => seen.people.map_or(Regard::Nobody, |people| Regard::AtMost(people.people)),
        Meetings::Await => Regard::Wait,
        Meetings::Cut => Regard::Nobody,
    }
}

/// A start of what runs already is a restart, see `units.sh`.
fn interrupted<'a>(change: &'a Change, seen: &Observed) -> Option<&'a str> {
    let Action::SetUnit { unit, act } = &change.action else { return None };
    let runs = seen.units.get(&unit.name).is_some_and(|seen| seen.active);
    (runs && *act != UnitAct::Reload).then_some(unit.name.as_str())
}

/// What the plan would do to people in meetings.
pub(super) fn objection(plan: &Plan, seen: &Observed, agreed: Meetings) -> Option<Objection> {
    let interrupted = interrupts(plan, seen);
    if interrupted.is_empty() {
        return None;
    }
    let restart = match interrupted.as_slice() {
        [one] => format!("the restart of {one}"),
        many => format!("the restart of {}", many.join(", ")),
    };
    match seen.people {
        Some(People { people: 0, .. }) => None,
        Some(people) => Some(about(people, &restart, agreed)),
        None => unknown(seen, &restart, agreed),
    }
}

fn about(people: People, restart: &str, agreed: Meetings) -> Objection {
    let what = in_meetings(people);
    match agreed {
        Meetings::Spare => stops(
            what,
            &format!("{restart} would cut them off"),
            "add --wait to let the meetings end first, or --now to cut them off; or come back when they are over",
        ),
        Meetings::Await => warns(
            what,
            &format!("{restart} waits until they have left, and nobody can begin a new meeting meanwhile"),
            "leave it running; after four hours it gives up, with nothing changed",
        ),
        Meetings::Cut => {
            warns(what, &format!("{restart} cuts them off"), "--wait in the place of --now lets the meetings end first")
        }
    }
}

/// A host that has ever had a generation and runs Prosody may hold meetings.
fn unknown(seen: &Observed, restart: &str, agreed: Meetings) -> Option<Objection> {
    let runs = seen.units.iter().any(|(name, unit)| name.as_str() == KNOWS && unit.active);
    (seen.generation > 0 && runs && agreed != Meetings::Cut).then(|| {
        warns(
            "the host cannot say how many people are in meetings".to_owned(),
            &format!("{restart} would cut them off"),
            "choose a time at which nobody meets",
        )
    })
}

fn in_meetings(people: People) -> String {
    let People { people, meetings, .. } = people;
    match (people, meetings) {
        (1, _) => "1 person is in a meeting".to_owned(),
        (many, 0 | 1) => format!("{many} people are in a meeting"),
        (many, meetings) => format!("{many} people are in {meetings} meetings"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::{ComponentName, UnitName};
    use crate::model::objection::Weight;
    use crate::model::observed::SeenUnit;
    use crate::model::plan::Why;
    use crate::model::resource::{Unit, UnitState};
    use crate::model::traits::{Architecture, Release, Traits};
    use crate::model::values::Domain;

    fn plan(acts: &[(&str, UnitAct)]) -> Plan {
        let change = |(name, act): &(&str, UnitAct)| Change {
            component: ComponentName::new("prosody").unwrap(),
            why: Why::NotAsWanted,
            action: Action::SetUnit {
                unit: Unit {
                    name: UnitName::new(*name).unwrap(),
                    state: UnitState::Running,
                    gates: Vec::new(),
                    from: None,
                },
                act: *act,
            },
        };
        Plan {
            domain: Domain::parse("meet.voorbeeldstad.nl").unwrap(),
            host: "host".to_owned(),
            based_on: None,
            changes: acts.iter().map(change).collect(),
            unchanged: 0,
        }
    }

    fn seen(people: Option<(u32, u32)>) -> Observed {
        let mut seen = Observed::bare(Traits {
            release: Release::Debian12,
            architecture: Architecture::X86_64,
            memory_mib: 4096,
            addresses: Vec::new(),
            ssh_ports: Vec::new(),
        });
        for name in CARRIERS.into_iter().chain(["vc4all-door.service"]) {
            seen.units.insert(UnitName::new(name).unwrap(), SeenUnit { enabled: true, active: true });
        }
        seen.generation = 3;
        seen.people = people.map(|(people, meetings)| People { people, meetings, waiting: 0 });
        seen
    }

    #[test]
    fn a_restart_with_people_inside_stops_and_says_how_many() {
        let plan = plan(&[("jicofo.service", UnitAct::Restart)]);
        for (people, words) in [
            ((1, 1), "1 person is in a meeting"),
            ((7, 1), "7 people are in a meeting"),
            ((7, 2), "7 people are in 2 meetings"),
        ] {
            let found = objection(&plan, &seen(Some(people)), Meetings::Spare).unwrap();
            assert_eq!((found.weight, found.what.as_str()), (Weight::Stops, words));
            assert!(found.why.contains("jicofo.service") && found.next.contains("--wait"), "{found:?}");
        }
    }

    #[test]
    fn what_was_agreed_to_is_told_and_does_not_stop() {
        let plan = plan(&[("prosody.service", UnitAct::Stop)]);
        for agreed in [Meetings::Await, Meetings::Cut] {
            let found = objection(&plan, &seen(Some((7, 2))), agreed).unwrap();
            assert_eq!(found.weight, Weight::Warns);
            assert!(found.what.contains("7 people"), "{found:?}");
        }
    }

    #[test]
    fn nothing_is_said_where_nobody_is_cut_off() {
        let reload = [("nginx.service", UnitAct::Reload), ("prosody.service", UnitAct::Reload)];
        assert!(objection(&plan(&reload), &seen(Some((7, 2))), Meetings::Spare).is_none());
        assert!(
            objection(&plan(&[("vc4all-door.service", UnitAct::Restart)]), &seen(Some((7, 2))), Meetings::Spare)
                .is_none()
        );
        assert!(
            objection(&plan(&[("coturn.service", UnitAct::Restart)]), &seen(Some((0, 0))), Meetings::Spare).is_none()
        );
        let mut dead = seen(Some((7, 2)));
        dead.units.insert(UnitName::new("coturn.service").unwrap(), SeenUnit { enabled: true, active: false });
        assert!(objection(&plan(&[("coturn.service", UnitAct::Start)]), &dead, Meetings::Spare).is_none());
    }

    #[test]
    fn the_host_hears_how_many_were_agreed_to() {
        let restart = plan(&[("jicofo.service", UnitAct::Restart)]);
        let agreed = |meetings| Agreed { meetings, ..Agreed::default() };
        assert_eq!(regard(&restart, &seen(Some((0, 0))), agreed(Meetings::Spare)), Regard::AtMost(0));
        assert_eq!(regard(&restart, &seen(Some((0, 0))), agreed(Meetings::Await)), Regard::Wait);
        assert_eq!(regard(&restart, &seen(Some((7, 2))), agreed(Meetings::Cut)), Regard::Nobody);
        assert_eq!(regard(&restart, &seen(None), agreed(Meetings::Spare)), Regard::Nobody);
        let reload = plan(&[("nginx.service", UnitAct::Reload)]);
        assert_eq!(regard(&reload, &seen(Some((7, 2))), agreed(Meetings::Await)), Regard::Nobody);
    }

    #[test]
    fn a_start_of_what_runs_already_is_a_restart() {
        let plan = plan(&[("coturn.service", UnitAct::Start)]);
        assert_eq!(interrupts(&plan, &seen(None)), ["coturn.service"]);
    }

    #[test]
    fn a_host_that_cannot_count_warns_unless_it_is_new_or_prosody_is_down() {
        let plan = plan(&[("coturn.service", UnitAct::Restart)]);
        let old = seen(None);
        assert_eq!(objection(&plan, &old, Meetings::Spare).unwrap().weight, Weight::Warns);
        assert!(objection(&plan, &Observed { generation: 0, ..old.clone() }, Meetings::Spare).is_none());
        let mut down = old;
        down.units.insert(UnitName::new(KNOWS).unwrap(), SeenUnit { enabled: true, active: false });
        assert!(objection(&plan, &down, Meetings::Spare).is_none());
    }
}
