//! `logs-name-nobody`: after a visit no log holds whole addresses, rooms or tokens.

use super::{Evidence, Judgement, Promise, count, inside, some};
use crate::inside::{NeedleKind, Trace};
use crate::model::finding::Source;

pub(super) const PROMISE: Promise = Promise {
    name: "logs-name-nobody",
    title: "After a visit no log holds a visitor's whole address, a room's name or a token",
    sources: &[
        Source::Law("GDPR art. 5(1)(c)"),
        Source::Law("GDPR art. 25"),
        Source::Regulators("2, privacy by design and default"),
        Source::Ours("the privacy statement: what is logged"),
    ],
    judge,
};

fn judge(evidence: &Evidence<'_>) -> Judgement {
    inside(evidence, |facts| {
        let traces = &facts.traces;
        if !traces.found.is_empty() {
            let mut places: Vec<String> = traces.found.iter().map(shown).collect();
            places.sort();
            places.dedup();
            return Judgement::broken(
                some(&places),
                "Find out which program writes there and make it write less, remove what it wrote, \
                 and run `vc4all-deploy up`, which sets our own programs right",
            );
        }
        if let Some(why) = unvisited(evidence) {
            return Judgement::unseen(format!("nobody could visit a room: {why}"));
        }
        if !traces.kinds.contains(&NeedleKind::Room) {
            return Judgement::unseen("there was no visit whose traces could be looked for");
        }
        Judgement::kept(format!(
            "nobody is named in what was written since: {}, and in the journal {}",
            count(usize::try_from(traces.files).unwrap_or(usize::MAX), "file"),
            if traces.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", traces.entries) }
        ))
    })
}

/// Why no visit came as far as the rooms, over neither way.
fn unvisited<'a>(evidence: &'a Evidence<'_>) -> Option<&'a str> {
    match &evidence.talk {
        Err(why) => Some(why),
        Ok(visit) => {
            let answers = visit.ways().map(|(_, talk)| talk.answers.as_ref());
            answers.iter().all(|answer| answer.is_err()).then(|| answers[0].err().map_or("", String::as_str))
        }
    }
}

fn shown(trace: &Trace) -> String {
    let what = match trace.kind {
        NeedleKind::Address => "a visitor's whole address",
        NeedleKind::Room => "a room's name",
        NeedleKind::Token => "a token",
        NeedleKind::Nickname => "a visitor's name",
    };
    format!("{what} is in {}", trace.place)
}

#[cfg(test)]
mod tests {
    use super::super::stage::World;
    use super::*;
    use crate::model::finding::Verdict;

    #[test]
    fn quiet_logs_keep_it() {
        let judgement = judge(&World::new().evidence());
        assert_eq!(
            judgement,
            Judgement::kept("nobody is named in what was written since: 2 files, and in the journal 40 entries")
        );
    }

    #[test]
    fn a_trace_is_told_by_place_and_kind_alone() {
        let mut world = World::new();
        let trace = |place: &str, kind| Trace { place: place.into(), kind };
        world.facts().traces.found = vec![
            trace("the journal (prosody)", NeedleKind::Room),
            trace("/var/log/nginx/access.log", NeedleKind::Address),
            trace("the journal (prosody)", NeedleKind::Room),
        ];
        let judgement = judge(&world.evidence());
        assert_eq!(judgement.verdict, Verdict::Broken);
        let wanted =
            "a room's name is in the journal (prosody); a visitor's whole address is in /var/log/nginx/access.log";
        assert_eq!(judgement.seen, wanted);
    }

    #[test]
    fn without_a_visit_nothing_is_proven() {
        let mut world = World::new();
        world.facts().traces.kinds = vec![NeedleKind::Address];
        assert_eq!(judge(&world.evidence()).verdict, Verdict::Unseen);
        let world = World::new();
        let mut evidence = world.evidence();
        evidence.talk = Err("no answer".into());
        assert_eq!(judge(&evidence), Judgement::unseen("nobody could visit a room: no answer"));
    }
}
