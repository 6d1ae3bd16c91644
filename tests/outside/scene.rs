//! Evidence of which a test brings a part: everything else was not looked at.

use crate::support;
use rustls::RootCertStore;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::finding::{Finding, Verdict};
use vc4all_deploy::model::observed::Observed;
use vc4all_deploy::model::plan::Plan;
use vc4all_deploy::model::traits::{Architecture, Release, Traits};
use vc4all_deploy::outside::{ToldBy, Way, names, ports, relay, talk};
use vc4all_deploy::verify::{Evidence, Seen, judge};

/// What a test brings.
pub(crate) struct Scene {
    pub(crate) deployment: Deployment,
    pub(crate) way: Way,
    pub(crate) talk: Seen<talk::Facts>,
    pub(crate) relay: Seen<relay::Facts>,
    pub(crate) ports: Seen<ports::Facts>,
    pub(crate) names: Seen<names::Facts>,
}

impl Scene {
    /// An instance at these addresses of which nothing was seen.
    pub(crate) fn at(addresses: &[IpAddr]) -> Self {
        let (_, mut deployment) = support::deployments().swap_remove(0);
        deployment.media.nat.clear();
        let not = || "not looked at".to_owned();
        let way = Way {
            domain: deployment.domain.clone(),
            addresses: addresses.to_vec(),
            told_by: ToldBy::Resolver,
            roots: Arc::new(RootCertStore::empty()),
            patience: Duration::from_secs(5),
        };
        Self { deployment, way, talk: Err(not()), relay: Err(not()), ports: Err(not()), names: Err(not()) }
    }

    /// Every finding about it.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let plan = Plan {
            domain: self.deployment.domain.clone(),
            formerly: None,
            host: "host".to_owned(),
            based_on: None,
            changes: Vec::new(),
            unchanged: 0,
        };
        let observed = self.observed();
        let chapters = judge(&Evidence {
            talk: self.talk.clone(),
            relay: self.relay.clone(),
            ports: self.ports.clone(),
            names: self.names.clone(),
            ..Evidence::unlooked(&self.deployment, &observed, &plan, &self.way)
        });
        chapters.into_iter().flat_map(|chapter| chapter.findings).collect()
    }

    /// The finding of one promise.
    pub(crate) fn finding(&self, promise: &str) -> Finding {
        let found = self.findings().into_iter().find(|finding| finding.promise == promise);
        found.unwrap_or_else(|| panic!("there is no promise {promise}"))
    }

    /// The promises of `all` with this verdict.
    pub(crate) fn with(&self, verdict: Verdict, all: &[&'static str]) -> Vec<&'static str> {
        let found = self.findings().into_iter().filter(|finding| finding.verdict == verdict);
        let found: BTreeSet<&str> = found.map(|finding| finding.promise).collect();
        all.iter().copied().filter(|promise| found.contains(promise)).collect()
    }

    fn observed(&self) -> Observed {
        Observed::bare(Traits {
            release: Release::Debian12,
            architecture: Architecture::X86_64,
            memory_mib: 4096,
            addresses: self.way.addresses.clone(),
            ssh_ports: vec![22],
        })
    }
}
