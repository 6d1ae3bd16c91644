//! The door at which meeting hosts log in.

use super::answers::{Faults, addresses, seen};
use crate::model::deployment::MeetingHosts;
use crate::model::finding::Source;
use crate::outside::fetch::Page;
use crate::outside::web::{Facts, Kind, markup};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "door",
    title: "Meeting hosts find the door: a form without any script",
    sources: &[Source::Regulators("security"), Source::Regulators("end-user control"), Source::Ours("docs/door.md")],
    judge,
};

const REMEDY: &str =
    "Run `vc4all-deploy up`; look at `systemctl status vc4all-door.socket vc4all-door.service` on the host";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    match &evidence.deployment.access.meeting_hosts {
        MeetingHosts::Accounts { .. } => seen(evidence, look),
        MeetingHosts::Oidc(_) | MeetingHosts::Jwt(_) => Judgement::noted("meeting hosts log in elsewhere"),
    }
}

fn look(facts: &Facts) -> Judgement {
    let (mut faults, mut judged) = (Faults::default(), 0);
    for (sight, page) in facts.of(&[Kind::Door]) {
        judged += 1;
        let asks = sight.path.contains("?room=");
        if let Some(what) = fault(page).or_else(|| without_fields(page).filter(|_| asks)) {
            faults.add(what, sight);
        }
    }
    if judged == 0 {
        return Judgement::unseen("nothing was seen at /door");
    }
    faults.judged(format!("the form stands open at {}", addresses(facts)), REMEDY)
}

fn fault(page: &Page) -> Option<String> {
    if page.status != 200 {
        return Some(format!("the door answers {}", page.status));
    }
    let tags = markup::tags(&page.text());
    if tags.iter().any(|tag| tag.name == "script" || tag.attributes.iter().any(|(name, _)| name.starts_with("on"))) {
        return Some("the door has a script".to_owned());
    }
    let form = tags.iter().find(|tag| tag.name == "form" && tag.attribute("action") == Some("/door"));
    form.is_none().then(|| "the door has no form".to_owned())
}

/// What stands in the form for a room: a passphrase, sent in the body.
fn without_fields(page: &Page) -> Option<String> {
    let tags = markup::tags(&page.text());
    let posted = tags
        .iter()
        .any(|tag| tag.name == "form" && tag.attribute("method").is_some_and(|how| how.eq_ignore_ascii_case("post")));
    let hidden = tags.iter().any(|tag| tag.name == "input" && tag.attribute("type") == Some("password"));
    (!posted || !hidden).then(|| "the form of the door asks for no passphrase".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::stage::*;
    use super::*;
    use crate::model::finding::Verdict;

    fn with(path: &str, body: &str) -> Judgement {
        let mut stage = Stage::new();
        stage.change(path, |page| page.body = body.as_bytes().to_vec());
        stage.judged(&PROMISE)
    }

    #[test]
    fn a_form_keeps_it() {
        let mut stage = Stage::new();
        let judgement = stage.judged(&PROMISE);
        assert_eq!(judgement.verdict, Verdict::Kept, "{}", judgement.seen);
        stage.web = Err("no answer".to_owned());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
        assert_eq!(Stage::with_provider().judged(&PROMISE).verdict, Verdict::Noted);
    }

    #[test]
    fn a_closed_or_scripted_door_breaks_it() {
        let mut stage = Stage::new();
        stage.change("/door", |page| page.status = 502);
        broken(&stage.judged(&PROMISE), "the door answers 502: /door of 192.0.2.1 and 1 more");
        broken(&with("/door", "<p>Closed</p>"), "the door has no form");
        broken(&with("/door", "<form action=/door><script src=/x.js></script>"), "the door has a script");
        broken(&with(DOOR, "<form action=/door method=get><input type=password>"), "asks for no passphrase");
        broken(&with(DOOR, "<form action=/door method=post>"), "asks for no passphrase");
        broken(
            &with(DOOR, "<form action=/door method=post onsubmit=x()><input type=password>"),
            "the door has a script",
        );
    }
}
