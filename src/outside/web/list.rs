//! What is asked for: pages and files that each instance has, paths that none has, and what its pages name.

use super::Sight;
use super::markup;
use crate::model::deployment::{Deployment, MeetingHosts};
use anyhow::{Result, anyhow};
use http::Method;

/// What should be at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The landing page.
    Landing,
    /// The privacy statement.
    Statement,
    /// Where meeting hosts log in.
    Door,
    /// Where an identity provider sends meeting hosts back to.
    Return,
    /// Jitsi's page for a room.
    Shell,
    /// `config.js` and `interface_config.js`.
    Config,
    /// `manifest.json`.
    Manifest,
    /// A script, a style sheet or a picture.
    Asset,
    /// `security.txt`.
    Security,
    /// `vc4all.json`, the facts for directories.
    Published,
    /// `robots.txt`.
    Robots,
    /// Nothing: the page for what is not there.
    Absent,
    /// A folder, whose content is nobody's business.
    Folder,
    /// Anything, asked for with a method that pages do not have.
    Odd,
}

/// One thing to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) kind: Kind,
    pub(super) method: Method,
    pub(super) path: String,
}

/// All that is asked for without having seen a page.
pub(super) struct Wanted {
    /// Over HTTPS.
    pub(super) pages: Vec<Want>,
    /// The path of a room that nobody uses.
    pub(super) room: String,
}

/// The same on every instance.
const FIXED: [(Kind, &str); 16] = [
    (Kind::Landing, "/"),
    (Kind::Statement, "/privacy"),
    (Kind::Config, "/config.js"),
    (Kind::Config, "/interface_config.js"),
    (Kind::Manifest, "/manifest.json"),
    (Kind::Asset, "/vc4all/style.css"),
    (Kind::Security, "/.well-known/security.txt"),
    (Kind::Published, "/.well-known/vc4all.json"),
    (Kind::Robots, "/robots.txt"),
    (Kind::Absent, "/there/is/nothing"),
    (Kind::Absent, "/libs/there-is-nothing.js"),
    (Kind::Absent, "/vc4all/there-is-nothing.css"),
    (Kind::Folder, "/libs/"),
    (Kind::Folder, "/css/"),
    (Kind::Folder, "/images/"),
    (Kind::Folder, "/.well-known/"),
];

/// The most files of one page.
const MOST_FILES: usize = 12;

impl Wanted {
    /// What this instance should have.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn of(deployment: &Deployment) -> Result<Self> {
        let room = format!("/{}", number()?);
        let get = |(kind, path): (Kind, &str)| Want { kind, method: Method::GET, path: path.to_owned() };
        let mut pages: Vec<Want> = FIXED.into_iter().map(get).collect();
        pages.push(get((Kind::Shell, &room)));
        for language in deployment.languages.iter().map(|language| language.code()) {
            pages.push(get((Kind::Landing, &format!("/{language}/"))));
            pages.push(get((Kind::Statement, &format!("/privacy/{language}"))));
        }
        match &deployment.access.meeting_hosts {
            MeetingHosts::Accounts { .. } => {
                pages.push(get((Kind::Door, "/door")));
                pages.push(get((Kind::Door, &format!("/door?room={}", room.trim_start_matches('/')))));
            }
            MeetingHosts::Oidc(_) => pages.push(get((Kind::Return, "/vc4all/signed-in"))),
            MeetingHosts::Jwt(_) => {}
        }
        for method in [Method::OPTIONS, Method::TRACE] {
            pages.push(Want { kind: Kind::Odd, method, path: "/".to_owned() });
        }
        Ok(Self { pages, room })
    }
}

/// 20 digits, as the landing page makes a room.
fn number() -> Result<String> {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
    Ok(bytes.into_iter().map(|byte| char::from(b'0' + byte % 10)).collect())
}

/// The instance's own files that these pages make a browser load.
pub(super) fn files(sights: &[Sight]) -> Vec<Want> {
    let mut found: Vec<Want> = Vec::new();
    for sight in sights.iter().filter(|sight| matches!(sight.kind, Kind::Landing | Kind::Shell | Kind::Return)) {
        let Ok(page) = &sight.answer else { continue };
        let paths = markup::loads(&page.text()).into_iter().filter_map(|load| markup::own_path(&load));
        for path in paths.take(MOST_FILES) {
            // Jitsi's scripts are some megabytes, of which only the head is judged.
            let method = if path.starts_with("/libs/") { Method::HEAD } else { Method::GET };
            let known = |want: &Want| want.path == path;
            if !found.iter().any(known) && !sights.iter().any(|sight| sight.path == path) {
                found.push(Want { kind: Kind::Asset, method, path });
            }
        }
    }
    found
}
