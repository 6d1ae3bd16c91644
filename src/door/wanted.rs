//! What a request wants: a language, a room, Jitsi's switches and fields; and whether a form is this site's own.

use super::form::{Broken, Fields};
use super::language;
use super::pages::{Problem, View, address};
use super::room::{NoRoom, Room};
use super::settings::Settings;
use super::wishes::Wishes;
use crate::model::deployment::Language;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, Request};
use hyper::body::Bytes;

/// Bytes of an account that stay in the form after a refusal; no account's name is longer.
const LONGEST_ACCOUNT: usize = 64;

/// A request, once it is read.
pub(super) struct Wanted {
    pub(super) language: Language,
    pub(super) room: Result<Room, NoRoom>,
    pub(super) state: String,
    pub(super) fields: Fields,
}

/// Why a request holds no form that may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoForm {
    /// It says that it is something else.
    Kind,
    /// Another site sent it, or the browser does not say which.
    Origin,
    /// It does not follow the rules.
    Broken,
}

impl Wanted {
    /// What a page shows of it.
    pub(super) fn view(&self, problem: Problem) -> View<'_> {
        let room = self.room.as_ref().map_or("", Room::as_str);
        let typed = self.fields.get("account");
        let account = if typed.len() <= LONGEST_ACCOUNT { typed } else { "" };
        View { language: self.language, room, state: &self.state, account, problem }
    }

    /// The address of the form for it.
    pub(super) fn address(&self) -> String {
        address(self.room.as_ref().map_or("", Room::as_str), &self.state, self.language)
    }
}

/// Reads the query of an address.
///
/// # Errors
/// When it does not follow the rules of a form.
pub(super) fn read_address(request: &Request<Bytes>, settings: &Settings) -> Result<Wanted, Broken> {
    read(request.headers(), request.uri().query().unwrap_or_default().as_bytes(), settings)
}

/// Reads a form, but only one that this site's own page sent: by `Origin`, which browsers send with every form
/// (Fetch Standard, "append a request Origin header"), and by `Sec-Fetch-Site` where there is one.
///
/// # Errors
/// When it is not such a form.
pub(super) fn read_form(request: &Request<Bytes>, settings: &Settings) -> Result<Wanted, NoForm> {
    let headers = request.headers();
    if !one(headers, CONTENT_TYPE.as_str()).is_some_and(is_form) {
        return Err(NoForm::Kind);
    }
    let origin = one(headers, ORIGIN.as_str()).and_then(|origin| origin.strip_prefix("https://"));
    let site = headers.contains_key("sec-fetch-site").then(|| one(headers, "sec-fetch-site"));
    if origin != Some(settings.domain.as_str()) || site.is_some_and(|site| site != Some("same-origin")) {
        return Err(NoForm::Origin);
    }
    read(headers, request.body(), settings).map_err(|Broken| NoForm::Broken)
}

/// The language of the answer.
pub(super) fn language(headers: &HeaderMap, asked: &str, settings: &Settings) -> Language {
    let accepted = one(headers, ACCEPT_LANGUAGE.as_str()).unwrap_or_default();
    language::choose(asked, accepted, &settings.languages)
}

/// A header that is there once, as text.
pub(super) fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok() }
}

fn read(headers: &HeaderMap, text: &[u8], settings: &Settings) -> Result<Wanted, Broken> {
    let fields = Fields::parse(text)?;
    Ok(Wanted {
        language: language(headers, fields.get("lang"), settings),
        room: Room::read(fields.get("room"), settings.room_name_bits),
        state: Wishes::read(fields.get("state")).state(),
        fields,
    })
}

fn is_form(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
