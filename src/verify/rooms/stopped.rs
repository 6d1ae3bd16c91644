//! A daemon that does not run is told by the promise about units, not here.

use super::super::Seen;
use super::Judgement;
use crate::inside;
use crate::model::finding::Verdict;

/// The judgement, unless it is a bad one that a stopped unit explains.
pub(super) fn unless_stopped(judgement: Judgement, inside: &Seen<inside::Facts>, units: &[&str]) -> Judgement {
    let Ok(inside) = inside else { return judgement };
    let stopped = units.iter().find(|name| inside.unit(name).is_some_and(|unit| !unit.runs()));
    match stopped {
        Some(name) if judgement.verdict == Verdict::Broken => Judgement::unseen(format!("{name} does not run")),
        _ => judgement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inside::UnitFacts;
    use crate::model::names::UnitName;

    #[test]
    fn a_stopped_unit_explains_what_is_broken_and_nothing_else() {
        let with = |active: &str| {
            let unit = UnitFacts { active: active.to_owned(), ..UnitFacts::default() };
            let units = [(UnitName::new("jicofo.service").unwrap(), unit)].into();
            Ok(inside::Facts { units, ..inside::Facts::default() })
        };
        let broken = || Judgement::broken("no answer", "Do something");
        let judged = |inside: &Seen<inside::Facts>| unless_stopped(broken(), inside, &["jicofo.service"]);
        assert_eq!(judged(&with("failed")), Judgement::unseen("jicofo.service does not run"));
        assert_eq!(judged(&with("active")), broken());
        assert_eq!(judged(&Err("no SSH".into())), broken());
        assert_eq!(unless_stopped(broken(), &with("failed"), &["prosody.service"]), broken());
        let kept = || Judgement::kept("ready");
        assert_eq!(unless_stopped(kept(), &with("failed"), &["jicofo.service"]), kept());
    }
}
