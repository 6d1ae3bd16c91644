//! The egress list of a deployment with the links that its privacy statement offers.

use super::countries::country;
use crate::model::deployment::Deployment;
use crate::model::egress::{EgressList, Named, Written};
use crate::model::traits::Release;
use crate::policy;

/// Whom this deployment may ask and name on a host of this release.
pub fn list(deployment: &Deployment, release: Release) -> EgressList {
    let link = country(&deployment.operator.country).map(|country| Named {
        text: country.site.to_owned(),
        written: Written::Link,
        reason: format!("{}: where to complain, for a click in the privacy statement", country.authority),
    });
    policy::egress::list(deployment, release, link.into_iter().collect())
}
