//! Whom a meeting names to participants for STUN and TURN.

use super::both::{Look, both};
use super::{Evidence, Promise};
use crate::model::deployment::Deployment;
use crate::model::finding::Source;
use crate::outside::Way;
use crate::outside::talk::{Service, Talk};
use crate::policy::instance::host_and_port;
use std::collections::BTreeSet;
use std::net::IpAddr;

pub(super) const PROMISE: Promise = Promise {
    name: "own-relay",
    title: "A meeting hands out no STUN or TURN server but the instance's own and those that the inventory names",
    sources: &[
        Source::Principle("hosted in the EU"),
        Source::Law("GDPR art. 44"),
        Source::Guideline("XEP-0215: the client asks each server of the list for its own address"),
    ],
    judge: |evidence: &Evidence<'_>| both(&evidence.talk, REMEDY, |talk| look(talk, evidence.deployment, evidence.way)),
};

const REMEDY: &str = "Run `vc4all-deploy up`; where that changes nothing, look for a second `external_services` below \
                      /etc/prosody on the host";

fn look(talk: &Talk, deployment: &Deployment, way: &Way) -> Look {
    let services = match &talk.services {
        Ok(services) => services,
        Err(why) => return Look::Unseen(why.clone()),
    };
    let strange: BTreeSet<String> =
        services.iter().filter(|service| !is_allowed(service, deployment, way)).map(shown).collect();
    if !strange.is_empty() {
        let named = strange.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = strange.len().saturating_sub(3);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        return Look::Broken(format!("participants are sent to {named}{more}: neither ours nor in the inventory"));
    }
    match services.len() {
        0 => Look::Kept("no server is named".to_owned()),
        1 => Look::Kept("the server that is named is ours".to_owned()),
        count => Look::Kept(format!("all {count} that are named are ours, or in the inventory")),
    }
}

fn is_allowed(service: &Service, deployment: &Deployment, way: &Way) -> bool {
    let host = service.host.trim_end_matches('.');
    let own_address = host.parse::<IpAddr>().is_ok_and(|address| way.addresses.contains(&address.to_canonical()));
    let named = deployment.media.stun.iter().any(|foreign| {
        let server = foreign.server.as_str();
        let (known, _) = host_and_port(server.split_once(':').map_or(server, |(_, rest)| rest));
        service.kind == "stun" && known.eq_ignore_ascii_case(host)
    });
    host.eq_ignore_ascii_case(deployment.domain.as_str()) || own_address || named
}

fn shown(service: &Service) -> String {
    format!("{}:{}", service.kind, service.host)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::finding::Verdict;
    use crate::verify::Judgement;
    use crate::verify::stage::Stage;

    /// What is said where this server stands in the list beside our own.
    fn beside(stage: &mut Stage, kind: &str, host: &str) -> Judgement {
        stage.talk = sample::facts_with(|talk| {
            let services = talk.services.as_mut().unwrap();
            services.iter_mut().for_each(|service| service.host = "MEET.example.nl".to_owned());
            let more = Service { kind: kind.to_owned(), host: host.to_owned(), ..services[0].clone() };
            services.push(more);
        });
        let bosh = &mut stage.talk.as_mut().unwrap().bosh;
        bosh.services.as_mut().unwrap().iter_mut().for_each(|service| service.host = "meet.example.nl".to_owned());
        stage.judged(&PROMISE)
    }

    fn stage() -> Stage {
        let mut stage = Stage::new();
        stage.deployment.domain = crate::model::values::Domain::parse("meet.example.nl").unwrap();
        stage
    }

    #[test]
    fn our_own_servers_keep_it_by_name_and_by_address() {
        for host in ["meet.example.nl", "192.0.2.1", "2001:db8::1"] {
            assert_eq!(beside(&mut stage(), "turns", host).verdict, Verdict::Kept, "{host}");
        }
    }

    #[test]
    fn one_foreign_server_among_ours_breaks_it() {
        let judgement = beside(&mut stage(), "turn", "turn.example.org");
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert!(judgement.seen.starts_with("participants are sent to turn:turn.example.org: neither"), "{judgement:?}");
        for host in ["203.0.113.9", "meet.example.nl.example.org", "", "evil-meet.example.nl"] {
            assert_eq!(beside(&mut stage(), "stun", host).verdict, Verdict::Broken, "{host}");
        }
    }

    #[test]
    fn the_inventory_may_name_a_server_for_stun_alone() {
        let mut stage = stage();
        stage.foreign_stun("stun:stun.example.org:3478");
        assert_eq!(beside(&mut stage, "stun", "stun.example.org").verdict, Verdict::Kept);
        assert_eq!(beside(&mut stage, "turn", "stun.example.org").verdict, Verdict::Broken);
    }

    #[test]
    fn who_was_not_inside_has_not_seen_it() {
        let mut stage = stage();
        stage.talk = sample::facts_with(|talk| talk.services = Err("no meeting host is inside".to_owned()));
        let bosh = &mut stage.talk.as_mut().unwrap().bosh;
        bosh.services = Ok(Vec::new());
        assert_eq!(stage.judged(&PROMISE).verdict, Verdict::Unseen);
        stage.talk = Err("no way".to_owned());
        assert_eq!(stage.judged(&PROMISE), Judgement::unseen("no way"));
    }
}
