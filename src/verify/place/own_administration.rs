//! Whether the operator administers the server itself: a look can tell how it came in, and not who else may.

use crate::model::finding::Source;
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "own-administration",
    title: "The operator administers the server itself",
    sources: &[Source::Principle("operator runs it itself"), Source::Law("GDPR art. 28, art. 32(4)")],
    judge,
};

const REMEDY: &str = "Read on the host who may log in (`authorized_keys` of root and of every account with sudo), and keep a list of them";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let host = &evidence.deployment.host;
    let user = host.user.as_deref().unwrap_or("root");
    let below = match &host.provider {
        Some(provider) => format!("{} runs the machine below the system", provider.name),
        None => "no hosting company is named".to_owned(),
    };
    let seen = format!("you log in to {} as {user}; {below}; who else may log in cannot be seen", host.address);
    Judgement::noted(seen).with_remedy(REMEDY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Verdict;
    use crate::verify::stage::Stage;

    #[test]
    fn a_look_says_what_it_cannot_see() {
        let mut stage = Stage::new();
        let judgement = stage.judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Noted);
        assert!(judgement.seen.contains("Voorbeeldhosting runs the machine"), "{judgement:?}");
        stage.deployment.host.provider = None;
        assert!(stage.judged(&PROMISE).seen.contains("cannot be seen"));
    }
}
