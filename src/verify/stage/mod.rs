//! An instance made by hand that keeps every promise about its place, its relay and its ports, for the tests of those.

mod ground;

pub(in crate::verify) use ground::{
    V4, V6, broken, country, deployment, ip, kept, line, nothing_to_do, traits, unseen, way,
};

use super::{Evidence, Judgement, Promise, Seen};
use crate::inside;
use crate::model::caa::{Caa, Property};
use crate::model::deployment::{Deployment, ForeignStun, NatMapping};
use crate::model::names::UnitName;
use crate::model::observed::{Observed, SeenUnit};
use crate::model::tls::Authority;
use crate::model::values::Domain;
use crate::model::values::{StunUri, WebAddress};
use crate::outside::names::{Dnssec, Found, Zone};
use crate::outside::relay::{Door, Kind, Peer, Reply, Transport};
use crate::outside::{Way, names, ports, relay, talk, tls};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// All evidence, each part open to a test.
pub(super) struct Stage {
    pub(super) deployment: Deployment,
    pub(super) observed: Observed,
    pub(super) way: Way,
    pub(super) relay: Seen<relay::Facts>,
    pub(super) ports: Seen<ports::Facts>,
    pub(super) names: Seen<names::Facts>,
    pub(super) talk: Seen<talk::Facts>,
    pub(super) inside: Seen<inside::Facts>,
    pub(super) tls: Seen<tls::Facts>,
    pub(super) now: i64,
}

impl Stage {
    pub(super) fn new() -> Self {
        let addresses: Vec<IpAddr> = vec![ip(V4), ip(V6)];
        let deployment = deployment("vergaderen.voorbeeldstad.nl");
        let doors = addresses.iter().flat_map(|own| [door(*own, Transport::Udp), door(*own, Transport::Tls)]);
        let host = |own: &IpAddr| ports::Host {
            address: *own,
            open: vec![22, 80, 443, 5349],
            refused: Vec::new(),
            silent: 1223,
            untried: 0,
            why: None,
        };
        Self {
            observed: observed(&addresses),
            relay: Ok(relay::Facts { doors: doors.collect() }),
            ports: Ok(ports::Facts { hosts: addresses.iter().map(host).collect() }),
            names: Ok(names(deployment.domain.clone())),
            talk: Err("nobody talked".to_owned()),
            inside: Err("nobody looked inside".to_owned()),
            tls: Err("nobody shook hands".to_owned()),
            now: 0,
            way: way(&deployment.domain, &addresses),
            deployment,
        }
    }

    /// What a promise says of it.
    pub(super) fn judged(&self, promise: &Promise) -> Judgement {
        let plan = nothing_to_do(&self.deployment.domain);
        (promise.judge)(&Evidence {
            now: self.now,
            tls: self.tls.clone(),
            talk: self.talk.clone(),
            relay: self.relay.clone(),
            ports: self.ports.clone(),
            names: self.names.clone(),
            inside: self.inside.clone(),
            ..Evidence::unlooked(&self.deployment, &self.observed, &plan, &self.way)
        })
    }

    pub(super) fn door(&mut self, address: &str, transport: Transport) -> &mut Door {
        let doors = &mut self.relay.as_mut().unwrap().doors;
        doors.iter_mut().find(|door| door.address == ip(address) && door.transport == transport).unwrap()
    }

    pub(super) fn each_door(&mut self, change: impl Fn(&mut Door)) {
        self.relay.as_mut().unwrap().doors.iter_mut().for_each(change);
    }

    pub(super) fn names(&mut self) -> &mut names::Facts {
        self.names.as_mut().unwrap()
    }

    /// Gives the domain these records.
    pub(super) fn caa(&mut self, caa: Caa) {
        let domain = self.deployment.domain.clone();
        self.names().caa.insert(domain, caa);
    }

    pub(super) fn ports(&mut self) -> &mut [ports::Host] {
        &mut self.ports.as_mut().unwrap().hosts
    }

    /// Gives the host other addresses, by which the world also finds it.
    pub(super) fn own(&mut self, addresses: &[&str]) {
        self.way.addresses = addresses.iter().map(|address| ip(address)).collect();
        self.observed.traits.addresses = self.way.addresses.clone();
    }

    pub(super) fn nat(&mut self, local: &str, public: &str) {
        self.deployment.media.nat.push(NatMapping { local: ip(local), public: ip(public) });
    }

    pub(super) fn stop(&mut self, unit: &str) {
        let stopped = SeenUnit { enabled: true, active: false };
        self.observed.units.insert(UnitName::new(unit).unwrap(), stopped);
    }

    pub(super) fn foreign_stun(&mut self, server: &str) {
        let server = StunUri::parse(server).unwrap();
        let foreign = ForeignStun { server, operator: line("Gemeente Voorbeeldstad"), country: country("NL") };
        self.deployment.media.stun.push(foreign);
    }

    pub(super) fn own_authority(&mut self, directory: &str) {
        let directory = WebAddress::parse(directory).unwrap();
        self.deployment.tls.authority = Authority::other(directory);
    }
}

/// A way to the relay as it should be; of the peers the bridge, one inside and one stranger.
fn door(own: IpAddr, transport: Transport) -> Door {
    let here = if own.is_ipv4() { "198.51.100.7:7" } else { "[2001:db8:7::7]:7" }.parse().unwrap();
    let refused = || Reply::Refused(403);
    let peer = |address: IpAddr, kind| Peer { address, kind, permission: refused(), channel: Some(refused()) };
    let given = Reply::Gave("0.0.0.0:0".parse().unwrap());
    let bridge = Peer { address: own, kind: Kind::Bridge, permission: given, channel: None };
    Door {
        address: own,
        transport,
        here: Some(here),
        binding: Reply::Gave(here),
        without: Reply::Refused(401),
        wrong: Reply::Refused(401),
        with: Some(Reply::Gave((own, 49_160).into())),
        peers: vec![bridge, peer(ip("127.0.0.1"), Kind::Inside), peer(ip("192.0.2.99"), Kind::Stranger)],
    }
}

fn names(domain: Domain) -> names::Facts {
    let issue = Property { critical: false, tag: "issue".to_owned(), value: "letsencrypt.org".to_owned() };
    let zone = Zone { name: "voorbeeldstad.nl".to_owned(), vouched: true, keys: true };
    names::Facts {
        servers: vec!["192.0.2.53:53".parse().unwrap()],
        a: Found::Addresses(vec![ip(V4)]),
        aaaa: Found::Addresses(vec![ip(V6)]),
        aliases: Vec::new(),
        caa: [(domain, Caa { at: Some("voorbeeldstad.nl".to_owned()), properties: vec![issue], trouble: None })].into(),
        dnssec: Dnssec { zone: Ok(zone), authentic: true, signature: true, bogus: false },
        others: BTreeMap::new(),
    }
}

fn observed(addresses: &[IpAddr]) -> Observed {
    let coturn = (UnitName::new("coturn.service").unwrap(), SeenUnit { enabled: true, active: true });
    Observed { units: [coturn].into(), ..Observed::bare(traits(addresses)) }
}
