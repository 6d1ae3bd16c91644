//! What a guest meets at the door is what the inventory says.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::deployment::Guests;
use crate::model::finding::Source;
use crate::outside::talk::{Entry, Talk};

pub(super) const PROMISE: Promise = Promise {
    name: "guest-rules",
    title: "A guest meets at the door what the inventory says: lobby, password, or neither",
    sources: &[
        Source::Ours("inventory: access.guests"),
        Source::Regulators("5, end-user control"),
        Source::Law("GDPR art. 25(2)"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, |talk| look(talk, evidence.deployment.access.guests)),
};

const REMEDY: &str = "Run `vc4all-deploy up`, so that the host follows the inventory again";

fn look(talk: &Talk, guests: Guests) -> Look {
    // Without these there is no lobby to send anybody to; that is a fault of another kind.
    if talk.components.as_ref().is_ok_and(|components| !components.contains("lobbyrooms")) {
        return Look::Unseen("the lobbies are not wired".to_owned());
    }
    let refusal = match &talk.late {
        Entry::Outside(refusal) => refusal,
        Entry::Inside { .. } => return Look::Unseen("a guest is inside".to_owned()),
        Entry::Silence => return Look::Unseen("a guest got no answer in time".to_owned()),
        Entry::Unseen(why) => return Look::Unseen(why.clone()),
    };
    let (condition, in_lobby, what) = wanted(guests);
    if refusal.condition == condition && refusal.lobby == in_lobby {
        return Look::Kept(what.to_owned());
    }
    let lobby = if refusal.lobby { ", with a lobby" } else { "" };
    Look::Broken(format!("access.guests is {}, and a guest is answered {}{lobby}", guests.word(), refusal.condition))
}

/// What the gate answers to a guest without a password, while a meeting host is inside (XEP-0045 §7.2).
fn wanted(guests: Guests) -> (&'static str, bool, &'static str) {
    match guests {
        Guests::Lobby | Guests::LobbyOrPassword => ("registration-required", true, "a guest is sent to the lobby"),
        Guests::Password => ("not-authorized", false, "a guest is asked for the password"),
        Guests::None => ("not-allowed", false, "a guest is refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;

    fn verdict(guests: Guests, late: Entry) -> Verdict {
        let mut facts = sample::facts();
        (facts.bosh.late, facts.websocket.late) = (late.clone(), late);
        both(&Ok(facts), REMEDY, |talk| look(talk, guests)).verdict
    }

    #[test]
    fn each_rule_has_its_own_answer() {
        let answers = [
            (Guests::Lobby, sample::lobby()),
            (Guests::LobbyOrPassword, sample::lobby()),
            (Guests::Password, sample::outside("not-authorized")),
            (Guests::None, sample::outside("not-allowed")),
        ];
        for (rule, _) in &answers {
            for (other, answer) in &answers {
                let same = wanted(*rule) == wanted(*other);
                let expected = if same { Verdict::Kept } else { Verdict::Broken };
                assert_eq!(verdict(*rule, answer.clone()), expected, "{rule:?} {answer:?}");
            }
        }
        assert_eq!(verdict(Guests::Lobby, sample::outside("registration-required")), Verdict::Broken);
    }

    #[test]
    fn faults_in_another_place_leave_it_unseen() {
        for late in [Entry::Inside { moderator: false }, Entry::Silence, Entry::Unseen("no token at hand".into())] {
            assert_eq!(verdict(Guests::Lobby, late), Verdict::Unseen);
        }
        let no_lobbies = sample::facts_with(|talk| {
            talk.components.as_mut().unwrap().remove("lobbyrooms");
            talk.late = sample::outside("service-unavailable");
        });
        assert_eq!(both(&no_lobbies, REMEDY, |talk| look(talk, Guests::Lobby)).verdict, Verdict::Unseen);
    }
}
