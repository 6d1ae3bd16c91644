//! Every key of an inventory, once: the shape check, the JSON Schema and the reference page are made from this table.

use super::alerts::ALERTS;
use super::forms::Form;
use super::identity::{JWT, OIDC};
use super::tls::TLS;

/// A key: its name, what it holds, whether it must be there, and what it means.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) holds: Holds,
    pub(super) presence: Presence,
    /// One or two sentences for people.
    pub(super) help: &'static str,
}

/// What a key holds.
pub(super) enum Holds {
    /// Keys below it.
    Section(&'static [Key]),
    /// A list of items, each with these keys.
    Items(&'static [Key]),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Several of these words, each at most once.
    Words(&'static [&'static str]),
    /// Text of a form.
    Text(Form),
    /// A list of texts of a form, each at most once.
    Texts(Form),
    /// A whole number.
    Number { least: u64, most: u64 },
    /// A size of memory: MiB as a number, or text such as `4 GiB`.
    Memory,
    /// `true` or `false`.
    Switch,
}

/// Whether a key must be there.
pub(super) enum Presence {
    /// It must.
    Required,
    /// Where it is not written, this YAML value holds.
    Default(&'static str),
    /// Where it is not written, this happens (end of the sentence "without it, …").
    Optional(&'static str),
}

use Holds::{Choice, Items, Memory, Number, Section, Switch, Text, Words};
use Presence::{Default, Optional, Required};

/// A row of the table.
pub(super) const fn key(name: &'static str, holds: Holds, presence: Presence, help: &'static str) -> Key {
    Key { name, holds, presence, help }
}

/// The whole inventory.
pub(super) const INVENTORY: &[Key] = &[
    key(
        "domain",
        Text(Form::Domain("vergaderen.voorbeeldstad.nl")),
        Required,
        "The public name. Rooms are at https://DOMAIN/ROOM; the name's DNS records must point to the host.",
    ),
    key("operator", Section(OPERATOR), Required, "Who is responsible: the controller in the sense of the GDPR."),
    key("host", Section(HOST), Required, "The server and how SSH reaches it."),
    key("tls", Section(TLS), Optional("Let's Encrypt is asked"), "Where the certificate comes from."),
    key(
        "alerts",
        Section(ALERTS),
        Optional("nobody is told; `status`, `verify` and the host's journal show it"),
        "Who is told when the host cannot renew its certificate by itself. Only inside the European Economic Area.",
    ),
    key("access", Section(ACCESS), Optional("the defaults below hold"), "Who gets into a room."),
    key(
        "meeting_hosts",
        Items(LISTED),
        Optional("`users` adds and removes accounts"),
        "The meeting hosts who have an account. `up` adds those who have none, and removes the accounts of all others; \
         `users reset` then gives a new one its passphrase.",
    ),
    key("media", Section(MEDIA), Optional("the defaults below hold"), "How sound and pictures travel."),
    key("retention", Section(RETENTION), Optional("the defaults below hold"), "How long anything is kept."),
    key(
        "languages",
        Words(LANGUAGES),
        Default("[nl, en]"),
        "Languages of the pages; the first one is shown to people whose browser asks for none of them.",
    ),
    key("updates", Section(UPDATES), Optional("the defaults below hold"), "How security updates arrive."),
    key(
        "generations",
        Section(GENERATIONS),
        Optional("the defaults below hold"),
        "What the host keeps of its past. See `docs/generations.md`.",
    ),
    key("packages", Section(PACKAGES), Optional("the defaults below hold"), "Where Jitsi's packages come from."),
    key(
        "overrides",
        Text(Form::Path("overrides")),
        Optional("every file is ours"),
        "Folder with files of your own that replace ours or are added to them, each below its path on the host; relative to \
         the folder of this file. See `docs/overrides.md`.",
    ),
];

/// Codes of the languages that the pages exist in.
pub(super) const LANGUAGES: &[&str] = &["nl", "en", "de", "fr"];
/// Kinds of operator.
pub(super) const KINDS: &[&str] = &["municipality", "organisation", "person"];
/// Releases that a host may run.
pub(super) const DISTRIBUTIONS: &[&str] = &["debian-12", "debian-13", "ubuntu-24.04"];
/// How meeting hosts may prove to be one.
pub(super) const MEETING_HOSTS: &[&str] = &["accounts", "oidc", "jwt"];
/// Whether a second factor is needed.
pub(super) const SECOND_FACTOR: &[&str] = &["required", "optional"];
/// What a guest may need.
pub(super) const GUESTS: &[&str] = &["lobby", "password", "lobby-or-password", "none"];
/// How security updates may arrive.
pub(super) const SECURITY: &[&str] = &["automatic", "manual"];
/// The suites of Jitsi's repository.
pub(super) const SUITES: &[&str] = &["stable", "testing", "unstable"];

const OPERATOR: &[Key] = &[
    key("name", Text(Form::Line("Gemeente Voorbeeldstad")), Required, "Name as people know it."),
    key(
        "kind",
        Choice(KINDS),
        Required,
        "Decides the legal basis that the privacy statement names: a municipality (or another public body) acts in the \
         public interest (GDPR art. 6(1)(e)), an organisation or a person for a legitimate interest (art. 6(1)(f)).",
    ),
    key("address", Text(Form::Line("Raadhuisplein 1, 1234 AB Voorbeeldstad")), Required, "Postal address on one line."),
    key("country", Text(Form::Country), Required, "Country of establishment, two capital letters, inside the EEA."),
    key("email", Text(Form::Email), Required, "Mail address for questions about privacy."),
    key(
        "security",
        Text(Form::Email),
        Optional("`operator.email` is used"),
        "Mail address for reports of vulnerabilities; it stands in /.well-known/security.txt (RFC 9116).",
    ),
    key(
        "privacy_officer",
        Text(Form::Email),
        Optional("the privacy statement names no officer"),
        "Mail address of the data protection officer; a public body must have one (GDPR art. 37).",
    ),
    key("website", Text(Form::WebAddress), Optional("no link is shown"), "The operator's own site."),
];

const HOST: &[Key] = &[
    key(
        "address",
        Text(Form::Address),
        Required,
        "Where SSH reaches the host: an IPv4 or IPv6 address, a name, or an alias of the SSH configuration.",
    ),
    key(
        "port",
        Number { least: 1, most: 65535 },
        Optional("the SSH configuration decides, else 22"),
        "Port of the SSH server.",
    ),
    key(
        "user",
        Text(Form::Login),
        Optional("the SSH configuration decides, else root"),
        "Login name: root, or a user who may use sudo.",
    ),
    key(
        "identity",
        Text(Form::Path("keys/id_ed25519")),
        Optional("the agent and the SSH configuration are asked"),
        "Private key file for SSH; relative to the folder of this file, or beginning with ~/.",
    ),
    key(
        "host_key",
        Text(Form::HostKeyPin),
        Optional("known_hosts decides"),
        "Fingerprint that the host's SSH key must have: SHA256: and 43 characters.",
    ),
    key(
        "provider",
        Section(PROVIDER),
        Optional("the machine counts as the operator's own"),
        "The company that the machine is rented from; the privacy statement names it as a processor (GDPR art. 28).",
    ),
    key(
        "distribution",
        Choice(DISTRIBUTIONS),
        Default("debian-12"),
        "What a dry run assumes the host to be; otherwise the host itself is asked.",
    ),
    key(
        "memory",
        Memory,
        Default("8 GiB"),
        "Memory that a dry run assumes, in MiB or such as 4 GiB; otherwise the host itself is asked.",
    ),
];

const PROVIDER: &[Key] = &[
    key("name", Text(Form::Line("Voorbeeldhosting B.V.")), Required, "Name of the company."),
    key("country", Text(Form::Country), Required, "Country where the machine stands, inside the EEA."),
];

const ACCESS: &[Key] = &[
    key(
        "meeting_hosts",
        Choice(MEETING_HOSTS),
        Default("accounts"),
        "How a meeting host proves to be one. accounts: at the instance's own door, with a passphrase and a code. oidc: at \
         an identity provider. jwt: at another site, a portal, which signs a token for one room.",
    ),
    key(
        "oidc",
        Section(OIDC),
        Optional("meeting hosts do not log in at an identity provider"),
        "The identity provider (OpenID Connect). `up` prints what it has to be told. Everybody whom it lets use this client \
         may open any room.",
    ),
    key(
        "jwt",
        Section(JWT),
        Optional("no portal signs tokens"),
        "The portal that signs tokens. `up` prints what it has to be told; each token opens the one room that it names.",
    ),
    key(
        "second_factor",
        Choice(SECOND_FACTOR),
        Default("required"),
        "Whether every account needs the code of an authenticator app (RFC 6238) beside its passphrase. Only with \
         accounts; an identity provider or a portal asks for a second factor itself.",
    ),
    key(
        "guests",
        Choice(GUESTS),
        Default("lobby-or-password"),
        "What a guest needs: to be admitted from the lobby by a meeting host, the room's password, either of them, or \
         none: no guests at all. No value lets a guest in unasked.",
    ),
    key(
        "token_minutes",
        Number { least: 5, most: 720 },
        Default("120"),
        "Minutes after a log-in at the door within which the meeting host may enter the room, or come back after the \
         connection was lost; after that they log in again. Who is inside stays inside.",
    ),
    key(
        "room_name_bits",
        Number { least: 0, most: 128 },
        Default("40"),
        "Least guessing strength of a room's name in bits; rooms with weaker names are refused. 20 random digits have \
         66. 0 takes every name.",
    ),
];

const LISTED: &[Key] = &[
    key(
        "account",
        Text(Form::Account),
        Required,
        "What the meeting host logs in with: 2 to 32 lower-case letters, digits, dots, underscores and hyphens.",
    ),
    key("name", Text(Form::Line("Jo Voorbeeld")), Required, "How the meeting host is called in a meeting."),
];

const MEDIA: &[Key] = &[
    key(
        "stun",
        Items(STUN),
        Default("[]"),
        "STUN servers of others, beside the host's own. They learn the participants' addresses, so only servers inside \
         the EEA are taken, and the privacy statement names them.",
    ),
    key(
        "peer_to_peer",
        Switch,
        Default("false"),
        "Whether two participants may exchange sound and pictures directly, which shows them each other's address.",
    ),
    key("participants", Number { least: 2, most: 500 }, Default("75"), "Most people in one room."),
    key(
        "nat",
        Items(NAT),
        Default("[]"),
        "For a host behind one-to-one NAT: which public address stands for which address of the host.",
    ),
];

const STUN: &[Key] = &[
    key("server", Text(Form::Stun), Required, "The server, such as stun:stun.example.nl:3478 (RFC 7064)."),
    key("operator", Text(Form::Line("Stichting Voorbeeld")), Required, "Who runs it."),
    key("country", Text(Form::Country), Required, "Where it stands, inside the EEA."),
];

const NAT: &[Key] = &[
    key("local", Text(Form::Ip), Required, "Address on the host's own interface."),
    key("public", Text(Form::Ip), Required, "Address of the same family that the world sees."),
];

const RETENTION: &[Key] = &[key(
    "logs_days",
    Number { least: 1, most: 30 },
    Default("7"),
    "Days that any log is kept. The privacy statement prints the same number.",
)];

const UPDATES: &[Key] = &[
    key("security", Choice(SECURITY), Default("automatic"), "Whether security updates install themselves."),
    key(
        "reboot_window",
        Text(Form::Clock),
        Optional("the host never restarts itself"),
        "Local time of the host, such as 04:00, at which it may restart itself where an update asks for that.",
    ),
];

const GENERATIONS: &[Key] = &[key(
    "keep",
    Number { least: 2, most: 50 },
    Default("10"),
    "How many generations the host keeps for `rollback`, the one in force among them.",
)];

const PACKAGES: &[Key] = &[
    key(
        "jitsi",
        Text(Form::WebAddress),
        Default("https://download.jitsi.org"),
        "Base address of the repository with Jitsi's packages. A mirror may be http://, because apt checks the signature \
         of what it gets against the key below.",
    ),
    key("suite", Choice(SUITES), Default("stable"), "Suite of that repository."),
    key(
        "key_url",
        Text(Form::WebAddress),
        Optional("it is `packages.jitsi` followed by /jitsi-key.gpg.key"),
        "Address of the key that the repository is signed with.",
    ),
    key(
        "key",
        Text(Form::Fingerprint),
        Default("66A9 CD05 95D6 AFA2 4729 0D3B EF8B 479E 2DC1 389C"),
        "Fingerprint that this key must have. The default is upstream's own key, which a plain copy of the repository is \
         signed with too; a mirror that signs by itself must name its key here.",
    ),
    key(
        "sets",
        Text(Form::Path("known-good.yml")),
        Optional("the sets of this release hold (`known-good.yml`)"),
        "File of your own with the versions that belong together, for a mirror that has others than upstream; relative to \
         the folder of this file. See `docs/upgrade.md`.",
    ),
];
