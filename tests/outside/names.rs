//! Real name servers: one that holds signed zones, and a resolver that checks signatures.

use crate::needs::have;
use crate::network::Network;
use crate::root::is_root;
use crate::scene::Scene;
use crate::tool::{folder, succeed, write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vc4all_deploy::model::caa::{Applicant, Caa, Ruling};
use vc4all_deploy::model::finding::Verdict;
use vc4all_deploy::model::subject::SubjectName;
use vc4all_deploy::model::tls::{Authority, Method};
use vc4all_deploy::model::values::Domain;
use vc4all_deploy::outside::names::{self, Facts, Found};

const HOLDER: &str = "127.0.0.2:53";
const RESOLVER: &str = "127.0.0.1:53";
const MISLED: &str = "127.0.0.3:53";
const V4: &str = "203.0.113.10";
const V6: &str = "2001:db8:10::10";

const KNOT: &str = "
server:
    rundir: DIR
    listen: 127.0.0.2@53
database:
    storage: DIR
policy:
  - id: ours
    algorithm: ecdsap256sha256
    single-type-signing: on
template:
  - id: default
    storage: DIR
    file: \"%s.zone\"
    zonefile-sync: -1
    zonefile-load: difference
    journal-content: all
zone:
  - domain: test.
  - domain: voorbeeldstad.test.
    dnssec-signing: on
    dnssec-policy: ours
  - domain: eigen.test.
";

const UNBOUND: &str = "
server:
    directory: 'DIR'
    chroot: ''
    username: ''
    pidfile: ''
    use-syslog: no
    interface: ADDRESS
    do-not-query-localhost: no
    local-zone: 'test.' nodefault
    trust-anchor: 'ANCHOR'
    module-config: 'validator iterator'
stub-zone:
    name: 'test.'
    stub-addr: 127.0.0.2@53
remote-control:
    control-enable: no
";

const START: &str = "$TTL 60\n@ SOA ns.test. beheer.voorbeeldstad.test. 1 3600 600 86400 60\n@ NS ns.test.\n";

struct Dns {
    network: Network,
    _folder: TempDir,
}

impl Dns {
    /// Starts all three; nothing where this machine cannot.
    fn start() -> Option<Self> {
        if !have(&["knotd", "keymgr", "unbound", "unshare", "ip"]) || !is_root() {
            return None;
        }
        let folder = folder();
        let file = |name: &str, text: &str| write(&folder.path().join(name), text);
        let long = "lang CAA 0 iodef \"mailto:SOMEBODY-".to_owned() + &"x".repeat(80) + "@voorbeeldstad.test\"\n";
        let long: String = (0..40).map(|n| long.replace("SOMEBODY", &n.to_string())).collect();
        // What the zone above says of the keys stands here to be there: the resolver has an anchor of its own.
        let above = "ns A 127.0.0.2\nvoorbeeldstad NS ns\neigen NS ns\nvoorbeeldstad DS 1 13 2 ";
        file("test.zone", &format!("{START}{above}{}\n", "00".repeat(32)));
        let ours = format!("vergaderen A {V4}\nvergaderen AAAA {V6}\n@ CAA 0 issue \"letsencrypt.org\"\n");
        let others = "bijnaam CNAME vergaderen\ndicht A 203.0.113.10\ndicht CAA 0 issue \";\"\n";
        let bound = "letsencrypt.org; validationmethods=dns-01";
        let card = format!("kaart CAA 0 issue \"{bound}\"\nkaart CAA 0 issuewild \"pki.example\"\n");
        file("voorbeeldstad.test.zone", &format!("{START}{ours}{others}{card}{long}"));
        file("eigen.test.zone", &format!("{START}host A {V4}\n"));
        let knot = KNOT.replace("DIR", folder.path().to_str().unwrap());
        file("knot.conf", &knot);
        let conf = folder.path().join("knot.conf");
        let mut network = Network::with(&[]);
        network.start(Command::new("knotd").arg("-c").arg(&conf));
        network.wait("knotd", || TcpStream::connect(HOLDER).is_ok());
        let mut dns = Self { network, _folder: folder };
        let signed = |dns: &Self| dns.seen("vergaderen.voorbeeldstad.test", HOLDER).dnssec.signature;
        let deadline = Instant::now() + Duration::from_secs(20);
        while !signed(&dns) {
            dns.network.wait("knotd", || true);
            assert!(Instant::now() < deadline, "the zone is never signed");
        }
        dns.resolvers(&succeed(Command::new("keymgr").arg("-c").arg(&conf).args(["voorbeeldstad.test", "ds"])));
        Some(dns)
    }

    /// A resolver with the right anchor, and one that believes in another key.
    fn resolvers(&mut self, anchors: &str) {
        let right = anchors.lines().find(|line| line.contains(" 13 2 ")).unwrap().trim().to_owned();
        let (head, digest) = right.rsplit_once(' ').unwrap();
        let wrong = format!("{head} {}", "ab".repeat(digest.len() / 2));
        for (at, anchor) in [(RESOLVER, &right), (MISLED, &wrong)] {
            let address = at.trim_end_matches(":53");
            let text = UNBOUND.replace("ADDRESS", address).replace("ANCHOR", anchor);
            let path = self._folder.path().join(format!("unbound-{address}.conf"));
            write(&path, &text.replace("DIR", self._folder.path().to_str().unwrap()));
            self.network.start(Command::new("unbound").arg("-d").arg("-c").arg(&path));
            self.network.wait("unbound", || TcpStream::connect(at).is_ok());
        }
    }

    fn scene(domain: &str) -> Scene {
        let mut scene = Scene::at(&[V4, V6].map(|address| address.parse::<IpAddr>().unwrap()));
        scene.way.domain = Domain::parse(domain).unwrap();
        scene.deployment.domain = scene.way.domain.clone();
        scene.deployment.tls.names.clear();
        scene
    }

    fn seen(&self, domain: &str, server: &str) -> Facts {
        let scene = Self::scene(domain);
        let server: SocketAddr = server.parse().unwrap();
        let others = ["host.eigen.test".to_owned(), "niemand.eigen.test".to_owned(), "192.0.2.7".to_owned()];
        self.network
            .inside(|| names::look(&scene.way, Some(server), names::Beside { others: &others, certified: &[] }))
            .unwrap()
    }

    fn judged(&self, domain: &str, server: &str) -> Scene {
        let mut scene = Self::scene(domain);
        scene.names = Ok(self.seen(domain, server));
        scene
    }
}

#[test]
fn addresses_and_authorities_are_read() {
    let Some(dns) = Dns::start() else { return };
    let facts = dns.seen("vergaderen.voorbeeldstad.test", RESOLVER);
    assert_eq!(
        [facts.a.addresses(), facts.aaaa.addresses()].concat(),
        [V4, V6].map(|ip| ip.parse::<IpAddr>().unwrap())
    );
    assert_eq!(caa(&facts).at.as_deref(), Some("voorbeeldstad.test"));
    assert_eq!(facts.others["host.eigen.test"].addresses(), [V4.parse::<IpAddr>().unwrap()]);
    assert_eq!(facts.others["niemand.eigen.test"], Found::NoSuchName);
    assert_eq!(facts.others["192.0.2.7"].addresses(), ["192.0.2.7".parse::<IpAddr>().unwrap()]);
    let alias = dns.seen("bijnaam.voorbeeldstad.test", RESOLVER);
    assert_eq!(alias.aliases, ["vergaderen.voorbeeldstad.test"]);
    assert_eq!((&alias.a, caa(&alias)), (&facts.a, caa(&facts)));
    // More than a datagram holds, and more than is kept.
    let long = dns.seen("lang.voorbeeldstad.test", HOLDER);
    assert_eq!((caa(&long).properties.len(), caa(&long).at.as_deref()), (32, Some("lang.voorbeeldstad.test")));
    assert_eq!(long.a, Found::Nothing);
    let nobody = dns.seen("niemand.voorbeeldstad.test", RESOLVER);
    assert_eq!((&nobody.a, &nobody.aaaa), (&Found::NoSuchName, &Found::NoSuchName));
    assert_eq!(caa(&nobody), caa(&facts));
    let none = dns.seen("host.eigen.test", RESOLVER);
    assert_eq!((&caa(&none).at, &caa(&none).trouble), (&None, &None));
    assert!(caa(&dns.seen("host.elders.nl", HOLDER)).trouble.clone().unwrap().contains("REFUSED"));
}

#[test]
fn a_name_that_leads_nowhere_is_told_from_a_resolver_that_fails() {
    let Some(dns) = Dns::start() else { return };
    let told = |name: &str, server: &str, seconds: u64| {
        let (name, server) = (Domain::parse(name).unwrap(), server.parse().unwrap());
        dns.network.inside(|| names::whereabouts(&name, Some(server), Duration::from_secs(seconds)))
    };
    let leads = |name: &str, server: &str| told(name, server, 20);
    let both = [V4, V6].map(|ip| ip.parse::<IpAddr>().unwrap());
    assert_eq!(leads("vergaderen.voorbeeldstad.test", RESOLVER).addresses(), both);
    assert_eq!(leads("bijnaam.voorbeeldstad.test", RESOLVER).addresses(), both);
    assert_eq!(leads("host.eigen.test", RESOLVER).addresses(), [both[0]]);
    assert_eq!(leads("kaart.voorbeeldstad.test", RESOLVER), Found::Nothing);
    assert_eq!(leads("niemand.eigen.test", RESOLVER), Found::NoSuchName);
    let misled = leads("vergaderen.voorbeeldstad.test", MISLED);
    assert_eq!(misled, Found::Failed("the resolver failed (SERVFAIL)".to_owned()));
    let refused = leads("host.elders.nl", HOLDER);
    assert_eq!(refused, Found::Failed("the resolver refuses to tell (REFUSED)".to_owned()));
    assert!(matches!(told("vergaderen.voorbeeldstad.test", "127.0.0.77:53", 4), Found::Failed(_)));
}

#[test]
fn signatures_are_told_as_the_resolver_sees_them() {
    let Some(dns) = Dns::start() else { return };
    let name = "vergaderen.voorbeeldstad.test";
    let held = dns.seen(name, HOLDER).dnssec;
    let zone = held.zone.clone().unwrap();
    assert_eq!((zone.name.as_str(), zone.vouched, zone.keys), ("voorbeeldstad.test", true, true));
    assert!(held.signature && !held.authentic && !held.bogus);
    let checked = dns.seen(name, RESOLVER).dnssec;
    assert!(checked.signature && checked.authentic && !checked.bogus);
    let misled = dns.judged(name, MISLED);
    let facts = misled.names.as_ref().unwrap();
    assert!(facts.dnssec.bogus && !facts.dnssec.authentic, "{facts:?}");
    assert_eq!(facts.a, Found::Failed("the resolver failed (SERVFAIL)".to_owned()));
    assert_eq!(misled.finding("dnssec").verdict, Verdict::Noted);
    let plain = dns.seen("host.eigen.test", RESOLVER).dnssec;
    let zone = plain.zone.unwrap();
    assert!(!zone.vouched && !zone.keys && !plain.signature && !plain.bogus);
}

/// What was found for the domain, the only name that was asked about.
fn caa(facts: &Facts) -> &Caa {
    assert_eq!(facts.caa.len(), 1, "{:?}", facts.caa);
    facts.caa.values().next().unwrap()
}

#[test]
fn every_name_of_a_certificate_is_asked_about_and_wildcards_have_records_of_their_own() {
    let Some(dns) = Dns::start() else { return };
    let names = ["vergaderen", "dicht", "kaart", "host.kaart", "niemand"]
        .map(|name| Domain::parse(&format!("{name}.voorbeeldstad.test")).unwrap());
    let ask = |server: &str, seconds: u64| {
        let (server, patience) = (server.parse().unwrap(), Duration::from_secs(seconds));
        dns.network.inside(|| names::authorities(&names, Some(server), patience)).unwrap()
    };
    let known = ask(RESOLVER, 20);
    let records = Applicant::of(&Authority::LetsEncrypt, Method::Record);
    let pages = Applicant::of(&Authority::LetsEncrypt, Method::Page);
    let ruled = |name: &str, applicant: &Applicant| {
        let name = SubjectName::parse(name).unwrap();
        known[name.domain().unwrap()].rule(applicant, &name)
    };
    assert_eq!(ruled("vergaderen.voorbeeldstad.test", &pages), Ruling::May);
    assert!(matches!(ruled("dicht.voorbeeldstad.test", &pages), Ruling::MayNot(_)));
    for name in ["kaart.voorbeeldstad.test", "host.kaart.voorbeeldstad.test"] {
        assert_eq!(ruled(name, &records), Ruling::May);
        let by_page = Ruling::MayNot("letsencrypt.org may not issue by http-01".to_owned());
        assert_eq!(ruled(name, &pages), by_page);
    }
    let wild = Ruling::MayNot("letsencrypt.org may not issue wildcards".to_owned());
    assert_eq!(ruled("*.kaart.voorbeeldstad.test", &records), wild);
    assert_eq!(ruled("niemand.voorbeeldstad.test", &records), Ruling::May);
    let silent = ask("127.0.0.77:53", 5);
    assert!(silent.values().all(|caa| caa.trouble.is_some() && caa.properties.is_empty()), "{silent:?}");
}

#[test]
fn a_name_that_leads_elsewhere_and_a_forbidden_authority_are_found() {
    let promises = ["names-lead-here", "caa"];
    let Some(dns) = Dns::start() else { return };
    let mut whole = dns.judged("vergaderen.voorbeeldstad.test", RESOLVER);
    whole.deployment.tls.authority = Authority::LetsEncrypt;
    assert_eq!(whole.with(Verdict::Kept, &promises), promises);
    whole.way.addresses = vec!["203.0.113.99".parse().unwrap(), V6.parse().unwrap()];
    assert_eq!(whole.with(Verdict::Broken, &promises), ["names-lead-here"]);
    let mut closed = dns.judged("dicht.voorbeeldstad.test", RESOLVER);
    closed.deployment.tls.authority = Authority::LetsEncrypt;
    assert_eq!(closed.with(Verdict::Broken, &promises), ["caa"]);
    let nobody = dns.judged("niemand.voorbeeldstad.test", RESOLVER);
    assert_eq!(nobody.finding("names-lead-here").verdict, Verdict::Unseen);
}
