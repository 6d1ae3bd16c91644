//! Our own pages: the landing page, the two pages for failure, and what they share.

use super::Scene;
use super::claims::{access, directory, public_file};
use crate::invitation;
use crate::model::deployment::{Guests, Language, MeetingHosts, Operator};
use crate::model::resource::Resource;
use crate::render::fixed;
use anyhow::Result;
use serde::Serialize;

/// The folder from which nginx serves our own pages.
pub(super) const PAGES: &str = "/usr/local/share/vc4all/www";

/// Pages that exist once for each language.
const EACH_LANGUAGE: [&str; 3] = ["index", "not-found", "unavailable"];

/// Files that are served as they are, with their place below the folder.
const SHARED: [(&str, &str); 3] = [
    ("landing/style.css", "vc4all/style.css"),
    ("landing/icon.svg", "vc4all/icon.svg"),
    ("landing/robots.txt", "robots.txt"),
];

/// The parts of the landing page's script, in their order; the browser gets them as one file.
const SCRIPT: [&str; 6] = [
    "landing/strength.js",
    "landing/names.js",
    "landing/invitation.js",
    "landing/calendar.js",
    "landing/digits.js",
    "landing/landing.js",
];

/// A language that a page links to.
#[derive(Serialize)]
pub(super) struct Other {
    code: &'static str,
    name: &'static str,
    address: String,
}

/// What each of our pages sees.
#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    others: Vec<Other>,
    operator: &'a Operator,
    guests: Guests,
    meeting_hosts: &'static str,
    /// The beginning of every room's address.
    site: String,
    /// Least guessing strength of a room's name.
    bits: u16,
    /// What a meeting without a name is called.
    untitled: &'static str,
    /// The address of the privacy statement.
    privacy: String,
    /// The invitation with places to fill in.
    sheet: String,
}

/// The other languages of a page in `language`; `address` makes the same page's address out of a language's code.
pub(super) fn others(scene: &Scene<'_>, language: Language, address: fn(&str) -> String) -> Vec<Other> {
    let all = scene.deployment.languages.iter().filter(|other| **other != language);
    all.map(|other| Other { code: other.code(), name: other.own_name(), address: address(other.code()) }).collect()
}

pub(super) fn resources(scene: &Scene<'_>) -> Result<Vec<Resource>> {
    let mut wanted = vec![directory(&format!("{PAGES}/vc4all"), access("root", "root", 0o755)?)?];
    for (name, place) in SHARED {
        wanted.push(Resource::File(public_file(&format!("{PAGES}/{place}"), fixed(name)?.to_owned())?));
    }
    wanted.push(Resource::File(public_file(&format!("{PAGES}/vc4all/landing.js"), script()?)?));
    let title = scene.renderer.text("landing/title.html", &page(scene, Language::Nl)?)?;
    wanted.push(Resource::File(public_file(&format!("{PAGES}/vc4all/title.html"), title)?));
    for language in &scene.deployment.languages {
        let (code, page) = (language.code(), page(scene, *language)?);
        wanted.push(directory(&format!("{PAGES}/{code}"), access("root", "root", 0o755)?)?);
        for name in EACH_LANGUAGE {
            let text = scene.renderer.text(&format!("landing/{code}/{name}.html"), &page)?;
            wanted.push(Resource::File(public_file(&format!("{PAGES}/{code}/{name}.html"), text)?));
        }
    }
    Ok(wanted)
}

fn script() -> Result<String> {
    let parts: Vec<&str> = SCRIPT.into_iter().map(fixed).collect::<Result<_>>()?;
    // JSON is JavaScript (ECMA-262, "JSON superset").
    Ok(format!("\"use strict\";\nconst NAMES = {};\n\n{}", fixed("landing/names.json")?.trim_end(), parts.join("\n")))
}

fn page<'a>(scene: &'a Scene<'_>, language: Language) -> Result<Page<'a>> {
    let deployment = scene.deployment;
    let accounts = matches!(deployment.access.meeting_hosts, MeetingHosts::Accounts { .. });
    Ok(Page {
        lang: language.code(),
        others: others(scene, language, |code| format!("/{code}/")),
        operator: &deployment.operator,
        guests: deployment.access.guests,
        meeting_hosts: if accounts { "accounts" } else { "elsewhere" },
        site: format!("https://{}", deployment.domain),
        bits: deployment.access.room_name_bits,
        untitled: invitation::untitled(language),
        privacy: invitation::privacy(deployment, language),
        sheet: invitation::sheet(deployment, scene.renderer, language)?,
    })
}
