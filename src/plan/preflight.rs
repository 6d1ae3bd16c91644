//! What speaks against applying a plan to this host, found before anything is changed.

use super::sight::Sight;
use super::{certificate, drift, meetings};
use crate::model::agreed::Agreed;
use crate::model::deployment::Deployment;
use crate::model::names::PackageName;
use crate::model::objection::{Objection, Weight};
use crate::model::observed::{Listener, Observed, Transport};
use crate::model::plan::Plan;
use crate::model::resource::{Claim, Content, File, Resource};
use crate::model::tls::Method;
use crate::model::traits::Architecture;
use std::net::IpAddr;

/// A plan, and what it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The deployment.
    pub deployment: &'a Deployment,
    /// What the host is to hold.
    pub claims: &'a [Claim],
    /// The changes that lead there.
    pub plan: &'a Plan,
    /// The host as it was seen.
    pub seen: &'a Observed,
    /// What the operator agreed to beforehand.
    pub agreed: Agreed,
}

/// What speaks against applying the plan, heaviest first; ask only when there is something to do.
pub fn objections(case: &Case<'_>) -> Vec<Objection> {
    let Case { deployment, claims, seen, .. } = *case;
    // Half-done work is never built upon: it is restored first, and then the host is looked at again. What it left, such
    // as a server whose package dpkg has not finished, must not stand in the way of that.
    if let Some(objection) = broken_run(seen) {
        return vec![objection];
    }
    let sight = Sight::of(claims, seen);
    let mut found: Vec<Objection> = foreign_sites(seen).into_iter().collect();
    found.extend(seen.listeners.iter().filter_map(|listener| foreign_listener(claims, seen, listener)));
    found.extend(no_program(claims));
    found.extend(little_space(&sight));
    found.extend(little_memory(seen));
    if certificate::is_due(&sight, claims) {
        found.extend(wrong_address(deployment, seen));
    }
    found.extend(absurd_clock(seen));
    found.extend(drift::objection(case.plan, seen, case.agreed.edits));
    found.extend(meetings::objection(case.plan, seen, case.agreed.meetings));
    found.dedup();
    found.sort_by_key(|objection| objection.weight);
    found
}

pub(super) fn stops(what: String, why: &str, next: impl Into<String>) -> Objection {
    Objection { weight: Weight::Stops, what, why: why.to_owned(), next: next.into() }
}

pub(super) fn warns(what: String, why: &str, next: impl Into<String>) -> Objection {
    Objection { weight: Weight::Warns, ..stops(what, why, next) }
}

fn broken_run(seen: &Observed) -> Option<Objection> {
    seen.broken_run.then(|| {
        warns(
            "the last work on this host ended in the middle".to_owned(),
            "files may be new while the servers still run with the old ones",
            "run `vc4all-deploy up`: it first restores what was changed, and shows a new plan",
        )
    })
}

fn foreign_sites(seen: &Observed) -> Option<Objection> {
    let names: Vec<&str> = seen.foreign_sites.iter().map(|path| path.as_str()).collect();
    (!names.is_empty()).then(|| {
        stops(
            format!("nginx serves other sites: {}", names.join(", ")),
            "a private Jitsi needs the whole web server: it refuses unknown names and sets what is logged",
            "take a host of its own for Jitsi, or remove these sites",
        )
    })
}

