//! What the door answers to each request.

use super::answer::Answer;
use super::audit::{self, Event};
use super::cookie::{self, Seal};
use super::form::Fields;
use super::judge::{Judge, Judgement, Typed};
use super::limit::Limit;
use super::pages::{Notice, Pages, Problem};
use super::prefix::Prefix;
use super::room::{NoRoom, Room};
use super::settings::Settings;
use super::token::Signer;
use super::wanted::{self, NoForm, Wanted, one};
use super::wishes::Wishes;
use crate::accounts::{Person, Verdict};
use crate::model::deployment::{Language, SecondFactor};
use crate::model::secret::Secret;
use anyhow::{Context as _, Result};
use http::{HeaderMap, Method, Request, StatusCode};
use hyper::body::Bytes;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Seconds after which a busy door is worth another attempt.
const BUSY_SECONDS: u64 = 30;

/// All that is needed to answer.
pub(super) struct Desk {
    settings: Settings,
    pages: Pages,
    judge: Judge,
    signer: Signer,
    seal: Seal,
    limit: Mutex<Limit>,
    begun: Instant,
}

impl Desk {
    pub(super) fn new(settings: Settings, judge: Judge, secret: &Secret<String>) -> Result<Self> {
        Ok(Self {
            pages: Pages::new(&settings)?,
            signer: Signer::new(secret, &settings),
            seal: Seal::new(secret),
            settings,
            judge,
            limit: Mutex::default(),
            begun: Instant::now(),
        })
    }

    /// Forgets the addresses of those who guessed wrong so long ago that nothing of it counts.
    pub(super) fn sweep(&self) {
        self.limit().sweep(self.begun.elapsed());
    }

    /// Answers; what fails on our side is a page that says so, and a line in the journal.
    pub(super) async fn answer(&self, request: &Request<Bytes>) -> Answer {
        match self.route(request).await {
            Ok(answer) => answer,
            Err(error) => {
                audit::failed("answering a request", &error);
                self.refuse(request.headers(), StatusCode::SERVICE_UNAVAILABLE, Notice::Unavailable)
                    .retry_after(BUSY_SECONDS)
            }
        }
    }

    /// Answers a request of which no more is known than its headers.
    pub(super) fn refuse(&self, headers: &HeaderMap, status: StatusCode, notice: Notice) -> Answer {
        self.notice(wanted::language(headers, "", &self.settings), status, notice)
    }

    async fn route(&self, request: &Request<Bytes>) -> Result<Answer> {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let sends = *request.method() == Method::POST;
        match request.uri().path() {
            "/door" if reads => self.visit(request).await,
            "/door" if sends => self.log_in(request).await,
            "/door/open" if sends => self.open(request).await,
            "/door/out" if sends => self.sign_out(request).await,
            "/door" => Ok(self.wrong_method(request, "GET, HEAD, POST")),
            "/door/open" | "/door/out" => Ok(self.wrong_method(request, "POST")),
            _ => Ok(self.refuse(request.headers(), StatusCode::NOT_FOUND, Notice::Unknown)),
        }
    }

    /// The form, or the button of somebody who is signed in.
    async fn visit(&self, request: &Request<Bytes>) -> Result<Answer> {
        let Ok(wanted) = wanted::read_address(request, &self.settings) else {
            return Ok(self.refuse(request.headers(), StatusCode::BAD_REQUEST, Notice::Broken));
        };
        if let Err(reason) = wanted.room {
            return self.choose(&wanted, reason);
        }
        let Some(cookie) = self.seal.read(request.headers()) else {
            return self.form(&wanted, StatusCode::OK, Problem::None);
        };
        match self.judge.recall(cookie, now()?).await? {
            Some(person) => {
                Ok(Answer::page(StatusCode::OK, self.pages.open(wanted.view(Problem::None), self.called(&person))?))
            }
            None => Ok(self.form(&wanted, StatusCode::OK, Problem::None)?.cookie(cookie::drop())),
        }
    }

