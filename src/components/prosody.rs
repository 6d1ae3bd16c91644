//! Prosody: who may log in, who may open a room, and how guests are kept outside until they are let in.

use super::Scene;
use super::claims::{absent, access, directory, link, public_file, reload, restart, running, secret_file, secret_name};
use super::retention::Keep;
use super::tokens::Verification;
use super::xmpp::XmppNames;
use crate::model::names::{AccountName, HostPath};
use crate::model::ports;
use crate::model::resource::{Account, File, Gate, Proof, Refresh, Resource, SelfSigned, Wake};
use crate::model::traits::Release;
use crate::model::values::Domain;
use crate::render::fixed;
use anyhow::Result;
use serde::Serialize;

const UNIT: &str = "prosody.service";
const PLUGINS: &str = "/usr/local/lib/vc4all/prosody";
/// Days that the pairs of the internal names are valid: nobody but our own daemons sees them.
const INTERNAL_DAYS: u32 = 3650;
/// Seconds that TURN credentials are valid; longer than any meeting, because clients do not fetch new ones.
const TURN_TTL: u32 = 43_200;
/// Log-ins at once from one address before it is slowed down, and half as many a second after that: a whole town hall stands
/// behind one, and comes back at once when its line was cut.
const LOGIN_RATE: u32 = 200;
/// People a second who may enter one room or its lobby; the others wait in a row, a full council for three seconds.
const JOIN_RATE: u32 = 30;
/// What Prosody loads from our folder.
const FILES: [&str; 7] = [
    "mod_vc4all_gate.lua",
    "mod_vc4all_token.lua",
    "vc4all_audit.lib.lua",
    "vc4all_census.lib.lua",
    "vc4all_crowd.lib.lua",
    "vc4all_lifetime.lib.lua",
    "vc4all_names.lib.lua",
];

#[derive(Serialize)]
struct MainScope {
    posix: bool,
}

#[derive(Serialize)]
struct HostScope<'a> {
    #[serde(flatten)]
    names: &'a XmppNames,
    host_key: String,
    host_certificate: String,
    auth_key: String,
    auth_certificate: String,
    stun_port: u16,
    turns_port: u16,
    turn_ttl: u32,
    login_rate: u32,
    join_rate: u32,
    participants: u16,
    tokens: Verification<'a>,
}

#[derive(Serialize)]
struct ReloadedScope {
    guests: &'static str,
    room_name_bits: u16,
    languages: String,
}

/// Everything of Prosody.
pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let names = XmppNames::below(&scene.deployment.domain);
    let mut all = Vec::new();
    let tokens = Verification::of(&scene.deployment.access.meeting_hosts).secret;
    for name in ["focus", "jvb"].into_iter().chain(tokens).chain(["turn"]) {
        all.push(Resource::Secret(secret_name(name)?));
    }
    all.extend(pairs(&names)?);
    all.extend(plugins()?);
    all.extend(configuration(scene, &names)?);
    all.extend(surroundings(scene)?);
    all.push(account("focus", &names.auth, Some(names.focus_component.clone()))?);
    all.push(account("jvb", &names.auth, None)?);
    all.push(running(UNIT, "prosody", vec![Gate::Tcp(5222), Gate::Tcp(5280), Gate::Http(5280, "vc4all-gate".into())])?);
    Ok(all)
}

/// Pairs for Prosody's own TLS, where the scripts of `jitsi-meet-prosody` look for them and where Java trusts them.
fn pairs(names: &XmppNames) -> Result<Vec<Resource>> {
    let mut all = vec![directory("/etc/prosody/certs", access("root", "prosody", 0o750)?)?];
    let mut noticed = vec![restart(UNIT)?];
    all.push(pair(&names.host, noticed.clone())?);
    noticed.extend([Wake::Refresh(Refresh::Trust), restart("jicofo.service")?, restart("jitsi-videobridge2.service")?]);
    all.push(pair(&names.auth, noticed.clone())?);
    for name in [&names.host, &names.auth] {
        for (kind, path) in [("key", key(name)), ("crt", certificate(name))] {
            all.push(link(&format!("/var/lib/prosody/{name}.{kind}"), &path, Vec::new())?);
        }
    }
    let trusted = format!("/usr/local/share/ca-certificates/{}.crt", names.auth);
    all.push(link(&trusted, &certificate(&names.auth), noticed)?);
    Ok(all)
}

fn pair(name: &Domain, wakes: Vec<Wake>) -> Result<Resource> {
    Ok(Resource::SelfSigned(SelfSigned {
        name: name.clone(),
        key: HostPath::new(key(name))?,
        certificate: HostPath::new(certificate(name))?,
        access: access("root", "prosody", 0o640)?,
        days: INTERNAL_DAYS,
        wakes,
    }))
}

fn key(name: &Domain) -> String {
    format!("/etc/prosody/certs/{name}.key")
}

fn certificate(name: &Domain) -> String {
    format!("/etc/prosody/certs/{name}.crt")
}

