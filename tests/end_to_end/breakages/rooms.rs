//! What goes wrong at the door of a room.

use super::{Breakage, NGINX, PROSODY, of};

pub(super) const ALL: &[Breakage] = &[
    of(
        "a client without a token passes for a meeting host",
        &["empty-tokens"],
        "dim prosody.service $host_file 's/allow_empty_token = false/allow_empty_token = true/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "a token with a wrong signature passes for a good one",
        &["forged-tokens"],
        "dim prosody.service $plugins/luajwtjitsi.lib.lua 's/^.if not signed(algorithm.*$//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "the gate does not load",
        &["gate"],
        "dim prosody.service $host_file 's/ \"vc4all_gate\";//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "a guest opens a room without a meeting host",
        &["rooms-by-hosts"],
        "dim prosody.service $gate 's/^.if mode == .none. then$/if not host_seen then room:set_affiliation(true, jid.bare(stanza.attr.from), \"member\"); return; end\\n&/' 's/^.local open = room._data.vc4all_host_seen == true and/local open = true or/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "guests walk in without lobby or password",
        &["guests-wait"],
        "dim prosody.service $gate 's/^.if mode == .none. then$/if host_seen then room:set_affiliation(true, jid.bare(stanza.attr.from), \"member\"); return; end\\n&/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "guests meet another door than the inventory says",
        &["guest-rules"],
        "dim prosody.service $options 's/vc4all_gate_guests = .*/vc4all_gate_guests = \"password\"/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "a meeting host's token is not taken",
        &["meeting-hosts"],
        "dim prosody.service $host_file 's/app_secret = .*/app_secret = \"another\"/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "strangers are told about a room",
        &["hidden-rooms"],
        "dim prosody.service $host_file 's/\"muc_hide_all\"; //'; wake prosody.service",
        PROSODY,
    ),
    of(
        "strangers get into the bridges' meeting point",
        &["closed-brewery"],
        "dim prosody.service $host_file 's/; \"muc_filter_access\"//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "anybody gets credentials of the relay",
        &["credentials-for-participants"],
        "dim prosody.service $gate 's/^.*guard_services(host); end$//' 's/^.*\"host-activated\", guard_services.*$//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "nobody gets credentials of the relay",
        &["credentials-for-participants"],
        "dim prosody.service $host_file 's/ \"external_services\";//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "a component is missing",
        &["components"],
        "dim prosody.service $host_file '/^Component \"polls/d'; wake prosody.service",
        PROSODY,
    ),
    of(
        "names that are easy to guess are taken",
        &["hard-names"],
        "dim prosody.service $options 's/vc4all_gate_room_name_bits = .*/vc4all_gate_room_name_bits = 0/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "requests for a conference do not reach the focus",
        &["focus"],
        "dim prosody.service $host_file 's/target_address = .*/target_address = \"nobody@auth.HOST\"/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "the websocket does not answer",
        &["signalling"],
        "dim nginx.service $site 's#location = /xmpp-websocket#location = /no-websocket#'; wake nginx.service",
        NGINX,
    ),
    of(
        "a meeting is told of a STUN server abroad",
        &["own-relay"],
        "dim prosody.service $host_file 's/^external_services = {/external_services = { { type = \"stun\", host = \"stun.example.org\", port = 3478, transport = \"udp\" },/'; wake prosody.service",
        PROSODY,
    ),
];
