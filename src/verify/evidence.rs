//! All that was seen of an instance at one moment.

use crate::inside;
use crate::model::deployment::Deployment;
use crate::model::observed::Observed;
use crate::model::plan::Plan;
use crate::model::resource::Claim;
use crate::outside::{Way, names, ports, relay, talk, tls, web};

/// What a look brought, or why there was nothing to see.
pub type Seen<T> = Result<T, String>;

/// All that was seen of an instance at one moment.
pub struct Evidence<'a> {
    /// What was promised.
    pub deployment: &'a Deployment,
    /// What the host should hold.
    pub claims: &'a [Claim],
    /// The host as `plan` sees it.
    pub observed: &'a Observed,
    /// What `up` would change now.
    pub plan: &'a Plan,
    /// The operator's clock in seconds since 1970.
    pub now: i64,
    /// How the instance is reached from here.
    pub way: &'a Way,
    /// TLS as the web server and the relay speak it.
    pub tls: Seen<tls::Facts>,
    /// Pages and files.
    pub web: Seen<web::Facts>,
    /// Rooms, over BOSH and websocket.
    pub talk: Seen<talk::Facts>,
    /// STUN and TURN.
    pub relay: Seen<relay::Facts>,
    /// Ports that answer.
    pub ports: Seen<ports::Facts>,
    /// Names in the DNS.
    pub names: Seen<names::Facts>,
    /// The host from inside, after all other looks.
    pub inside: Seen<inside::Facts>,
}

impl<'a> Evidence<'a> {
    /// What somebody has who asked the host and looked at nothing yet.
    pub fn unlooked(deployment: &'a Deployment, observed: &'a Observed, plan: &'a Plan, way: &'a Way) -> Self {
        let why = || "not looked at".to_owned();
        Self {
            deployment,
            claims: &[],
            observed,
            plan,
            now: 0,
            way,
            tls: Err(why()),
            web: Err(why()),
            talk: Err(why()),
            relay: Err(why()),
            ports: Err(why()),
            names: Err(why()),
            inside: Err(why()),
        }
    }
}