/// Our own plugins, and the two Lua files that Debian's packages do not offer to Lua 5.4.
fn plugins() -> Result<Vec<Resource>> {
    let open = access("root", "root", 0o755)?;
    let mut all = Vec::new();
    for folder in ["/usr/local/lib/vc4all", PLUGINS, "/usr/local/share/lua", "/usr/local/share/lua/5.4"] {
        all.push(directory(folder, open.clone())?);
    }
    for name in FILES {
        let file = public_file(&format!("{PLUGINS}/{name}"), fixed(&format!("prosody/plugins/{name}"))?.to_owned())?;
        all.push(Resource::File(File { proof: Some(Proof::Lua), wakes: vec![restart(UNIT)?], ..file }));
    }
    for (name, target) in [("basexx", "/usr/share/lua/5.2/basexx.lua"), ("inspect", "/usr/share/lua/5.3/inspect.lua")] {
        all.push(link(&format!("/usr/local/share/lua/5.4/{name}.lua"), target, vec![restart(UNIT)?])?);
    }
    Ok(all)
}

/// Prosody's own files; the examples of the package go.
fn configuration(scene: &Scene<'_>, names: &XmppNames) -> Result<Vec<Resource>> {
    let host = &names.host;
    let available = format!("/etc/prosody/conf.avail/{host}.cfg.lua");
    let main =
        scene.renderer.text("prosody/prosody.cfg.lua", &MainScope { posix: needs_posix(scene.traits.release) })?;
    let hosts = scene.renderer.text("prosody/host.cfg.lua", &host_scope(scene, names))?;
    let empty = fixed("prosody/jaas.cfg.lua")?.to_owned();
    let for_prosody = access("root", "prosody", 0o640)?;
    let jitsi = super::claims::package_name("jitsi-meet-prosody")?;
    let by_jitsi = |file: File| File { from: Some(jitsi.clone()), ..file };
    let mut all = vec![
        owned(by_jitsi(File { access: for_prosody, ..public_file("/etc/prosody/prosody.cfg.lua", main)? }))?,
        reloaded(scene)?,
        owned(by_jitsi(secret_file(&available, "prosody", hosts)?))?,
        Resource::File(by_jitsi(public_file("/etc/prosody/conf.avail/jaas.cfg.lua", empty)?)),
        link(&format!("/etc/prosody/conf.d/{host}.cfg.lua"), &available, vec![restart(UNIT)?])?,
    ];
    for example in ["conf.d/localhost.cfg.lua", "conf.avail/localhost.cfg.lua", "conf.avail/example.com.cfg.lua"] {
        all.push(absent(&format!("/etc/prosody/{example}"), "prosody", vec![restart(UNIT)?])?);
    }
    all.push(absent("/etc/prosody/conf.d/jaas.cfg.lua", "jitsi-meet-prosody", vec![restart(UNIT)?])?);
    Ok(all)
}

fn owned(file: File) -> Result<Resource> {
    Ok(Resource::File(File { proof: Some(Proof::Prosody), wakes: vec![restart(UNIT)?], ..file }))
}

/// Options of our own gate, which reads them anew on a reload. Prosody tells every module of one, but a module that keeps
/// what it read when it was loaded goes on with that, and code, hosts and components only change with a restart.
fn reloaded(scene: &Scene<'_>) -> Result<Resource> {
    let languages: Vec<_> = scene.deployment.languages.iter().map(|language| language.code()).collect();
    let scope = ReloadedScope {
        guests: scene.deployment.access.guests.word(),
        room_name_bits: scene.deployment.access.room_name_bits,
        languages: languages.join(" "),
    };
    let file = public_file("/etc/prosody/vc4all.cfg.lua", scene.renderer.text("prosody/reloaded.cfg.lua", &scope)?)?;
    Ok(Resource::File(File { proof: Some(Proof::Prosody), wakes: vec![reload(UNIT)?], ..file }))
}

/// Prosody 13 has the work of `posix` in its core.
fn needs_posix(release: Release) -> bool {
    match release {
        Release::Debian12 | Release::Ubuntu2404 => true,
        Release::Debian13 => false,
    }
}

fn host_scope<'a>(scene: &'a Scene<'_>, names: &'a XmppNames) -> HostScope<'a> {
    HostScope {
        names,
        host_key: key(&names.host),
        host_certificate: certificate(&names.host),
        auth_key: key(&names.auth),
        auth_certificate: certificate(&names.auth),
        stun_port: ports::TURN,
        turns_port: ports::TURN_TLS,
        turn_ttl: TURN_TTL,
        login_rate: LOGIN_RATE,
        join_rate: JOIN_RATE,
        participants: scene.deployment.media.participants,
        tokens: Verification::of(&scene.deployment.access.meeting_hosts),
    }
}

/// The unit's limits and the log's end.
fn surroundings(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let log = public_file("/etc/logrotate.d/prosody", scene.renderer.text("prosody/logrotate", &Keep::of(scene))?)?;
    let mut all = super::claims::unit_drop_in(UNIT, fixed("prosody/unit.conf")?, Some(Proof::Systemd))?;
    all.push(Resource::File(File { from: Some(super::claims::package_name("prosody")?), ..log }));
    Ok(all)
}

fn account(user: &str, domain: &Domain, roster: Option<Domain>) -> Result<Resource> {
    Ok(Resource::Account(Account {
        user: AccountName::new(user)?,
        domain: domain.clone(),
        password: secret_name(user)?,
        roster,
    }))
}
