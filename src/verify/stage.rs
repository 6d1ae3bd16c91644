//! An instance made by hand that keeps every promise about its place, its relay and its ports, for the tests of those.

use super::{Evidence, Judgement, Promise, Seen};
use crate::inside;
use crate::model::deployment::{
    Access, Authority, Deployment, ForeignStun, Guests, Host, Language, Media, MeetingHosts, NatMapping, Operator,
    OperatorKind, Packages, PeerToPeer, Provider, Retention, SecondFactor, SecurityUpdates, Tls, Updates,
};
use crate::model::digest::Digest;
use crate::model::finding::Verdict;
use crate::model::names::UnitName;
use crate::model::observed::{Observed, SeenUnit};
use crate::model::plan::Plan;
use crate::model::traits::{Architecture, Release, Traits};
use crate::model::values::{Address, CountryCode, Domain, Email, KeyFingerprint, Line, StunUri, WebAddress};
use crate::outside::names::{Caa, Dnssec, Found, Property, Zone};
use crate::outside::relay::{Door, Kind, Peer, Reply, Transport};
use crate::outside::{ToldBy, Way, names, ports, relay, talk, tls, web};
use rustls::RootCertStore;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

const V4: &str = "192.0.2.1";
const V6: &str = "2001:db8::1";

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
            deployment: deployment(),
            observed: observed(&addresses),
            relay: Ok(relay::Facts { doors: doors.collect() }),
            ports: Ok(ports::Facts { hosts: addresses.iter().map(host).collect() }),
            names: Ok(names()),
            talk: Err("nobody talked".to_owned()),
            inside: Err("nobody looked inside".to_owned()),
            tls: Err("nobody shook hands".to_owned()),
            now: 0,
            way: Way {
                domain: domain(),
                addresses,
                told_by: ToldBy::Resolver,
                roots: Arc::new(RootCertStore::empty()),
                patience: Duration::from_secs(1),
            },
        }
    }

    /// What a promise says of it.
    pub(super) fn judged(&self, promise: &Promise) -> Judgement {
        let plan = Plan { domain: domain(), host: V4.to_owned(), based_on: None, changes: Vec::new(), unchanged: 0 };
        (promise.judge)(&Evidence {
            deployment: &self.deployment,
            claims: &[],
            observed: &self.observed,
            plan: &plan,
            now: self.now,
            way: &self.way,
            tls: self.tls.clone(),
            web: Err::<web::Facts, _>("nobody fetched".to_owned()),
            talk: self.talk.clone(),
            relay: self.relay.clone(),
            ports: self.ports.clone(),
            names: self.names.clone(),
            inside: self.inside.clone(),
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
        self.deployment.tls.authority = Authority::Other { directory, root: None };
    }
}

/// The judgement is that the promise holds, and the words stand in what was seen.
pub(super) fn kept(judgement: &Judgement, words: &str) {
    is(judgement, Verdict::Kept, words);
}

/// The judgement is that it does not hold, with the words and a remedy.
pub(super) fn broken(judgement: &Judgement, words: &str) {
    is(judgement, Verdict::Broken, words);
    assert!(judgement.remedy.as_ref().is_some_and(|remedy| !remedy.is_empty() && !remedy.ends_with('.')));
}

/// The judgement is that nobody could look, with the words.
pub(super) fn unseen(judgement: &Judgement, words: &str) {
    is(judgement, Verdict::Unseen, words);
}

fn is(judgement: &Judgement, verdict: Verdict, words: &str) {
    assert!(
        judgement.verdict == verdict && judgement.seen.contains(words),
        "{judgement:?} is not {verdict:?}: {words}"
    );
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn domain() -> Domain {
    Domain::parse("vergaderen.voorbeeldstad.nl").unwrap()
}

fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).unwrap()
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

fn names() -> names::Facts {
    let issue = Property { critical: false, tag: "issue".to_owned(), value: "letsencrypt.org".to_owned() };
    let zone = Zone { name: "voorbeeldstad.nl".to_owned(), vouched: true, keys: true };
    names::Facts {
        servers: vec!["192.0.2.53:53".parse().unwrap()],
        a: Found::Addresses(vec![ip(V4)]),
        aaaa: Found::Addresses(vec![ip(V6)]),
        aliases: Vec::new(),
        caa: Caa { at: Some("voorbeeldstad.nl".to_owned()), properties: vec![issue], trouble: None },
        dnssec: Dnssec { zone: Ok(zone), authentic: true, signature: true, bogus: false },
        others: BTreeMap::new(),
    }
}

fn observed(addresses: &[IpAddr]) -> Observed {
    Observed {
        digest: Digest::of(b"stage"),
        traits: Traits {
            release: Release::Debian13,
            architecture: Architecture::X86_64,
            memory_mib: 4096,
            addresses: addresses.to_vec(),
            ssh_ports: vec![22],
        },
        packages: BTreeMap::new(),
        paths: BTreeMap::new(),
        units: BTreeMap::from([(UnitName::new("coturn.service").unwrap(), SeenUnit { enabled: true, active: true })]),
        secrets: Default::default(),
        accounts: Default::default(),
        roster: Default::default(),
        certificate: None,
        listeners: Vec::new(),
        foreign_sites: Vec::new(),
        resolved: Vec::new(),
        broken_run: false,
        generation: 1,
        free_mib: 10_000,
        clock: 0,
    }
}

fn deployment() -> Deployment {
    let mail = |text: &str| Email::parse(text).unwrap();
    let site = |text: &str| WebAddress::parse(text).unwrap();
    Deployment {
        domain: domain(),
        operator: Operator {
            name: line("Gemeente Voorbeeldstad"),
            kind: OperatorKind::Municipality,
            address: line("Raadhuisplein 1, 1234 AB Voorbeeldstad"),
            country: country("NL"),
            email: mail("privacy@voorbeeldstad.nl"),
            security: mail("security@voorbeeldstad.nl"),
            privacy_officer: None,
            website: None,
        },
        host: Host {
            address: Address::parse(V4).unwrap(),
            port: None,
            user: None,
            identity: None,
            host_key: None,
            provider: Some(Provider { name: line("Voorbeeldhosting"), country: country("NL") }),
            release: Release::Debian13,
            memory_mib: 4096,
        },
        tls: Tls { authority: Authority::LetsEncrypt, contact: None },
        access: Access {
            meeting_hosts: MeetingHosts::Accounts { listed: None },
            second_factor: SecondFactor::Required,
            guests: Guests::Lobby,
            token_minutes: 60,
            room_name_bits: 40,
        },
        media: Media { stun: Vec::new(), peer_to_peer: PeerToPeer::Off, participants: 50, nat: Vec::new() },
        retention: Retention { logs_days: 7 },
        languages: vec![Language::Nl],
        updates: Updates { security: SecurityUpdates::Automatic, reboot_window: None },
        packages: Packages {
            jitsi: site("https://download.jitsi.org"),
            suite: "stable".to_owned(),
            key_url: site("https://download.jitsi.org/jitsi-key.gpg.key"),
            key: KeyFingerprint::parse(&"A".repeat(40)).unwrap(),
        },
        overrides: None,
    }
}
