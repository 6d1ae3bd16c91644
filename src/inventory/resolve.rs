//! Tree → deployment: every value through its constructor, every default filled in.

use super::alerts;
use super::forms;
use super::identity;
use super::keys;
use super::section::Section;
use super::sets;
use super::tls;
use crate::model::deployment::{
    Access, Deployment, ForeignStun, Generations, Guests, Host, Language, Media, MeetingHost, NatMapping, Operator,
    OperatorKind, Packages, PeerToPeer, Provider, Retention, SecondFactor, SecurityUpdates, Updates,
};
use crate::model::traits::Release;
use crate::model::values::{Address, Domain, Email, HostKeyPin, KeyFingerprint, Line, Refusal, StunUri, WebAddress};
use std::path::{Path, PathBuf};

/// Where paths of an inventory begin.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// The inventory's folder, absolute.
    pub folder: &'a Path,
    /// The home of the person who runs us, for paths that begin with `~/`.
    pub home: Option<&'a Path>,
}

impl Places<'_> {
    /// The absolute path that a path in the inventory means.
    pub(super) fn resolve(&self, text: &str) -> Result<PathBuf, Refusal> {
        let text = forms::path(text)?;
        match (text.strip_prefix("~/"), self.home) {
            (Some(rest), Some(home)) => Ok(home.join(rest)),
            (Some(_), None) => Err(Refusal::new("needs a home folder, and HOME is not set", "write the whole path")),
            // Joining an absolute path gives that path.
            (None, _) => Ok(self.folder.join(text)),
        }
    }
}

/// The deployment; nothing when a required value is absent or refused. Whoever calls looks at the reports as well.
pub(super) fn deployment(root: &Section<'_>, places: Places<'_>) -> Option<Deployment> {
    let domain = root.text("domain", Domain::parse);
    let operator = operator(&root.section("operator"));
    let host = host(&root.section("host"), places);
    let overrides = root.text("overrides", |text| places.resolve(text));
    let languages = root.words("languages", keys::LANGUAGES, &Language::ALL);
    let rest = Deployment {
        tls: tls::tls(&root.section("tls"), domain.as_ref(), places),
        access: access(root)?,
        media: media(&root.section("media")),
        retention: Retention { logs_days: root.section("retention").number("logs_days", 1, 30).unwrap_or(7) },
        generations: Generations { keep: root.section("generations").number("keep", 2, 50).unwrap_or(10) },
        alerts: alerts::alerts(&root.section("alerts"), places),
        languages: languages.unwrap_or_else(|| vec![Language::Nl, Language::En]),
        updates: updates(&root.section("updates")),
        packages: packages(&root.section("packages"), places)?,
        overrides,
        domain: domain?,
        operator: operator?,
        host: host?,
    };
    Some(rest)
}

fn operator(at: &Section<'_>) -> Option<Operator> {
    let name = at.text("name", Line::parse);
    let kinds = [OperatorKind::Municipality, OperatorKind::Organisation, OperatorKind::Person];
    let kind = at.choice("kind", keys::KINDS, &kinds);
    let address = at.text("address", Line::parse);
    let country = at.text("country", forms::eea_country);
    let email = at.text("email", Email::parse);
    let security = at.text("security", Email::parse);
    let privacy_officer = at.text("privacy_officer", Email::parse);
    let website = at.text("website", WebAddress::parse);
    let email = email?;
    Some(Operator {
        name: name?,
        kind: kind?,
        address: address?,
        country: country?,
        security: security.unwrap_or_else(|| email.clone()),
        email,
        privacy_officer,
        website,
    })
}

fn host(at: &Section<'_>, places: Places<'_>) -> Option<Host> {
    let address = at.text("address", Address::parse);
    let rest = (at.number("port", 1, u16::MAX), at.text("user", forms::login));
    let identity = at.text("identity", |text| places.resolve(text));
    let host_key = at.text("host_key", HostKeyPin::parse);
    let provider = provider(&at.section("provider"));
    let release = at.choice("distribution", keys::DISTRIBUTIONS, &Release::ALL);
    let memory_mib = at.size("memory", forms::memory);
    let (port, user) = rest;
    Some(Host {
        address: address?,
        port,
        user,
        identity,
        host_key,
        provider,
        release: release.unwrap_or(Release::Debian12),
        memory_mib: memory_mib.unwrap_or(8192),
    })
}

fn provider(at: &Section<'_>) -> Option<Provider> {
    let name = at.text("name", Line::parse);
    let country = at.text("country", forms::eea_country);
    Some(Provider { name: name?, country: country? })
}