    /// Account, passphrase and code for a token.
    async fn log_in(&self, request: &Request<Bytes>) -> Result<Answer> {
        let (wanted, room) = match self.posted_for_room(request)? {
            Ok(both) => both,
            Err(answer) => return Ok(answer),
        };
        if let Some(missing) = self.missing(&wanted.fields) {
            return self.form(&wanted, StatusCode::BAD_REQUEST, Problem::Word(missing));
        }
        match self.judged(request.headers(), &wanted.fields).await? {
            Outcome::Verdict(Verdict::Admitted(person)) => self.admitted(&wanted, &room, &person).await,
            Outcome::Verdict(Verdict::Refused) => {
                audit::record(Event::Refused);
                self.form(&wanted, StatusCode::FORBIDDEN, Problem::Word("refused"))
            }
            Outcome::Verdict(Verdict::Wait { seconds }) => self.wait(&wanted, Event::ToldToWait, seconds),
            Outcome::Limited(seconds) => self.wait(&wanted, Event::RateLimit, seconds),
            Outcome::Busy => {
                audit::record(Event::Busy);
                let page = self.notice(wanted.language, StatusCode::SERVICE_UNAVAILABLE, Notice::Busy);
                Ok(page.retry_after(BUSY_SECONDS))
            }
        }
    }