/// A port that is needed on every address, the package that owns it, and how its process is called; nothing where the
/// name tells nothing, as for Java.
struct Port(u16, &'static [Transport], &'static str, Option<&'static str>);

const PORTS: [Port; 5] = [
    Port(80, &[Transport::Tcp], "nginx", Some("nginx")),
    Port(443, &[Transport::Tcp], "nginx", Some("nginx")),
    Port(3478, &[Transport::Tcp, Transport::Udp], "coturn", Some("turnserver")),
    Port(5349, &[Transport::Tcp, Transport::Udp], "coturn", Some("turnserver")),
    Port(10000, &[Transport::Udp], "jitsi-videobridge2", None),
];

fn foreign_listener(claims: &[Claim], seen: &Observed, listener: &Listener) -> Option<Objection> {
    let port = PORTS.iter().find(|port| port.0 == listener.port && port.1.contains(&listener.transport))?;
    let package = claims.iter().find_map(|claim| claimed(claim, port.2))?;
    let installed = seen.packages.contains_key(package);
    let ours = listener.process.is_empty() || port.3.is_none_or(|process| process == listener.process);
    if installed && ours {
        return None;
    }
    let transport = match listener.transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
    };
    let process = if listener.process.is_empty() { "an unknown process" } else { &listener.process };
    Some(stops(
        format!("{transport} port {} is taken by {process}", listener.port),
        &format!("{package} needs it"),
        format!("stop {process} and keep it from starting again, or take a host of its own for Jitsi"),
    ))
}

fn claimed<'a>(claim: &'a Claim, name: &str) -> Option<&'a PackageName> {
    match &claim.resource {
        Resource::Package(package) if package.name.as_str() == name => Some(&package.name),
        _ => None,
    }
}

fn no_program(claims: &[Claim]) -> Option<Objection> {
    let missing = claims.iter().find_map(|claim| match &claim.resource {
        Resource::File(File { content: Content::Program(program), .. }) if program.build.is_none() => Some(program),
        _ => None,
    })?;
    let word = missing.architecture.word();
    let next = match missing.architecture {
        Architecture::Other => "take a host with an x86_64 or aarch64 processor".to_owned(),
        Architecture::X86_64 | Architecture::Aarch64 => {
            format!("run `make agent ARCH={word}`, or name a build with --agent")
        }
    };
    Some(stops(
        format!("the host's processor is {word}, and no vc4all-agent for it is at hand"),
        "the host could not renew its certificate, and nobody could log in at its door",
        next,
    ))
}

/// The packages with Java unpack to about 900 MiB, and apt keeps the archives beside them until it is done.
const SPACE_FOR_PACKAGES_MIB: u64 = 2048;
/// Room for a generation, the candidates and the logs of a day.
const SPACE_FOR_FILES_MIB: u64 = 200;

fn little_space(sight: &Sight<'_>) -> Option<Objection> {
    let (needed, what) = match sight.installs() {
        true => (SPACE_FOR_PACKAGES_MIB, "the packages and their archives"),
        false => (SPACE_FOR_FILES_MIB, "the kept generation and the new files"),
    };
    (sight.seen.free_mib < needed).then(|| {
        stops(
            format!("only {} MiB are free below /var", sight.seen.free_mib),
            &format!("{what} need {needed} MiB"),
            "make room (apt-get clean, journalctl --vacuum-size=100M) or take a larger disk",
        )
    })
}

/// A host that is sold with 1 GiB shows some 960 MiB; the two Java servers and the system do not fit into it.
const MEMORY_THAT_STOPS_MIB: u32 = 1200;
/// A host that is sold with 2 GiB shows some 1950 MiB; small meetings work there.
const MEMORY_THAT_WARNS_MIB: u32 = 1800;

fn little_memory(seen: &Observed) -> Option<Objection> {
    let memory = seen.traits.memory_mib;
    let what = format!("the host has {memory} MiB of memory");
    if memory < MEMORY_THAT_STOPS_MIB {
        let why = "Jicofo and the videobridge would be killed while they start";
        return Some(stops(what, why, "take a host with 4 GiB of memory, or with 2 GiB for small meetings"));
    }
    (memory < MEMORY_THAT_WARNS_MIB)
        .then(|| warns(what, "meetings with more than a few people may break off", "take a host with 4 GiB of memory"))
}

