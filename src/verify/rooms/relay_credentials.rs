//! Credentials for TURN are for those inside a meeting.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::Talk;

pub(super) const PROMISE: Promise = Promise {
    name: "credentials-for-participants",
    title: "Credentials for the relay go to people inside a meeting, and to nobody else",
    sources: &[
        Source::Ours("docs/gate.md, \"The other doors\""),
        Source::Guideline("XEP-0215, security considerations"),
        Source::Law("GDPR art. 32(1)(b)"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Run `vc4all-deploy up`, so that the gate guards the relay's credentials again";

fn look(talk: &Talk) -> Look {
    let leaked = match &talk.leaked {
        Ok(leaked) => leaked,
        Err(why) => return Look::Unseen(why.clone()),
    };
    if !leaked.is_empty() {
        return Look::Broken(format!("credentials for TURN went to {}", leaked.join(", ")));
    }
    match &talk.services {
        Ok(services) if services.iter().any(|service| service.password.is_some()) => {
            Look::Kept("none before joining, and some inside a meeting".to_owned())
        }
        Ok(_) => Look::Broken("a meeting host who is inside gets no credentials for TURN".to_owned()),
        Err(_) => Look::Kept("none before joining".to_owned()),
    }
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
    fn a_stranger_with_credentials_breaks_it() {
        assert_eq!(verdict(|_| ()), Verdict::Kept);
        assert_eq!(verdict(|talk| talk.leaked = Ok(vec!["a guest who asked HOST".into()])), Verdict::Broken);
        assert_eq!(verdict(|talk| talk.leaked = Err("no guest can log in".into())), Verdict::Unseen);
    }

    #[test]
    fn a_participant_without_credentials_breaks_it() {
        assert_eq!(verdict(|talk| talk.services = Ok(Vec::new())), Verdict::Broken);
        let only_stun = |talk: &mut Talk| talk.services.as_mut().unwrap().truncate(1);
        assert_eq!(verdict(only_stun), Verdict::Broken);
        let no_host = |talk: &mut Talk| talk.services = Err("no token at hand".into());
        let facts = sample::facts_with(no_host);
        assert_eq!(look(&facts.unwrap().websocket), Look::Kept("none before joining".into()));
    }
}
