//! The pages: one template each, and the words of each language in a file of their own.

use super::form::encode;
use super::settings::Settings;
use crate::model::deployment::{Language, SecondFactor};
use crate::render::{Renderer, fixed};
use anyhow::{Context as _, Result};
use serde::Serialize;
use std::collections::BTreeMap;

/// All words of one language, by their keys.
type Words = BTreeMap<String, String>;

/// The renderer with what is the same on every page.
pub(super) struct Pages {
    renderer: Renderer,
    operator: String,
    languages: Vec<(Language, Words)>,
    code_needed: bool,
}

/// What one page shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    /// The language.
    pub(super) language: Language,
    /// The room; empty where none is chosen.
    pub(super) room: &'a str,
    /// Jitsi's switches; empty where none is set.
    pub(super) state: &'a str,
    /// The account as it was typed.
    pub(super) account: &'a str,
    /// What is wrong.
    pub(super) problem: Problem,
}

/// What is wrong, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// Nothing.
    None,
    /// What has this key among the words.
    Word(&'static str),
    /// Too many wrong attempts; so many seconds are left.
    Wait(u64),
}

/// A page without a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// The request does not follow the rules.
    Broken,
    /// The form was sent by another site.
    Origin,
    /// There is no such page.
    Unknown,
    /// There is, but not for this method.
    Method,
    /// The form is too large.
    Large,
    /// Too many people log in at this moment.
    Busy,
    /// Something of ours is broken.
    Unavailable,
}

impl Notice {
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Broken => ("broken_title", "broken"),
            Self::Origin => ("broken_title", "origin"),
            Self::Unknown => ("unknown_title", "unknown"),
            Self::Method => ("unknown_title", "method"),
            Self::Large => ("broken_title", "large"),
            Self::Busy => ("unavailable_title", "busy"),
            Self::Unavailable => ("unavailable_title", "unavailable"),
        }
    }
}

/// A language that a page links to.
#[derive(Serialize)]
struct Other {
    code: &'static str,
    name: &'static str,
    address: String,
}

/// What the templates see.
#[derive(Serialize)]
struct Scope<'a> {
    lang: &'static str,
    others: Vec<Other>,
    operator: &'a str,
    words: &'a Words,
    problem: Option<String>,
    room: &'a str,
    state: &'a str,
    account: &'a str,
    code_needed: bool,
    person: &'a str,
    fresh: String,
    title: &'a str,
    text: &'a str,
}

impl Pages {
    /// Parses the templates and reads the words.
    ///
    /// # Errors
    /// When one of them is not as it should be.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let words = |language: &Language| -> Result<(Language, Words)> {
            let name = format!("door/{}.json", language.code());
            Ok((*language, serde_json::from_str(fixed(&name)?).with_context(|| format!("the words of {name}"))?))
        };
        Ok(Self {
            renderer: Renderer::new()?,
            operator: settings.operator.clone(),
            languages: settings.languages.iter().map(words).collect::<Result<_>>()?,
            code_needed: settings.second_factor == SecondFactor::Required,
        })
    }

    /// The form that asks who is there.
    ///
    /// # Errors
    /// When a template or its words lack something.
    pub(super) fn log_in(&self, view: View<'_>) -> Result<String> {
        self.renderer.text("door/log-in.html", &self.scope(view)?)
    }

    /// The button that opens the room for somebody who is signed in.
    ///
    /// # Errors
    /// When a template or its words lack something.
    pub(super) fn open(&self, view: View<'_>, person: &str) -> Result<String> {
        let scope = Scope { person, ..self.scope(view)? };
        self.renderer.text("door/open.html", &scope)
    }

    /// The form that asks for a room, with the name of a new one.
    ///
    /// # Errors
    /// When a template or its words lack something.
    pub(super) fn choose(&self, view: View<'_>, fresh: &str) -> Result<String> {
        let fresh = address(fresh, view.state, view.language);
        self.renderer.text("door/choose.html", &Scope { fresh, ..self.scope(view)? })
    }

    /// A page that only says something.
    ///
    /// # Errors
    /// When a template or its words lack something.
    pub(super) fn notice(&self, language: Language, notice: Notice) -> Result<String> {
        let scope = self.scope(View { language, room: "", state: "", account: "", problem: Problem::None })?;
        let (title, text) = notice.keys();
        let scope = Scope { title: word(scope.words, title)?, text: word(scope.words, text)?, ..scope };
        self.renderer.text("door/notice.html", &scope)
    }

    fn scope<'a>(&'a self, view: View<'a>) -> Result<Scope<'a>> {
        let (_, words) =
            self.languages.iter().find(|(language, _)| *language == view.language).context("an unknown language")?;
        let other = |language: Language| Other {
            code: language.code(),
            name: language.own_name(),
            address: address(view.room, view.state, language),
        };
        let others = self.languages.iter().map(|(language, _)| *language).filter(|other| *other != view.language);
        Ok(Scope {
            lang: view.language.code(),
            others: others.map(other).collect(),
            operator: &self.operator,
            words,
            problem: sentence(words, view.problem)?,
            room: view.room,
            state: view.state,
            account: view.account,
            code_needed: self.code_needed,
            person: "",
            fresh: String::new(),
            title: "",
            text: "",
        })
    }
}

/// The form's own address with all that it should remember.
pub(super) fn address(room: &str, state: &str, language: Language) -> String {
    let fields = [("room", room), ("state", state), ("lang", language.code())];
    let set = fields.iter().filter(|(_, value)| !value.is_empty());
    format!("/door?{}", set.map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&"))
}

fn word<'a>(words: &'a Words, key: &str) -> Result<&'a str> {
    words.get(key).map(String::as_str).with_context(|| format!("no words for {key}"))
}

fn sentence(words: &Words, problem: Problem) -> Result<Option<String>> {
    let (key, count) = match problem {
        Problem::None => return Ok(None),
        Problem::Word(key) => (key, 0),
        Problem::Wait(seconds) if seconds <= 60 => ("wait_minute", 1),
        Problem::Wait(seconds) => ("wait_minutes", seconds.div_ceil(60)),
    };
    Ok(Some(word(words, key)?.replace("{count}", &count.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_words() {
        let words = |language: Language| -> Words {
            serde_json::from_str(fixed(&format!("door/{}.json", language.code())).unwrap()).unwrap()
        };
        let known = words(Language::Nl);
        for language in Language::ALL {
            let words = words(language);
            assert_eq!(words.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>(), "{language:?}");
            assert!(words.values().all(|text| !text.trim().is_empty()), "{language:?}");
            assert!(words["wait_minutes"].contains("{count}"), "{language:?}");
        }
    }

    #[test]
    fn a_wait_is_said_in_minutes() {
        let words: Words = serde_json::from_str(fixed("door/en.json").unwrap()).unwrap();
        let said = |seconds| sentence(&words, Problem::Wait(seconds)).unwrap().unwrap();
        assert!(said(1).contains("a minute"), "{}", said(1));
        assert!(said(61).contains("2 minutes"), "{}", said(61));
        assert!(said(3600).contains("60 minutes"), "{}", said(3600));
    }
}