fn wrong_address(deployment: &Deployment, seen: &Observed) -> Option<Objection> {
    let domain = &deployment.domain;
    // A host that is named like its domain finds itself in its own /etc/hosts, and tells nothing about the record.
    let public: Vec<&IpAddr> = seen.resolved.iter().filter(|address| !address.is_loopback()).collect();
    if public.is_empty() {
        // The host is asked about the name only while no authority has issued anything.
        return seen.resolved.is_empty().then(|| no_address(deployment, seen)).flatten();
    }
    let ours = |address: &IpAddr| {
        let mapped = deployment.media.nat.iter().any(|mapping| mapping.public == *address);
        mapped || seen.traits.addresses.contains(address)
    };
    let foreign: Vec<String> = public.iter().filter(|address| !ours(address)).map(ToString::to_string).collect();
    (!foreign.is_empty()).then(|| {
        let own: Vec<String> = seen.traits.addresses.iter().map(ToString::to_string).collect();
        let what = format!("{domain} points to {}, which this host does not have", foreign.join(", "));
        let next = format!(
            "point the record to this host ({}), or write the public address under `media: nat:` when the host is behind NAT",
            own.join(", ")
        );
        match deployment.tls.method() {
            Method::Page => stops(what, "the authority would look for the proof elsewhere, and so would people", next),
            // The proof stands in the DNS, wherever the name leads.
            Method::Record => warns(what, "people would look for their meetings elsewhere", next),
        }
    })
}

/// Nobody finds the domain. That stops what would take a working instance its name, and warns before the first one.
fn no_address(deployment: &Deployment, seen: &Observed) -> Option<Objection> {
    let domain = &deployment.domain;
    let issued = seen.certificate.as_ref().filter(|certificate| certificate.issued_by.is_some());
    // The host is asked about the name only while no authority has issued a certificate for it.
    if issued.is_some_and(|certificate| certificate.names.contains(&domain.clone().into())) {
        return None;
    }
    let objection = warns(
        format!("the host finds no address for {domain}"),
        match deployment.tls.method() {
            Method::Page => "the authority looks the name up before it issues a certificate",
            Method::Record => "nobody finds the instance without one",
        },
        format!("add an A (and AAAA) record for {domain}, and wait until it is known"),
    );
    Some(if issued.is_some() { Objection { weight: Weight::Stops, ..objection } } else { objection })
}

/// 2026-01-01 00:00 UTC: before this program existed.
const EARLIEST: i64 = 1_767_225_600;

fn absurd_clock(seen: &Observed) -> Option<Objection> {
    (seen.clock < EARLIEST).then(|| {
        stops(
            format!("the host's clock stands at {} seconds since 1970, which is before 2026", seen.clock),
            "certificates and signatures of packages would look as if they came from the future",
            "set the clock (timedatectl set-ntp true)",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::{AccountName, ComponentName, HostPath};
    use crate::model::program::{Build, Program};
    use crate::model::resource::{Access, Wording};

    fn agent(architecture: Architecture, build: Option<Build>) -> Vec<Claim> {
        let root = || AccountName::new("root").unwrap();
        let file = File {
            path: HostPath::new("/usr/local/lib/vc4all/bin/vc4all-agent").unwrap(),
            access: Access { owner: root(), group: root(), mode: 0o755 },
            content: Content::Program(Program { architecture, build }),
            proof: None,
            wakes: Vec::new(),
            from: None,
            wording: Wording::Ours,
        };
        vec![Claim { component: ComponentName::new("door").unwrap(), resource: Resource::File(file) }]
    }

    #[test]
    fn a_host_for_which_no_program_is_at_hand_is_refused_with_the_way_to_one() {
        for (architecture, words) in [
            (Architecture::X86_64, "make agent ARCH=x86_64"),
            (Architecture::Aarch64, "make agent ARCH=aarch64"),
            (Architecture::Other, "take a host with"),
        ] {
            let objection = no_program(&agent(architecture, None)).unwrap();
            assert_eq!(objection.weight, Weight::Stops);
            assert!(objection.next.contains(words), "{}", objection.next);
        }
        let build = Build { digest: crate::model::digest::Digest::of(b"program"), bytes: 7 };
        assert!(no_program(&agent(Architecture::X86_64, Some(build))).is_none());
    }
}