    /// What to say where a field is empty without which nobody is admitted.
    fn missing(&self, fields: &Fields) -> Option<&'static str> {
        let code_needed = self.settings.second_factor == SecondFactor::Required;
        let empty = |name| fields.get(name).is_empty();
        if code_needed && empty("code") && empty("recovery") {
            return Some("fields_code");
        }
        (empty("account") || empty("passphrase")).then_some(if code_needed { "fields_code" } else { "fields" })
    }

    /// The button of somebody who is signed in on this computer.
    async fn open(&self, request: &Request<Bytes>) -> Result<Answer> {
        let (wanted, room) = match self.posted_for_room(request)? {
            Ok(both) => both,
            Err(answer) => return Ok(answer),
        };
        let now = now()?;
        let person = match self.seal.read(request.headers()) {
            Some(cookie) => self.judge.recall(cookie, now).await?,
            None => None,
        };
        let Some(person) = person else {
            let form = self.form(&wanted, StatusCode::FORBIDDEN, Problem::Word("signed_off"))?;
            return Ok(form.cookie(cookie::drop()));
        };
        let answer = self.let_in(&wanted, &room, &person, now)?;
        audit::record(Event::Reopened);
        Ok(answer)
    }

    async fn sign_out(&self, request: &Request<Bytes>) -> Result<Answer> {
        let wanted = match self.posted(request) {
            Ok(wanted) => wanted,
            Err(answer) => return Ok(answer),
        };
        if let Some(cookie) = self.seal.read(request.headers()) {
            self.judge.forget(cookie).await?;
            audit::record(Event::SignedOut);
        }
        Ok(Answer::see(wanted.address()).cookie(cookie::drop()))
    }

    async fn admitted(&self, wanted: &Wanted, room: &Room, person: &Person) -> Result<Answer> {
        let now = now()?;
        let answer = self.let_in(wanted, room, person, now)?;
        audit::record(Event::Admitted);
        if wanted.fields.get("stay") != "yes" {
            return Ok(answer);
        }
        let cookie = self.judge.remember(person, now).await?;
        Ok(answer.cookie(self.seal.keep(cookie.reveal())))
    }

    /// Into the room with a token, which stands in the fragment and so reaches no log and no referrer. It has quotes,
    /// because the web client reads what stands there as JSON (jitsi-meet, `parseURLParams`).
    fn let_in(&self, wanted: &Wanted, room: &Room, person: &Person, now: u64) -> Result<Answer> {
        let token = self.signer.sign(room, &Person { name: self.called(person).to_owned(), ..person.clone() }, now)?;
        let switches = Wishes::read(&wanted.state).fragment();
        Ok(Answer::see(format!("/{}#jwt=%22{}%22{switches}", room.as_str(), token.reveal())))
    }

    /// How the person is called in a meeting.
    fn called<'a>(&'a self, person: &'a Person) -> &'a str {
        self.settings.names.get(person.account.as_str()).unwrap_or(&person.name)
    }

    /// The line's limit first, then the accounts. For the line counts what was judged and was wrong, nothing else.
    async fn judged(&self, headers: &HeaderMap, fields: &Fields) -> Result<Outcome> {
        let address = one(headers, "x-real-ip");
        let taken = self.limit().take(Prefix::read(address), self.begun.elapsed());
        let ticket = match taken {
            Ok(ticket) => ticket,
            Err(wait) => return Ok(Outcome::Limited(whole_seconds(wait))),
        };
        let code = if fields.get("recovery").is_empty() { fields.get("code") } else { fields.get("recovery") };
        let typed = Typed {
            account: fields.get("account").to_owned(),
            passphrase: Secret::new(fields.get("passphrase").to_owned()),
            code: Secret::new(code.to_owned()),
        };
        let judgement = self.judge.admit(typed, now()?).await;
        if !matches!(judgement, Ok(Judgement::Judged(Verdict::Refused))) {
            self.limit().give_back(&ticket);
        }
        Ok(match judgement? {
            Judgement::Judged(verdict) => Outcome::Verdict(verdict),
            Judgement::Busy => Outcome::Busy,
        })
    }

    fn wait(&self, wanted: &Wanted, event: Event, seconds: u64) -> Result<Answer> {
        audit::record(event);
        Ok(self.form(wanted, StatusCode::TOO_MANY_REQUESTS, Problem::Wait(seconds))?.retry_after(seconds))
    }

    fn form(&self, wanted: &Wanted, status: StatusCode, problem: Problem) -> Result<Answer> {
        Ok(Answer::page(status, self.pages.log_in(wanted.view(problem))?))
    }

    fn choose(&self, wanted: &Wanted, reason: NoRoom) -> Result<Answer> {
        let (status, problem) = match reason {
            NoRoom::Missing => (StatusCode::OK, Problem::None),
            NoRoom::Unreadable => (StatusCode::BAD_REQUEST, Problem::Word("unreadable")),
            NoRoom::Guessable => (StatusCode::BAD_REQUEST, Problem::Word("guessable")),
        };
        let fresh = Room::random(self.settings.room_name_bits)?;
        Ok(Answer::page(status, self.pages.choose(wanted.view(problem), fresh.as_str())?))
    }

    fn wrong_method(&self, request: &Request<Bytes>, methods: &str) -> Answer {
        self.refuse(request.headers(), StatusCode::METHOD_NOT_ALLOWED, Notice::Method).allow(methods)
    }

    fn notice(&self, language: Language, status: StatusCode, notice: Notice) -> Answer {
        let page = self.pages.notice(language, notice);
        if let Err(error) = &page {
            audit::failed("writing a page", error);
        }
        Answer::page(status, page.unwrap_or_default())
    }

    /// Reads a form that asks for a room which may be opened; the answer where it does not.
    fn posted_for_room(&self, request: &Request<Bytes>) -> Result<Result<(Wanted, Room), Answer>> {
        let wanted = match self.posted(request) {
            Ok(wanted) => wanted,
            Err(answer) => return Ok(Err(answer)),
        };
        Ok(match wanted.room.clone() {
            Ok(room) => Ok((wanted, room)),
            Err(reason) => Err(self.choose(&wanted, reason)?),
        })
    }

    /// Reads a form that this site's own page sent; the answer where it is none.
    fn posted(&self, request: &Request<Bytes>) -> Result<Wanted, Answer> {
        let (status, notice) = match wanted::read_form(request, &self.settings) {
            Ok(wanted) => return Ok(wanted),
            Err(NoForm::Kind) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, Notice::Broken),
            Err(NoForm::Broken) => (StatusCode::BAD_REQUEST, Notice::Broken),
            Err(NoForm::Origin) => {
                audit::record(Event::OtherOrigin);
                (StatusCode::FORBIDDEN, Notice::Origin)
            }
        };
        Err(self.refuse(request.headers(), status, notice))
    }

    fn limit(&self) -> std::sync::MutexGuard<'_, Limit> {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came of an attempt to log in.
enum Outcome {
    Verdict(Verdict),
    Limited(u64),
    Busy,
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs())
}
