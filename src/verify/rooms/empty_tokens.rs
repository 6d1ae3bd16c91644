//! Who has no token is no meeting host.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::{Login, Pretence, Talk};

pub(super) const PROMISE: Promise = Promise {
    name: "empty-tokens",
    title: "Nobody logs in as a meeting host without a token, or with an empty one",
    sources: &[
        Source::Ours("docs/gate.md: `allow_empty_token = false`"),
        Source::Regulators("1, security"),
        Source::Law("GDPR art. 32(1)(b)"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Run `vc4all-deploy up`, which writes `allow_empty_token = false`";

fn look(talk: &Talk) -> Look {
    refused(talk, &[Pretence::NoToken, Pretence::EmptyToken])
}

/// Whether all of these are refused.
pub(super) fn refused(talk: &Talk, pretences: &[Pretence]) -> Look {
    let tried: Vec<_> = talk.pretenders.iter().filter(|(pretence, _)| pretences.contains(pretence)).collect();
    let inside: Vec<&str> = tried.iter().filter(|(_, login)| *login == Login::In).map(|(how, _)| how.words()).collect();
    if !inside.is_empty() {
        return Look::Broken(format!("the main domain lets in who shows {}", inside.join(" or ")));
    }
    let unseen = tried.iter().find_map(|(_, login)| if let Login::Unseen(why) = login { Some(why) } else { None });
    match unseen {
        Some(why) => Look::Unseen(why.clone()),
        None if tried.len() < pretences.len() => Look::Unseen("it was not tried".to_owned()),
        None => {
            let words: Vec<&str> = tried.iter().map(|(how, _)| how.words()).collect();
            Look::Kept(format!("{}: refused", words.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn verdict(at: usize, login: Login) -> Verdict {
        both(&sample::facts_with(|talk| talk.pretenders[at].1 = login), REMEDY, look).verdict
    }

    #[test]
    fn whoever_gets_in_without_a_token_breaks_it() {
        assert_eq!(verdict(0, Login::Refused("not-allowed".into())), Verdict::Kept);
        assert_eq!(verdict(0, Login::In), Verdict::Broken);
        assert_eq!(verdict(1, Login::In), Verdict::Broken);
        assert_eq!(verdict(1, Login::Unseen("no answer".into())), Verdict::Unseen);
        let nothing = sample::facts_with(|talk| talk.pretenders.clear());
        assert_eq!(both(&nothing, REMEDY, look).verdict, Verdict::Unseen);
    }

    #[test]
    fn forged_tokens_are_another_promise() {
        assert_eq!(verdict(2, Login::In), Verdict::Kept);
        assert_eq!(verdict(3, Login::In), Verdict::Kept);
    }
}
