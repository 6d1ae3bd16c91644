//! Gathers the evidence: all looks from outside at once, then one from inside, which sees what they left behind.

use super::evidence::{Evidence, Seen};
use crate::inside::{self, Needle, NeedleKind};
use crate::model::caa::subjects;
use crate::model::deployment::Deployment;
use crate::model::observed::{Observed, Transport};
use crate::model::plan::Plan;
use crate::model::resource::Claim;
use crate::model::values::Domain;
use crate::outside::ports::Reach;
use crate::outside::relay::{Door, Reply};
use crate::outside::talk::Visit;
use crate::outside::{Way, names, ports, relay, talk, tls, web};
use crate::policy::address::{self, reach};
use crate::policy::egress;
use crate::remote::Remote;
use anyhow::Result;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::thread::{self, ScopedJoinHandle};

/// What is looked at, and how.
pub struct Subject<'a> {
    /// What was promised.
    pub deployment: &'a Deployment,
    /// What the host should hold.
    pub claims: &'a [Claim],
    /// The host as `plan` sees it.
    pub observed: &'a Observed,
    /// What `up` would change now.
    pub plan: &'a Plan,
    /// The operator's clock in seconds since 1970, when the look began.
    pub now: i64,
    /// How the instance is reached from here.
    pub way: &'a Way,
    /// Who comes to visit, and which room.
    pub visit: &'a Visit,
    /// At which TCP ports to knock.
    pub reach: Reach,
    /// The DNS server to ask; this machine's own where none is named.
    pub dns: Option<SocketAddr>,
}

/// What was seen from outside.
struct Outside {
    tls: Seen<tls::Facts>,
    web: Seen<web::Facts>,
    talk: Seen<talk::Facts>,
    relay: Seen<relay::Facts>,
    ports: Seen<ports::Facts>,
    names: Seen<names::Facts>,
}

/// Looks at everything. A look that fails is part of the evidence, and stops no other.
pub fn gather<'a>(subject: &Subject<'a>, remote: &mut dyn Remote) -> Evidence<'a> {
    let outside = outside(subject);
    let visit = inside::Visit { began: subject.now, needles: needles(subject.visit, subject.way, &outside) };
    let inside = seen(inside::look(remote, &inside::Questions::about(subject.claims, visit)));
    Evidence {
        deployment: subject.deployment,
        claims: subject.claims,
        observed: subject.observed,
        plan: subject.plan,
        now: subject.now,
        way: subject.way,
        tls: outside.tls,
        web: outside.web,
        talk: outside.talk,
        relay: outside.relay,
        ports: outside.ports,
        names: outside.names,
        inside,
    }
}

fn outside(subject: &Subject<'_>) -> Outside {
    let way = subject.way;
    let mut also = ports::declared(&subject.observed.traits.ssh_ports);
    also.extend(subject.observed.listeners.iter().filter(|one| one.transport == Transport::Tcp).map(|one| one.port));
    let foreign = foreign(subject);
    let certified = certified(subject);
    thread::scope(|scope| {
        let tls = scope.spawn(|| seen(tls::look(way, subject.now)));
        let web = scope.spawn(|| seen(web::look(way, subject.deployment)));
        let ports = scope.spawn(|| seen(ports::look(way, subject.reach, &also)));
        let names = scope
            .spawn(|| seen(names::look(way, subject.dns, names::Beside { others: &foreign, certified: &certified })));
        // Only who is in a room gets credentials for the relay.
        let talk = scope.spawn(|| seen(talk::look(way, subject.visit)));
        let talk = end(talk);
        let services = talk.as_ref().ok().and_then(|facts| facts.credentials.as_ref());
        let credentials = services.and_then(|got| relay::Credentials::among(&got.services));
        let relay = seen(relay::look(way, credentials.as_ref()));
        Outside { tls: end(tls), web: end(web), talk, relay, ports: end(ports), names: end(names) }
    })
}

