//! What somebody changed on the host behind our back, where the plan would undo it.

use super::preflight::{stops, warns};
use crate::model::agreed::Edits;
use crate::model::names::HostPath;
use crate::model::objection::Objection;
use crate::model::observed::{Managed, Observed, SeenPath};
use crate::model::plan::{Action, Change, Field, Plan, Why};

/// The files and links that somebody edited or took away, and that the plan would set back.
///
/// A broken run is restored first, and somebody who is at work may have swapped files in; neither is anybody's edit.
pub(super) fn objection(plan: &Plan, seen: &Observed, edits: Edits) -> Option<Objection> {
    let standing = seen.standing.as_ref().filter(|_| !seen.broken_run && seen.lock.is_none())?;
    let drifted: Vec<String> = plan
        .changes
        .iter()
        .filter(|change| replaces(change))
        .filter_map(|change| change.action.path())
        .filter_map(|path| Some((path, *standing.managed.get(path)?)))
        .filter_map(|(path, managed)| words(path, managed, seen))
        .collect();
    let what = match drifted.len() {
        0 => return None,
        1 => format!("somebody changed a file since generation {}: {}", seen.generation, drifted.join("")),
        many => format!("somebody changed {many} files since generation {}: {}", seen.generation, drifted.join(", ")),
    };
    Some(match edits {
        Edits::Keep => stops(
            what,
            "the plan shows each difference, and would put our text in its place",
            "look at the plan, then add --overwrite to take ours; what shall stay belongs into the `overrides:` folder of the inventory",
        ),
        Edits::Overwrite => warns(
            what,
            "--overwrite puts our text in its place",
            "what shall stay belongs into the `overrides:` folder of the inventory",
        ),
    })
}

/// Whether the change puts other content, another target or another kind of thing at its path; an owner or mode alone is
/// set right without a question, and a file that only *may* be laid down anew is as wanted.
fn replaces(change: &Change) -> bool {
    let written = matches!(
        change.action,
        Action::WriteFile { .. }
            | Action::SetLink(_)
            | Action::AddSource(_)
            | Action::Remove(_)
            | Action::PutOriginal(_)
            | Action::MakeSelfSigned(_)
    );
    let other = match &change.why {
        Why::Missing | Why::Unwanted => true,
        Why::Differs(fields) => fields.iter().any(|field| matches!(field, Field::Content | Field::Kind)),
        _ => false,
    };
    written && other
}

fn words(path: &HostPath, managed: Managed, seen: &Observed) -> Option<String> {
    let how = match (managed, seen.paths.get(path)) {
        (Managed::AsLeft, _) => return None,
        (Managed::Gone, _) | (Managed::Edited, Some(SeenPath::Nothing)) => "gone".to_owned(),
        (Managed::Edited, Some(SeenPath::Link(target))) => format!("a link to {target}"),
        (Managed::Edited, Some(SeenPath::Directory { .. } | SeenPath::Other)) => {
            "something else stands there".to_owned()
        }
        (Managed::Edited, Some(SeenPath::File { .. }) | None) => "edited".to_owned(),
    };
    Some(format!("{path} ({how})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::{AccountName, ComponentName};
    use crate::model::objection::Weight;
    use crate::model::observed::Standing;
    use crate::model::resource::{Access, Content, File, Wording};
    use crate::model::traits::{Architecture, Release, Traits};
    use crate::model::values::Domain;

    const PATHS: [&str; 3] = ["/etc/a", "/etc/b", "/etc/c"];

    fn path(text: &str) -> HostPath {
        HostPath::new(text).unwrap()
    }

    fn writes(why: &Why) -> Plan {
        let root = || AccountName::new("root").unwrap();
        let change = |text: &str| Change {
            component: ComponentName::new("nginx").unwrap(),
            why: why.clone(),
            action: Action::WriteFile {
                file: File {
                    path: path(text),
                    access: Access { owner: root(), group: root(), mode: 0o644 },
                    content: Content::Plain("ours\n".to_owned()),
                    proof: None,
                    wakes: Vec::new(),
                    from: None,
                    wording: Wording::Ours,
                },
                before: None,
            },
        };
        Plan {
            domain: Domain::parse("meet.voorbeeldstad.nl").unwrap(),
            host: "host".to_owned(),
            based_on: None,
            changes: PATHS.into_iter().map(change).collect(),
            unchanged: 0,
        }
    }

    fn seen(managed: [Managed; 3]) -> Observed {
        let traits = Traits {
            release: Release::Debian12,
            architecture: Architecture::X86_64,
            memory_mib: 4096,
            addresses: Vec::new(),
            ssh_ports: Vec::new(),
        };
        let managed = PATHS.into_iter().map(path).zip(managed).collect();
        let standing = Some(Standing { managed, ..Standing::default() });
        Observed { standing, generation: 4, ..Observed::bare(traits) }
    }

    #[test]
    fn an_edit_stops_and_each_path_is_named() {
        let plan = writes(&Why::Differs(vec![Field::Content, Field::Mode]));
        let seen = seen([Managed::Edited, Managed::AsLeft, Managed::Gone]);
        let found = objection(&plan, &seen, Edits::Keep).unwrap();
        assert_eq!(found.weight, Weight::Stops);
        assert_eq!(found.what, "somebody changed 2 files since generation 4: /etc/a (edited), /etc/c (gone)");
        assert!(found.next.contains("--overwrite") && found.next.contains("overrides:"), "{found:?}");
        assert_eq!(objection(&plan, &seen, Edits::Overwrite).unwrap().weight, Weight::Warns);
    }

    #[test]
    fn what_nobody_touched_or_only_its_owner_does_not_stop() {
        let edited = [Managed::Edited; 3];
        let owner = writes(&Why::Differs(vec![Field::Owner, Field::Mode]));
        assert_eq!(objection(&owner, &seen(edited), Edits::Keep), None);
        let content = writes(&Why::Differs(vec![Field::Content]));
        assert_eq!(objection(&content, &seen([Managed::AsLeft; 3]), Edits::Keep), None);
        assert_eq!(objection(&content, &Observed { standing: None, ..seen(edited) }, Edits::Keep), None);
    }

    #[test]
    fn an_edit_that_the_plan_leaves_alone_does_not_stop() {
        let plan = Plan { changes: Vec::new(), ..writes(&Why::Missing) };
        assert_eq!(objection(&plan, &seen([Managed::Edited; 3]), Edits::Keep), None);
    }

    #[test]
    fn what_a_broken_run_left_is_nobodys_edit() {
        let seen = Observed { broken_run: true, ..seen([Managed::Edited; 3]) };
        assert_eq!(objection(&writes(&Why::Differs(vec![Field::Content])), &seen, Edits::Keep), None);
    }
}
