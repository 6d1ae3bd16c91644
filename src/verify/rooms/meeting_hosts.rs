//! A meeting host with a good token opens their room.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::{Entry, Login, Talk};

pub(super) const PROMISE: Promise = Promise {
    name: "meeting-hosts",
    title: "A meeting host opens their room, and moderates it",
    sources: &[
        Source::Ours("docs/gate.md"),
        Source::Regulators("5, end-user control"),
        Source::Law("GDPR art. 32(1)(b): availability"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str =
    "Run `vc4all-deploy up`; where that changes nothing, compare the clocks of this machine and the host";

fn look(talk: &Talk) -> Look {
    match &talk.host {
        Some(Login::Refused(why)) => return Look::Broken(format!("a meeting host's good token is refused: {why}")),
        Some(Login::Unseen(why)) => return Look::Unseen(why.clone()),
        Some(Login::In) | None => {}
    }
    match &talk.opened {
        Entry::Inside { moderator: true } => Look::Kept("with a token for one room they are inside it".to_owned()),
        // The rights come from the gate; where it is missing, that is the fault.
        Entry::Inside { .. } if !gate_stands(talk) => Look::Unseen("the gate does not stand".to_owned()),
        Entry::Inside { .. } => Look::Broken("a meeting host is inside, and no moderator".to_owned()),
        Entry::Outside(refusal) => {
            Look::Broken(format!("a meeting host at their room is answered {}", refusal.condition))
        }
        Entry::Silence => Look::Broken("a meeting host at their room gets no answer".to_owned()),
        Entry::Unseen(why) => Look::Unseen(why.clone()),
    }
}

/// Whether guests can come to the gate and are held there.
fn gate_stands(talk: &Talk) -> bool {
    let walked_in = [&talk.early, &talk.late].into_iter().any(|entry| matches!(entry, Entry::Inside { .. }));
    talk.guest == Login::In && !walked_in
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn verdict(change: impl FnOnce(&mut Talk)) -> Verdict {
        both(&sample::facts_with(change), REMEDY, look).verdict
    }

    #[test]
    fn a_meeting_host_who_stays_outside_breaks_it() {
        assert_eq!(verdict(|_| ()), Verdict::Kept);
        assert_eq!(verdict(|talk| talk.host = Some(Login::Refused("not-allowed".into()))), Verdict::Broken);
        assert_eq!(verdict(|talk| talk.opened = sample::outside("not-allowed")), Verdict::Broken);
        assert_eq!(verdict(|talk| talk.opened = Entry::Silence), Verdict::Broken);
        assert_eq!(verdict(|talk| talk.opened = Entry::Inside { moderator: false }), Verdict::Broken);
    }

    #[test]
    fn faults_in_another_place_leave_it_unseen() {
        let no_gate = |talk: &mut Talk| {
            talk.guest = Login::Refused("host-unknown".into());
            talk.opened = Entry::Inside { moderator: false };
        };
        assert_eq!(verdict(no_gate), Verdict::Unseen);
        let no_judge = |talk: &mut Talk| {
            talk.late = Entry::Inside { moderator: false };
            talk.opened = Entry::Inside { moderator: false };
        };
        assert_eq!(verdict(no_judge), Verdict::Unseen);
        assert_eq!(verdict(|talk| talk.opened = Entry::Unseen("the focus is not ready".into())), Verdict::Unseen);
        let no_token = |talk: &mut Talk| {
            talk.host = None;
            talk.opened = Entry::Unseen("no token at hand".into());
        };
        assert_eq!(verdict(no_token), Verdict::Unseen);
    }
}
