//! A deployment: the inventory with every default filled in, made of values that cannot be wrong.

use super::alerts::Alerts;
use super::identity::{IdentityProvider, Portal};
use super::known::KnownSet;
use super::names::LoginName;
use super::tls::Tls;
use super::traits::Release;
use super::values::{Address, CountryCode, Domain, Email, HostKeyPin, KeyFingerprint, Line, StunUri, WebAddress};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::path::PathBuf;

/// Everything that a person decides about one private Jitsi Meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The public name; rooms are at `https://DOMAIN/ROOM`.
    pub domain: Domain,
    /// Who is responsible (GDPR art. 4(7)).
    pub operator: Operator,
    /// The server and how to reach it.
    pub host: Host,
    /// Where the certificate comes from.
    pub tls: Tls,
    /// How guests come in.
    pub access: Access,
    /// How sound and pictures travel.
    pub media: Media,
    /// How long logs are kept.
    pub retention: Retention,
    /// Languages of the pages, the first one is the default; never empty.
    pub languages: Vec<Language>,
    /// How security updates arrive.
    pub updates: Updates,
    /// Where Jitsi's packages come from.
    pub packages: Packages,
    /// What the host keeps of its past.
    pub generations: Generations,
    /// Who is told when the host cannot renew its certificate.
    pub alerts: Alerts,
    /// Folder with files that replace or extend ours; absolute. Nothing where all words are ours.
    pub overrides: Option<PathBuf>,
}

/// The operator: the controller in the sense of the GDPR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operator {
    /// Name as people know it.
    pub name: Line,
    /// Decides the legal basis and the wording of the papers.
    pub kind: OperatorKind,
    /// Postal address on one line.
    pub address: Line,
    /// Country of establishment.
    pub country: CountryCode,
    /// Address for questions about privacy.
    pub email: Email,
    /// Address for reports of vulnerabilities (`security.txt`, RFC 9116).
    pub security: Email,
    /// Data protection officer, where there is one (GDPR art. 37).
    pub privacy_officer: Option<Email>,
    /// The operator's own site.
    pub website: Option<WebAddress>,
}

/// What the operator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatorKind {
    /// A municipality or another public body: public task, GDPR art. 6(1)(e).
    Municipality,
    /// An association or a company: legitimate interest, GDPR art. 6(1)(f).
    Organisation,
    /// A person.
    Person,
}

/// The server and the way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Where SSH reaches it.
    pub address: Address,
    /// SSH port.
    pub port: Option<u16>,
    /// Login name; root, or a user who may use sudo. The SSH configuration or `root` decides where nothing is said.
    pub user: Option<String>,
    /// Private key file; relative to the inventory's folder in the file, absolute here.
    pub identity: Option<PathBuf>,
    /// Pinned host key; otherwise `known_hosts` decides.
    pub host_key: Option<HostKeyPin>,
    /// Who runs the machine below the operating system, where the operator rents it.
    pub provider: Option<Provider>,
    /// Distribution that a dry run assumes.
    pub release: Release,
    /// Memory in MiB that a dry run assumes.
    pub memory_mib: u32,
}

/// A hosting company: a processor in the sense of GDPR art. 28.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provider {
    /// Name of the company.
    pub name: Line,
    /// Country where the machine stands; inside the EEA.
    pub country: CountryCode,
}

/// Who gets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// How a meeting host proves to be one.
    pub meeting_hosts: MeetingHosts,
    /// Whether a passphrase alone is enough at the door.
    pub second_factor: SecondFactor,
    /// What a guest needs.
    pub guests: Guests,
    /// Minutes that a token of the door works.
    pub token_minutes: u16,
    /// Least guessing strength of a room's name in bits; 0 takes every name.
    pub room_name_bits: u16,
}

/// How a meeting host proves to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingHosts {
    /// With an account of this instance, at its own door.
    Accounts {
        /// Who they are, where the inventory says it; otherwise `users` decides.
        listed: Option<Vec<MeetingHost>>,
    },
    /// At an identity provider that speaks OpenID Connect.
    Oidc(IdentityProvider),
    /// At another site, which signs tokens.
    Jwt(Portal),
}

/// A meeting host that the inventory names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingHost {
    /// What they log in with.
    pub account: LoginName,
    /// How they are called in a meeting.
    pub name: Line,
}

/// Whether a passphrase alone is enough at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SecondFactor {
    /// Every account has an authenticator app.
    Required,
    /// An account may have one.
    Optional,
}

/// What a guest needs to enter a room; no value lets a guest in unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guests {
    /// The meeting host admits each guest.
    Lobby,
    /// The guest knows the room's password.
    Password,
    /// Either.
    LobbyOrPassword,
    /// Guests are never let in.
    None,
}

impl Guests {
    /// The word for it in an inventory and in the gate's option.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lobby => "lobby",
            Self::Password => "password",
            Self::LobbyOrPassword => "lobby-or-password",
            Self::None => "none",
        }
    }
}

/// Media choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// STUN servers beside our own.
    pub stun: Vec<ForeignStun>,
    /// Whether two participants may talk directly, which shows them each other's address.
    pub peer_to_peer: PeerToPeer,
    /// Most people in one room.
    pub participants: u16,
    /// Public addresses of a host behind one-to-one NAT.
    pub nat: Vec<NatMapping>,
}

/// A STUN server of somebody else; it learns the participants' addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForeignStun {
    /// The server.
    pub server: StunUri,
    /// Who runs it.
    pub operator: Line,
    /// Where it stands; inside the EEA.
    pub country: CountryCode,
}

/// Whether two participants may talk directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PeerToPeer {
    /// All media go through the bridge.
    Off,
    /// Two participants may learn each other's address.
    On,
}

/// One-to-one NAT: the address on the host's interface and the one that the world sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NatMapping {
    /// The address on the host's interface.
    pub local: IpAddr,
    /// The address that the world sees.
    pub public: IpAddr,
}

/// Retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// Days that any log is kept; the privacy statement prints the same number.
    pub logs_days: u16,
}

/// What the host keeps of its past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Generations {
    /// How many generations stay, the one in force among them.
    pub keep: u16,
}

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Dutch.
    Nl,
    /// English.
    En,
    /// German.
    De,
    /// French.
    Fr,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nl, Self::En, Self::De, Self::Fr];

    /// Its code (ISO 639-1).
    pub fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
        }
    }

    /// What it calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
        }
    }
}

/// Updates of the operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updates {
    /// Whether security updates install themselves.
    pub security: SecurityUpdates,
    /// Local time `HH:MM` at which the host may restart itself after one; never where nothing is said.
    pub reboot_window: Option<ClockTime>,
}

/// Whether security updates install themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SecurityUpdates {
    /// They do.
    Automatic,
    /// Somebody installs them by hand.
    Manual,
}

/// A time of day in minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClockTime {
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
}

/// The apt source of Jitsi's packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packages {
    /// Base address of the flat repository.
    pub jitsi: WebAddress,
    /// `stable`, `testing` or `unstable`; upstream's repository names no other.
    pub suite: String,
    /// Address of the signing key.
    pub key_url: WebAddress,
    /// Fingerprint that the signing key must have.
    pub key: KeyFingerprint,
    /// The sets of versions of that suite that are known to be good, the oldest first.
    pub known: Vec<KnownSet>,
    /// The operator's own file of such sets; where there is one, ours do not count.
    pub sets: Option<PathBuf>,
}
