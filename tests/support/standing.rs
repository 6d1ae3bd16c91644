//! A standing order to vary.

use vc4all_deploy::model::alert_order::AlertOrder;
use vc4all_deploy::model::standing::StandingOrder;
use vc4all_deploy::model::tls::Method;
use vc4all_deploy::model::values::Domain;

/// For this domain alone, at this directory.
pub(crate) fn order(domain: &str, directory: &str) -> StandingOrder {
    let domain = Domain::parse(domain).unwrap();
    StandingOrder {
        names: vec![domain.clone().into()],
        domain,
        directory: directory.to_owned(),
        rehearsal: directory.to_owned(),
        roots: None,
        contact: None,
        profile: None,
        method: Method::Page,
        hsts: true,
        reload: Vec::new(),
        alerts: AlertOrder::default(),
    }
}
