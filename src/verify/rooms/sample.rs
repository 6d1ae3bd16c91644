//! What a sound instance shows to a visit, for the tests of this chapter.

use crate::model::secret::Secret;
use crate::outside::talk::{Entry, Facts, Focus, Login, Pretence, Refusal, Service, Talk};

/// The visit of a sound instance.
pub(super) fn facts() -> Facts {
    Facts { bosh: talk(), websocket: talk(), credentials: None, left: Vec::new() }
}

/// The same after a change over the websocket alone.
pub(super) fn facts_with(change: impl FnOnce(&mut Talk)) -> Result<Facts, String> {
    let mut facts = facts();
    change(&mut facts.websocket);
    Ok(facts)
}

/// An answer at the door.
pub(super) fn outside(condition: &str) -> Entry {
    Entry::Outside(Refusal { condition: condition.to_owned(), lobby: false, explained: false })
}

/// Being sent to the lobby.
pub(super) fn lobby() -> Entry {
    Entry::Outside(Refusal { condition: "registration-required".to_owned(), lobby: true, explained: false })
}

fn talk() -> Talk {
    let refused = || Login::Refused("not-allowed".to_owned());
    let pretences = [Pretence::NoToken, Pretence::EmptyToken, Pretence::UnsignedToken, Pretence::BentToken];
    let too_easy = Refusal { condition: "not-allowed".to_owned(), lobby: false, explained: true };
    Talk {
        answers: Ok(()),
        guest: Login::In,
        pretenders: pretences.into_iter().map(|pretence| (pretence, refused())).collect(),
        components: Ok(super::components::WIRED.into_iter().map(str::to_owned).collect()),
        brewery: Entry::Silence,
        easy: Entry::Outside(too_easy),
        early: lobby(),
        late: lobby(),
        focus: Focus::Ready,
        host: Some(Login::In),
        opened: Entry::Inside { moderator: true },
        leaked: Ok(Vec::new()),
        services: Ok(vec![service("stun", None), service("turn", Some("s"))]),
        told: Ok(Vec::new()),
    }
}

fn service(kind: &str, password: Option<&str>) -> Service {
    Service {
        kind: kind.to_owned(),
        host: "vergaderen.voorbeeldstad.nl".to_owned(),
        port: 3478,
        transport: "udp".to_owned(),
        username: String::new(),
        password: password.map(|password| Secret::new(password.to_owned())),
    }
}