/// The names beside the domain whose addresses matter: foreign STUN servers, and from whom the host fetches packages.
fn foreign(subject: &Subject<'_>) -> Vec<String> {
    let (deployment, release) = (subject.deployment, subject.observed.traits.release);
    let stun = deployment.media.stun.iter().map(|foreign| foreign.server.as_str());
    let stun = stun.map(|uri| names::without_port(uri.trim_start_matches("stun:")));
    let packages = egress::packages(deployment, release).into_iter().map(|asked| asked.host);
    stun.chain(packages).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The names of the certificate that authorities may be forbidden for.
fn certified(subject: &Subject<'_>) -> Vec<Domain> {
    let all = subjects(&subject.deployment.domain, &subject.deployment.tls);
    all.into_iter().map(|(_, domain)| domain).collect()
}

/// What no log may hold: the room, the token, and our own address as the instance sees it.
fn needles(visit: &Visit, way: &Way, outside: &Outside) -> Vec<Needle> {
    // The room's name comes first, then the token's signature.
    let traces = visit.traces().into_iter().zip([NeedleKind::Room, NeedleKind::Token]);
    let mut needles: Vec<Needle> = traces.filter_map(|(text, kind)| Needle::new(kind, text.reveal())).collect();
    let doors = outside.relay.as_ref().map(|facts| facts.doors.as_slice()).unwrap_or_default();
    let own: BTreeSet<IpAddr> = doors.iter().filter_map(visitor).collect();
    // Who comes from behind the host's own router has the host's address, which may stand anywhere.
    let own = own.into_iter().filter(|address| !way.addresses.contains(address));
    needles.extend(own.flat_map(Needle::address));
    needles
}

/// Our address as the relay sees it: behind a router it is another one than our own, which no log could name.
fn visitor(door: &Door) -> Option<IpAddr> {
    let here = door.here?.ip();
    match door.binding {
        Reply::Gave(told) if told.is_ipv4() == here.is_ipv4() && reach(told.ip()) != address::Reach::Host => {
            Some(told.ip())
        }
        _ => Some(here),
    }
}

fn seen<T>(look: Result<T>) -> Seen<T> {
    look.map_err(|error| format!("{error:#}"))
}

/// What a look brought; one that broke off saw nothing.
fn end<T>(look: ScopedJoinHandle<'_, Seen<T>>) -> Seen<T> {
    look.join().unwrap_or_else(|_| Err("the look broke off".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::stage::Stage;

    /// Whose address is looked for, where the relay says this to a visitor from there.
    fn looked_for(told: Reply, here: &str) -> Option<String> {
        let mut stage = Stage::new();
        let door = stage.door("192.0.2.1", relay::Transport::Udp);
        (door.binding, door.here) = (told, Some(here.parse().unwrap()));
        visitor(door).map(|address| address.to_string())
    }

    #[test]
    fn behind_a_router_the_address_that_the_instance_sees_is_looked_for() {
        let gave = |told: &str| Reply::Gave(told.parse().unwrap());
        let looked = |told, here| looked_for(told, here).unwrap();
        assert_eq!(looked(gave("198.51.100.7:7"), "192.168.1.5:7"), "198.51.100.7");
        assert_eq!(looked(gave("198.51.100.7:7"), "198.51.100.7:7"), "198.51.100.7");
        for strange in [gave("127.0.0.1:7"), gave("0.0.0.0:7"), gave("[::1]:7"), Reply::Silent("no answer".into())] {
            assert_eq!(looked(strange, "198.51.100.9:7"), "198.51.100.9");
        }
    }

    #[test]
    fn the_host_s_own_address_is_nobody_s_trace() {
        let mut stage = Stage::new();
        let told = |door: &mut Door| door.binding = Reply::Gave(SocketAddr::new(door.address, 7));
        stage.each_door(told);
        let nothing = || "nobody looked".to_owned();
        let outside = |relay| Outside {
            tls: Err(nothing()),
            web: Err(nothing()),
            talk: Err(nothing()),
            relay,
            ports: Err(nothing()),
            names: Err(nothing()),
        };
        let visit = Visit::new(&stage.deployment, "71358246905713582469".to_owned(), None);
        assert_eq!(needles(&visit, &stage.way, &outside(stage.relay.clone())).len(), 1, "the room alone");
        assert!(needles(&visit, &stage.way, &outside(Stage::new().relay)).len() > 1);
    }
}
