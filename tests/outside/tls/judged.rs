//! What the promises about encryption say when nothing else was looked at.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use vc4all_deploy::model::finding::Verdict;
use vc4all_deploy::model::observed::Observed;
use vc4all_deploy::outside::tls::Facts;
use vc4all_deploy::outside::{ToldBy, Way};
use vc4all_deploy::plan;
use vc4all_deploy::verify::{Evidence, promises};

/// Now, in seconds since 1970.
pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// The promises that these facts break. The port of the test stands for the web server's.
pub(crate) fn broken(facts: &Facts) -> Vec<&'static str> {
    let mut facts = facts.clone();
    facts.endpoints.iter_mut().for_each(|endpoint| endpoint.port = 443);
    let deployment = crate::stage::deployment();
    let way = Way {
        domain: deployment.domain.clone(),
        addresses: Vec::new(),
        told_by: ToldBy::Inventory,
        roots: Arc::new(rustls::RootCertStore::empty()),
        patience: Duration::ZERO,
    };
    let host = Observed::bare(crate::support::fresh(&deployment, deployment.host.release));
    let plan = plan::fresh(&deployment, &[]);
    let evidence = Evidence { now: now(), tls: Ok(facts), ..Evidence::unlooked(&deployment, &host, &plan, &way) };
    let encryption = ["tls-", "certificate-", "same-certificate"];
    let broken = promises().filter(|promise| encryption.iter().any(|prefix| promise.name.starts_with(prefix)));
    broken.filter(|promise| (promise.judge)(&evidence).verdict == Verdict::Broken).map(|promise| promise.name).collect()
}
