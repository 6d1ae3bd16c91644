//! An instance that keeps every promise of its pages, for tests to break.

pub(super) use crate::verify::stage::broken;

use crate::model::deployment::{Deployment, Guests, MeetingHosts};
use crate::model::identity::{HttpsAddress, IdentityProvider, Recipient, TokenWord};
use crate::model::observed::{Observed, SeenCertificate};
use crate::model::plan::Plan;
use crate::model::tls::Authority;
use crate::model::values::Email;
use crate::outside::Way;
use crate::outside::fetch::{Page, Scheme};
use crate::outside::web::{CHALLENGE, Facts, InClear, Kind, Sight, Stranger, Welcome};
use crate::papers::published::{PATH, Published};
use crate::verify::stage;
use crate::verify::{Evidence, Judgement, Promise, Seen};
use http::Method;
use std::net::IpAddr;

/// The room's path.
pub(super) const ROOM: &str = "/12345678901234567890";
/// The door for that room.
pub(super) const DOOR: &str = "/door?room=12345678901234567890";
const ADDRESSES: [&str; 2] = [stage::V4, stage::V6];
/// 21 November 2026, 12:00 UTC.
const NOW: i64 = 1_795_262_400;

const OURS: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const SHELL: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob: data:; connect-src 'self' wss://meet.example.nl data: blob:; \
    worker-src 'self' blob:; child-src 'self' blob:; manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'self'; \
    object-src 'none'; frame-ancestors 'none'";
const NOTHING: &str =
    "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()";
const CALLS: &str = "camera=(self), display-capture=(self), microphone=(self), geolocation=(), hid=(), midi=(), payment=(), serial=(), usb=()";

const CONFIG: &str = r#"var enableJaaS = false;
var config = {
    bosh: "https://meet.example.nl/http-bind", websocket: "wss://meet.example.nl/xmpp-websocket",
    disableThirdPartyRequests: true, analytics: { disabled: true, rtcstatsEnabled: false, watchRTCEnabled: false },
    feedbackPercentage: 0, enableEmailInStats: false, enableDisplayNameInStats: false, gravatar: { disabled: true },
    giphy: { enabled: false }, enableCalendarIntegration: false, whiteboard: { enabled: false },
    fileSharing: { enabled: false }, transcription: { enabled: false }, recordingService: { enabled: false },
    liveStreaming: { enabled: false }, localRecording: { disable: true }, screenshotCapture: { enabled: false },
    faceLandmarks: { enableFaceCentering: false, enableFaceExpressionsDetection: false,
        enableDisplayFaceExpressions: false, enableRTCStats: false },
    speakerStats: { disabled: true }, disableRemoteControl: true, disableShowMoreStats: true, doNotStoreRoom: true,
    p2p: { enabled: false, stunServers: [{ urls: "stun:meet.example.nl:3478" }] }, e2ee: { disabled: false },
    prejoinConfig: { enabled: true }, lobby: { autoKnock: false }, hideEmailInSettings: true, enableSaveLogs: false,
    startWithAudioMuted: true, startWithVideoMuted: true, legalUrls: { privacy: "https://meet.example.nl/privacy" },
    tokenAuthUrl: "https://meet.example.nl/door?room={room}&state={state}"
};
"#;

const SECURITY: &str = "Contact: mailto:security@example.nl\nExpires: 2027-06-30T23:59:59Z\nPreferred-Languages: nl, en\n\
    Canonical: https://meet.example.nl/.well-known/security.txt\n";

