//! The names of Prosody's hosts and components below the domain; none of them is in the DNS.

use crate::model::values::Domain;
use serde::Serialize;

/// Every XMPP name of one deployment, as Jitsi's default layout has them.
#[derive(Debug, Serialize)]
pub(super) struct XmppNames {
    /// Meeting hosts log in here; the public domain.
    pub(super) host: Domain,
    /// Guests log in here without an account.
    pub(super) guest: Domain,
    /// Jicofo and the bridge log in here.
    pub(super) auth: Domain,
    /// The rooms.
    pub(super) conference: Domain,
    /// Rooms beside a room.
    pub(super) breakout: Domain,
    /// Waiting rooms.
    pub(super) lobby: Domain,
    /// Where bridges meet Jicofo.
    pub(super) brewery: Domain,
    /// Jicofo, as clients address it.
    pub(super) focus_component: Domain,
    metadata: Domain,
    speakerstats: Domain,
    endconference: Domain,
    avmoderation: Domain,
    polls: Domain,
    /// Jicofo's account.
    pub(super) focus: String,
    /// The bridge's account.
    pub(super) jvb: String,
}

impl XmppNames {
    /// The names below the domain.
    pub(super) fn below(domain: &Domain) -> Self {
        let auth = domain.child("auth");
        Self {
            host: domain.clone(),
            guest: domain.child("guest"),
            conference: domain.child("conference"),
            breakout: domain.child("breakout"),
            lobby: domain.child("lobby"),
            brewery: auth.child("internal"),
            focus_component: domain.child("focus"),
            metadata: domain.child("metadata"),
            speakerstats: domain.child("speakerstats"),
            endconference: domain.child("endconference"),
            avmoderation: domain.child("avmoderation"),
            polls: domain.child("polls"),
            focus: format!("focus@{auth}"),
            jvb: format!("jvb@{auth}"),
            auth,
        }
    }

    /// The room in which bridges announce themselves; lower case everywhere, because XMPP folds case.
    pub(super) fn brewery_room(&self) -> String {
        format!("jvbbrewery@{}", self.brewery)
    }
}
