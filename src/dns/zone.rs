//! What the name servers of a zone themselves say about a text record, past every cache.

use super::ask::{Answer, Desk, shown};
use super::servers::servers;
use anyhow::{Context as _, Result, bail, ensure};
use hickory_proto::rr::{Name, RData, RecordType};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::thread;
use std::time::Duration;

/// How the DNS is reached from this machine.
#[derive(Debug, Clone)]
pub struct World {
    resolvers: Vec<SocketAddr>,
    port: u16,
    known: BTreeMap<Name, Zone>,
}

/// What one name server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name.
    pub server: String,
    /// One of its addresses.
    pub address: IpAddr,
    /// The values of the text records there, or why nobody could tell.
    pub values: Result<Vec<String>, String>,
}

/// The port of the DNS (RFC 1035 §4.2).
const PORT: u16 = 53;
/// How long the resolver may take for one step, and each name server for its answer.
const PATIENCE: Duration = Duration::from_secs(4);
/// The most aliases and delegations that are followed.
const MOST_STEPS: usize = 8;
/// The most name servers of a zone, and addresses of one.
const MOST_SERVERS: usize = 13;
const MOST_ADDRESSES: usize = 4;

#[derive(Debug, Clone)]
struct Zone {
    apex: Name,
    servers: Vec<(Name, SocketAddr)>,
}

enum Said {
    Values(Vec<String>),
    /// The name is another name for this one.
    Alias(Name),
    /// A zone below, and who answers for it.
    Delegated(Name, Vec<Name>),
}

impl World {
    /// With the resolvers of this machine.
    ///
    /// # Errors
    /// When it names none.
    pub fn of_this_machine() -> Result<Self> {
        Ok(Self::at(servers(None)?, PORT))
    }

    /// With these resolvers, and name servers at this port.
    pub fn at(resolvers: Vec<SocketAddr>, port: u16) -> Self {
        Self { resolvers, port, known: BTreeMap::new() }
    }

    /// What each address of each name server of its zone says about the text records of a name; aliases are followed.
    ///
    /// The resolver is never asked for the name itself: it would remember for a while that there was nothing.
    ///
    /// # Errors
    /// When nobody can tell which name servers there are.
    pub fn texts(&mut self, name: &str) -> Result<Vec<Witness>> {
        let mut owner = Name::from_ascii(name).with_context(|| format!("{name:?} is no name in the DNS"))?;
        owner.set_fqdn(true);
        let mut zone = self.zone_above(&owner)?;
        for _ in 0..MOST_STEPS {
            let (witnesses, next) = zone.ask(&owner);
            zone = match next {
                None => return Ok(witnesses),
                Some(Said::Values(_)) => return Ok(witnesses),
                Some(Said::Alias(target)) => {
                    owner = target;
                    self.zone_above(&owner)?
                }
                Some(Said::Delegated(apex, servers)) => self.zone_of(apex, servers)?,
            };
        }
        bail!("{name} leads from one name to another without an end")
    }

    /// The zone in which a name stands, found from the name above it.
    fn zone_above(&mut self, owner: &Name) -> Result<Zone> {
        let mut name = owner.base_name();
        while !name.is_root() {
            if let Some(zone) = self.known.get(&name) {
                return Ok(zone.clone());
            }
            let answer = self.resolve(&name, RecordType::SOA)?;
            let records = answer.records().iter().chain(answer.authorities());
            let starts = records.filter(|record| record.record_type() == RecordType::SOA).map(|record| &record.name);
            if let Some(apex) = starts.filter(|apex| apex.zone_of(&name)).max_by_key(|apex| apex.num_labels()) {
                let servers = self.servers_of(apex)?;
                let zone = self.zone_of(apex.clone(), servers)?;
                self.known.insert(name, zone.clone());
                return Ok(zone);
            }
            // An alias shows where it leads to, and not the zone in which it stands.
            name = name.base_name();
        }
        bail!("no answer says in which zone {} stands", shown(owner))
    }

    fn servers_of(&self, apex: &Name) -> Result<Vec<Name>> {
        let answer = self.resolve(apex, RecordType::NS)?;
        Ok(answer.records().iter().filter_map(|record| server(&record.data)).collect())
    }