fn access(root: &Section<'_>) -> Option<Access> {
    let at = root.section("access");
    let factors = [SecondFactor::Required, SecondFactor::Optional];
    let guests = [Guests::Lobby, Guests::Password, Guests::LobbyOrPassword, Guests::None];
    let listed = listed(root);
    let rest = Access {
        second_factor: at.choice("second_factor", keys::SECOND_FACTOR, &factors).unwrap_or(SecondFactor::Required),
        guests: at.choice("guests", keys::GUESTS, &guests).unwrap_or(Guests::LobbyOrPassword),
        token_minutes: at.number("token_minutes", 5, 720).unwrap_or(120),
        room_name_bits: at.number("room_name_bits", 0, 128).unwrap_or(40),
        meeting_hosts: identity::meeting_hosts(root, listed)?,
    };
    Some(rest)
}

/// The list of meeting hosts; an empty one is a list too, and means that nobody has an account.
fn listed(root: &Section<'_>) -> Option<Vec<MeetingHost>> {
    let mut list: Vec<MeetingHost> = Vec::new();
    for item in root.items("meeting_hosts") {
        let (account, name) = (item.text("account", forms::account), item.text("name", Line::parse));
        let (Some(account), Some(name)) = (account, name) else { continue };
        if list.iter().any(|earlier| earlier.account == account) {
            item.clash("account", "is there twice", "give each meeting host an account of their own");
        }
        list.push(MeetingHost { account, name });
    }
    root.has("meeting_hosts").then_some(list)
}

fn media(at: &Section<'_>) -> Media {
    let peer_to_peer = match at.switch("peer_to_peer") {
        Some(true) => PeerToPeer::On,
        Some(false) | None => PeerToPeer::Off,
    };
    let mut nat: Vec<NatMapping> = Vec::new();
    for item in at.items("nat") {
        let Some(mapping) = mapping(&item) else { continue };
        if nat.iter().any(|earlier| earlier.local == mapping.local) {
            item.clash("local", "is mapped twice", "keep one of the mappings");
        }
        nat.push(mapping);
    }
    Media {
        stun: at.items("stun").iter().filter_map(stun).collect(),
        peer_to_peer,
        participants: at.number("participants", 2, 500).unwrap_or(75),
        nat,
    }
}

fn stun(at: &Section<'_>) -> Option<ForeignStun> {
    let server = at.text("server", StunUri::parse);
    let operator = at.text("operator", Line::parse);
    let country = at.text("country", forms::eea_country);
    Some(ForeignStun { server: server?, operator: operator?, country: country? })
}

fn mapping(at: &Section<'_>) -> Option<NatMapping> {
    let local = at.text("local", forms::interface_address);
    let public = at.text("public", forms::interface_address);
    let (local, public) = (local?, public?);
    if local.is_ipv4() != public.is_ipv4() {
        at.clash("public", "is of another family than `local`", "map IPv4 to IPv4 and IPv6 to IPv6");
    }
    Some(NatMapping { local, public })
}

fn updates(at: &Section<'_>) -> Updates {
    let values = [SecurityUpdates::Automatic, SecurityUpdates::Manual];
    let security = at.choice("security", keys::SECURITY, &values).unwrap_or(SecurityUpdates::Automatic);
    let reboot_window = at.text("reboot_window", forms::clock);
    if reboot_window.is_some() && security == SecurityUpdates::Manual {
        at.clash(
            "reboot_window",
            "has no meaning while security updates are installed by hand",
            "take it out, or write `security: automatic`",
        );
    }
    Updates { security, reboot_window }
}

/// Upstream's repository, its suite, and the fingerprint of its key (facts that upstream's users pin independently).
const JITSI: &str = "https://download.jitsi.org";
const KEY: &str = "66A9CD0595D6AFA247290D3BEF8B479E2DC1389C";

fn packages(at: &Section<'_>, places: Places<'_>) -> Option<Packages> {
    let jitsi = at.text("jitsi", forms::repository).or_else(|| WebAddress::parse(JITSI).ok())?;
    let suites = keys::SUITES;
    let suite = at.choice("suite", suites, suites).unwrap_or("stable").to_owned();
    let key_url = at.text("key_url", WebAddress::parse);
    let key_url = key_url.or_else(|| WebAddress::parse(&format!("{jitsi}/jitsi-key.gpg.key")).ok());
    let key = at.text("key", KeyFingerprint::parse).or_else(|| KeyFingerprint::parse(KEY).ok())?;
    if key_url.is_none() {
        at.clash("jitsi", "is too long", "write a shorter address");
    }
    let sets = at.text("sets", |text| places.resolve(text));
    // A file of the operator's own is read by whoever may read files.
    let known = if sets.is_none() { sets::ours().ok()? } else { Vec::new() };
    let known = known.into_iter().filter(|set| set.suite == suite).collect();
    Some(Packages { jitsi, suite, key_url: key_url?, key, known, sets })
}
