//! Nothing answers from outside but what the deployment declares.

use crate::model::finding::Source;
use crate::outside::ports::{Host, declared};
use crate::verify::{Evidence, Judgement, Promise};

pub(super) const PROMISE: Promise = Promise {
    name: "open-ports",
    title: "No TCP port answers from outside that is not declared",
    sources: &[
        Source::Regulators("security"),
        Source::Law("GDPR art. 25(1), art. 32(1)"),
        Source::Ours("docs/architecture.md: the firewall opens exactly what the servers are told to use"),
    ],
    judge,
};

const REMEDY: &str = "Find out on the host who listens (`ss -ltnp`) and stop it; then run `vc4all-deploy up`, which closes the firewall again";

fn judge(evidence: &Evidence<'_>) -> Judgement {
    let facts = match &evidence.ports {
        Ok(facts) => facts,
        Err(why) => return Judgement::unseen(why.clone()),
    };
    let wanted = declared(&evidence.observed.traits.ssh_ports);
    let strange: Vec<String> = facts.hosts.iter().filter_map(|host| strange(host, &wanted)).collect();
    if !strange.is_empty() {
        return Judgement::broken(strange.join("; "), REMEDY);
    }
    if let Some(host) = facts.hosts.iter().find(|host| is_unguarded(host))
        && evidence.inside.as_ref().is_ok_and(|inside| inside.unit_runs(FIREWALL))
    {
        let seen = format!(
            "{} TCP ports of {} refuse aloud: no firewall stands before them",
            host.refused.len(),
            host.address
        );
        return Judgement::broken(seen, "Load the firewall's rules again: run `systemctl reload nftables` on the host");
    }
    let (seen, unreached): (Vec<&Host>, Vec<&Host>) = facts.hosts.iter().partition(|host| !host.open.is_empty());
    let none: Vec<String> = unreached.iter().map(|host| host.address.to_string()).collect();
    if seen.is_empty() {
        return Judgement::unseen(format!("nothing at all answers at {}", none.join(", ")));
    }
    if let Some(host) = seen.iter().find(|host| host.untried > 0) {
        let why = host.why.as_deref().unwrap_or("no reason is known");
        return Judgement::unseen(format!("{} ports of {} could not be tried: {why}", host.untried, host.address));
    }
    let mut text = seen.iter().map(|host| summary(host)).collect::<Vec<_>>().join("; ");
    if !none.is_empty() {
        text.push_str(&format!("; nothing at all answers at {}", none.join(", ")));
    }
    Judgement::kept(format!("{text} (UDP cannot be tried like this)"))
}

/// The firewall's unit; that it runs is a promise of its own.
const FIREWALL: &str = "nftables.service";

/// Whether most ports say that they are closed; our firewall is silent, and a provider's may refuse a few.
fn is_unguarded(host: &Host) -> bool {
    host.refused.len() > host.tried() / 2
}

fn strange(host: &Host, wanted: &[u16]) -> Option<String> {
    let ports: Vec<u16> = host.open.iter().copied().filter(|port| !wanted.contains(port)).collect();
    let more = ports.len().saturating_sub(10);
    let also = if more == 0 { String::new() } else { format!(" and {more} more") };
    (!ports.is_empty()).then(|| format!("TCP port {}{also} of {} answers", numbers(&ports), host.address))
}

fn summary(host: &Host) -> String {
    format!("{} of {} TCP ports of {}", numbers(&host.open), host.tried(), host.address)
}

fn numbers(ports: &[u16]) -> String {
    ports.iter().take(10).map(u16::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inside::UnitFacts;
    use crate::model::names::UnitName;
    use crate::verify::stage::{Stage, broken, kept, unseen};
    use std::collections::BTreeMap;

    #[test]
    fn only_declared_ports_answer() {
        let mut stage = Stage::new();
        kept(&stage.judged(&PROMISE), "22, 80, 443, 5349 of 1227 TCP ports of 192.0.2.1");
        stage.ports()[1].open = vec![22, 80, 443, 5349, 8080];
        broken(&stage.judged(&PROMISE), "TCP port 8080 of 2001:db8::1 answers");
        stage.observed.traits.ssh_ports = vec![8080];
        broken(&stage.judged(&PROMISE), "TCP port 22 of 192.0.2.1 answers; TCP port 22 of");
    }

    #[test]
    fn a_declared_port_that_is_silent_is_told_elsewhere() {
        let mut stage = Stage::new();
        stage.ports()[0].open = vec![22, 80, 443];
        kept(&stage.judged(&PROMISE), "22, 80, 443 of");
    }

    #[test]
    fn a_firewall_that_lets_everybody_knock_is_found() {
        let running = UnitFacts { active: "active".into(), ..UnitFacts::default() };
        let units = BTreeMap::from([(UnitName::new(FIREWALL).unwrap(), running)]);
        let mut stage = Stage::new();
        stage.ports()[0].refused = (1000..2300).collect();
        stage.ports()[0].silent = 0;
        kept(&stage.judged(&PROMISE), "22, 80, 443, 5349");
        stage.inside = Ok(crate::inside::Facts { units, ..Default::default() });
        broken(&stage.judged(&PROMISE), "1300 TCP ports of 192.0.2.1 refuse aloud");
        stage.ports()[0].refused.truncate(20);
        stage.ports()[0].silent = 1200;
        kept(&stage.judged(&PROMISE), "22, 80, 443, 5349");
    }

    #[test]
    fn what_was_not_tried_is_not_kept() {
        let mut stage = Stage::new();
        stage.ports()[0].untried = 5;
        stage.ports()[0].why = Some("too many open files".into());
        unseen(&stage.judged(&PROMISE), "5 ports of 192.0.2.1 could not be tried: too many open files");
        let mut stage = Stage::new();
        stage.ports()[1].open.clear();
        kept(&stage.judged(&PROMISE), "nothing at all answers at 2001:db8::1");
        stage.ports()[0].open.clear();
        unseen(&stage.judged(&PROMISE), "nothing at all answers at 192.0.2.1, 2001:db8::1");
        stage.ports = Err("no runtime".into());
        unseen(&stage.judged(&PROMISE), "no runtime");
    }
}