/// Kind, path, status, media type, content.
type Answer = (Kind, &'static str, u16, &'static str, &'static str);

const LANDING: &str = "<link rel=stylesheet href=/vc4all/style.css><script src=/vc4all/landing.js></script>";
const ANSWERS: [Answer; 17] = [
    (Kind::Landing, "/", 200, "text/html", LANDING),
    (Kind::Landing, "/nl/", 200, "text/html", LANDING),
    (Kind::Statement, "/privacy", 200, "text/html", "<h1>Privacy</h1>"),
    (Kind::Door, "/door", 200, "text/html", "<form method=get action=/door><input name=room>"),
    (Kind::Door, DOOR, 200, "text/html", "<form method=post action=/door><input type=password>"),
    (Kind::Config, "/config.js", 200, "application/javascript", CONFIG),
    (
        Kind::Config,
        "/interface_config.js",
        200,
        "application/javascript",
        "var interfaceConfig = { SUPPORT_URL: 'https://x.example/' };",
    ),
    (
        Kind::Manifest,
        "/manifest.json",
        200,
        "application/json",
        r#"{"start_url":"/","icons":[{"src":"/vc4all/icon.svg"}]}"#,
    ),
    (Kind::Asset, "/css/all.css", 200, "text/css", "p { background: url(images/x.png) }"),
    (Kind::Asset, "/libs/app.bundle.min.js?v=1", 200, "application/javascript", ""),
    (Kind::Security, "/.well-known/security.txt", 200, "text/plain; charset=utf-8", SECURITY),
    (Kind::Robots, "/robots.txt", 200, "text/plain", "Disallow: /"),
    (Kind::Absent, "/there/is/nothing", 404, "text/html", "<h1>Nothing</h1>"),
    (Kind::Absent, "/libs/there-is-nothing.js", 404, "text/html", "<h1>Nothing</h1>"),
    (Kind::Folder, "/libs/", 404, "text/html", "<h1>Nothing</h1>"),
    (Kind::Folder, "/css/", 404, "text/html", "<h1>Nothing</h1>"),
    (Kind::Odd, "/", 405, "text/html", "<h1>405 Not Allowed</h1>"),
];

/// What a promise sees, to be changed.
pub(super) struct Stage {
    pub(super) deployment: Deployment,
    pub(super) observed: Observed,
    pub(super) web: Seen<Facts>,
    pub(super) way: Way,
    plan: Plan,
}

impl Stage {
    /// Everything is as promised.
    pub(super) fn new() -> Self {
        let deployment = deployment();
        let plan = stage::nothing_to_do(&deployment.domain);
        let way = stage::way(&deployment.domain, &ADDRESSES.map(stage::ip));
        Self { observed: observed(&deployment), web: Ok(facts()), way, plan, deployment }
    }

    /// The same where meeting hosts log in at an identity provider.
    pub(super) fn with_provider() -> Self {
        let mut stage = Self::new();
        let address = |path: &str| HttpsAddress::parse(&format!("https://sso.example.nl/{path}")).unwrap();
        let word = |text: &str| TokenWord::parse(text).unwrap();
        stage.deployment.access.meeting_hosts = MeetingHosts::Oidc(IdentityProvider {
            issuer: address(""),
            client: word("meet"),
            audience: word("meet"),
            authorization: address("auth"),
            token: address("token"),
            keys: address("keys"),
            logout: address("logout"),
            recipient: Recipient { operator: stage::line("Dienst ICT"), country: stage::country("NL") },
        });
        stage
    }

    /// The facts; they are there until a test takes them away.
    pub(super) fn facts(&mut self) -> &mut Facts {
        self.web.as_mut().unwrap()
    }

    /// Changes the answer for a path at each address.
    pub(super) fn change(&mut self, path: &str, change: impl Fn(&mut Page)) {
        let mut found = 0;
        for sight in self.facts().pages.iter_mut().filter(|sight| sight.path == path && sight.kind != Kind::Odd) {
            change(sight.answer.as_mut().unwrap());
            found += 1;
        }
        assert_eq!(found, 2, "{path}");
    }

    /// Changes every answer.
    pub(super) fn change_all(&mut self, change: impl Fn(&mut Page)) {
        self.facts().pages.iter_mut().for_each(|sight| change(sight.answer.as_mut().unwrap()));
    }

    /// One answer more.
    pub(super) fn add(&mut self, kind: Kind, path: &str, page: Page) {
        let address = self.way.addresses[0];
        let sight = Sight { address, kind, method: Method::GET, path: path.to_owned(), answer: Ok(page) };
        self.facts().pages.push(sight);
    }

    /// What a promise says to it.
    pub(super) fn judged(&mut self, promise: &Promise) -> Judgement {
        let unlooked = Evidence::unlooked(&self.deployment, &self.observed, &self.plan, &self.way);
        (promise.judge)(&Evidence { now: NOW, web: self.web.clone(), ..unlooked })
    }
}

/// An answer without headers.
pub(super) fn page(status: u16, body: &str) -> Page {
    Page { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

/// The answer with this header alone under its name.
pub(super) fn with_header(mut page: Page, name: &str, value: &str) -> Page {
    page.headers.retain(|(known, _)| known != name);
    page.headers.push((name.to_owned(), value.to_owned()));
    page
}

fn facts() -> Facts {
    let mut facts = Facts::default();
    let shell = format!(
        "<base href=\"/\"><link rel=icon href=images/x.svg><script>{CONFIG}</script><script src=libs/app.js></script>"
    );
    for address in ADDRESSES.map(stage::ip) {
        let sight = |(kind, path, status, media, body): (Kind, &str, u16, &str, &str)| {
            let method = if kind == Kind::Odd { Method::TRACE } else { Method::GET };
            let page = Page { headers: headers(kind, media), ..page(status, body) };
            Sight { address, kind, method, path: path.to_owned(), answer: Ok(page) }
        };
        facts.pages.extend(ANSWERS.into_iter().map(sight));
        facts.pages.push(sight((Kind::Shell, ROOM, 200, "text/html", &shell)));
        let published = serde_json::to_string_pretty(&Published::of(&deployment())).unwrap();
        facts.pages.push(sight((Kind::Published, PATH, 200, "application/json", &published)));
        facts.in_clear.extend(["/", "/config.js", CHALLENGE].map(|path| in_clear(address, path)));
        let (name, scheme) = ("somebody-else.invalid".to_owned(), Scheme::Https);
        facts.strangers.push(Stranger { address, scheme, name, welcome: Welcome::Refused });
    }
    facts
}

fn in_clear(address: IpAddr, path: &str) -> InClear {
    let to = with_header(page(301, ""), "location", &format!("https://meet.example.nl{path}"));
    let answer = Ok(if path == CHALLENGE { page(404, "") } else { to });
    InClear { address, path: path.to_owned(), answer }
}

fn headers(kind: Kind, media: &str) -> Vec<(String, String)> {
    let ours = super::answers::is_ours(kind);
    let all = [
        ("server", "nginx"),
        ("content-type", media),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("content-security-policy", if ours { OURS } else { SHELL }),
        ("permissions-policy", if ours { NOTHING } else { CALLS }),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn observed(deployment: &Deployment) -> Observed {
    let certificate = SeenCertificate {
        names: vec![deployment.domain.clone().into()],
        not_before: NOW - 1000,
        not_after: NOW + 1_000_000,
        serial: "01".to_owned(),
        issued_by: Some(Authority::LetsEncrypt.directory().to_owned()),
    };
    Observed { certificate: Some(certificate), ..Observed::bare(stage::traits(&[])) }
}

fn deployment() -> Deployment {
    let mut deployment = stage::deployment("meet.example.nl");
    deployment.access.guests = Guests::LobbyOrPassword;
    deployment.operator.security = Email::parse("security@example.nl").unwrap();
    deployment
}