    fn zone_of(&self, apex: Name, names: Vec<Name>) -> Result<Zone> {
        let mut servers = Vec::new();
        for name in names.into_iter().take(MOST_SERVERS) {
            for address in self.addresses(&name) {
                servers.push((name.clone(), SocketAddr::new(address, self.port)));
            }
        }
        ensure!(!servers.is_empty(), "no address of a name server of {} is found", shown(&apex));
        Ok(Zone { apex, servers })
    }

    fn addresses(&self, name: &Name) -> Vec<IpAddr> {
        let mut found = Vec::new();
        for kind in [RecordType::A, RecordType::AAAA] {
            let Ok(answer) = self.resolve(name, kind) else { continue };
            found.extend(answer.records().iter().filter_map(|record| match &record.data {
                RData::A(address) => Some(IpAddr::from(address.0)),
                RData::AAAA(address) => Some(IpAddr::from(address.0)),
                _ => None,
            }));
        }
        found.truncate(MOST_ADDRESSES);
        found
    }

    fn resolve(&self, name: &Name, kind: RecordType) -> Result<Answer> {
        let answer = Desk::new(self.resolvers.clone(), PATIENCE).ask(name, kind)?;
        match answer.trouble() {
            Some(trouble) => bail!("ask for {}: {trouble}", shown(name)),
            None => Ok(answer),
        }
    }
}

impl Zone {
    /// All at once; and where the search goes on, where one of them knows.
    fn ask(&self, owner: &Name) -> (Vec<Witness>, Option<Said>) {
        let answers: Vec<_> = thread::scope(|scope| {
            let asked: Vec<_> = self.servers.iter().map(|(_, at)| scope.spawn(|| self.say(*at, owner))).collect();
            asked
                .into_iter()
                .map(|one| one.join().unwrap_or_else(|_| Err("the question broke off".to_owned())))
                .collect()
        });
        let (mut witnesses, mut next) = (Vec::new(), None);
        for ((name, at), said) in self.servers.iter().zip(answers) {
            let values = match said {
                Ok(Said::Values(values)) => Ok(values),
                Ok(on) => {
                    next = Some(on);
                    Ok(Vec::new())
                }
                Err(why) => Err(why),
            };
            witnesses.push(Witness { server: shown(name), address: at.ip(), values });
        }
        (witnesses, next)
    }

    fn say(&self, server: SocketAddr, owner: &Name) -> Result<Said, String> {
        let answer = Desk::of(server, PATIENCE).ask(owner, RecordType::TXT).map_err(|error| format!("{error:#}"))?;
        self.read(&answer, owner)
    }

    fn read(&self, answer: &Answer, owner: &Name) -> Result<Said, String> {
        if let Some(trouble) = answer.trouble() {
            return Err(trouble);
        }
        if let Some(below) = self.below(answer, owner) {
            return Ok(below);
        }
        if !answer.is_authoritative() {
            return Err("somebody answers who is not responsible for the zone".to_owned());
        }
        let mut values = Vec::new();
        for record in answer.records().iter().filter(|record| record.name == *owner) {
            match &record.data {
                RData::CNAME(target) => return Ok(Said::Alias(target.0.clone())),
                RData::TXT(text) => {
                    values.push(text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect())
                }
                _ => {}
            }
        }
        Ok(Said::Values(values))
    }

    /// The zone below, where the servers of this one hand the name on (RFC 1034 §4.2.1).
    fn below(&self, answer: &Answer, owner: &Name) -> Option<Said> {
        if answer.is_authoritative() || !answer.records().is_empty() {
            return None;
        }
        let hands_on = |apex: &&Name| **apex != self.apex && self.apex.zone_of(apex) && apex.zone_of(owner);
        let of_servers = |kind| kind == RecordType::NS;
        let records = || answer.authorities().iter().filter(|record| of_servers(record.record_type()));
        let apex = records().map(|record| &record.name).find(hands_on)?.clone();
        let servers =
            records().filter(|record| record.name == apex).filter_map(|record| server(&record.data)).collect();
        Some(Said::Delegated(apex, servers))
    }
}

fn server(data: &RData) -> Option<Name> {
    if let RData::NS(server) = data { Some(server.0.clone()) } else { None }
}
