//! A token counts only with a signature that nobody else can make.

use super::both::{Look, both};
use super::empty_tokens::refused;
use super::{Evidence, Promise};
use crate::model::finding::Source;
use crate::outside::talk::{Pretence, Talk};

pub(super) const PROMISE: Promise = Promise {
    name: "forged-tokens",
    title: "Nobody logs in as a meeting host with an unsigned or a forged token",
    sources: &[
        Source::Guideline("RFC 8725 (JSON Web Token best practices) §3.1, §3.2"),
        Source::Regulators("1, security"),
        Source::Law("GDPR art. 32(1)(b)"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, look),
};

const REMEDY: &str = "Close the host (`systemctl stop prosody`), update the package jitsi-meet-prosody, then run \
                      `vc4all-deploy up`";

fn look(talk: &Talk) -> Look {
    refused(talk, &[Pretence::UnsignedToken, Pretence::BentToken])
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;
    use crate::outside::talk::Login;

    fn verdict(at: usize, login: Login) -> Verdict {
        both(&sample::facts_with(|talk| talk.pretenders[at].1 = login), REMEDY, look).verdict
    }

    #[test]
    fn whoever_gets_in_with_a_forged_token_breaks_it() {
        assert_eq!(verdict(2, Login::Refused("not-allowed".into())), Verdict::Kept);
        assert_eq!(verdict(2, Login::In), Verdict::Broken);
        assert_eq!(verdict(3, Login::In), Verdict::Broken);
        assert_eq!(verdict(3, Login::Unseen("no answer".into())), Verdict::Unseen);
        assert_eq!(verdict(0, Login::In), Verdict::Kept);
    }
}
