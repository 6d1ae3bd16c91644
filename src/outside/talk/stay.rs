//! One visit over one way, in the order in which people come: a guest, the meeting host, the guest again.

use super::client::{Client, Hurry, Welcome};
use super::facts::{Entry, Focus, Login, Talk};
use super::line::{Call, Transport};
use super::questions;
use super::visit::Visit;
use crate::outside::Way;
use anyhow::{Context as _, Result};

/// One visit over one way.
pub(super) struct Stay<'a> {
    transport: Transport,
    way: &'a Way,
    visit: &'a Visit,
    hurry: Hurry,
    guest: Option<Box<Client>>,
    host: Option<Box<Client>>,
    /// What was seen until now.
    pub(super) talk: Talk,
}

impl<'a> Stay<'a> {
    pub(super) fn new(transport: Transport, way: &'a Way, visit: &'a Visit, hurry: Hurry) -> Self {
        let talk = Talk::unseen("the visit did not come to that");
        Self { transport, way, visit, hurry, guest: None, host: None, talk }
    }

    /// A guest comes, looks around, and stands before a room in which no meeting host has been.
    pub(super) fn arrive(&mut self) {
        let call = Call { domain: self.at("guest"), room: Some(self.visit.room().to_owned()), token: None };
        let (login, client) = self.log_in(&call);
        let looked = client.map(|mut guest| {
            let looked = self.look_around(&mut guest);
            self.guest = Some(guest);
            looked
        });
        match looked {
            None => self.lose_guest("no guest can log in"),
            Some(Err(error)) => self.lose_guest(&error.to_string()),
            Some(Ok(())) => {}
        }
        self.talk.guest = login;
    }

    fn look_around(&mut self, guest: &mut Client) -> Result<()> {
        let domain = self.way.domain.to_string();
        let brewery = format!("jvbbrewery@internal.auth.{domain}");
        guest.knock(&brewery)?;
        let info = questions::ask_info(guest, &domain)?;
        let at = [domain.clone(), self.at("guest"), self.at("metadata")];
        let services = questions::ask_for_services(guest, &domain, &at)?;
        self.note_components(guest, &info)?;
        let gave = questions::who_gave(guest, &services).map_err(|error| error.to_string());
        self.talk.leaked = gave.map(|gave| gave.iter().map(|at| format!("a guest who asked {at}")).collect());
        self.talk.focus = questions::first_conference(guest, &domain, &self.room())?;
        self.talk.early = stand_before(guest, &self.room())?;
        self.talk.easy = self.try_easy(guest)?;
        // All that was asked after it is answered: a presence of the meeting point would be here.
        self.talk.brewery = guest.entry_so_far(&brewery).unwrap_or(Entry::Silence);
        Ok(())
    }

    fn note_components(&mut self, client: &mut Client, asked: &str) -> Result<()> {
        let answer = client.answer(asked)?;
        self.talk.components = answer
            .filter(|answer| answer.attribute("type") == Some("result"))
            .map(|answer| questions::components(&answer))
            .ok_or_else(|| "the main domain does not say what it is".to_owned());
        Ok(())
    }

    fn try_easy(&self, guest: &mut Client) -> Result<Entry> {
        let domain = self.way.domain.as_str();
        let Some(name) = self.visit.easy(self.transport) else {
            return Ok(Entry::Unseen("the inventory takes nearly every name".to_owned()));
        };
        let room = format!("{name}@conference.{domain}");
        // Without the focus there is no room, and the refusal would be another one.
        match questions::conference(guest, domain, &room)? {
            Focus::Ready => stand_before(guest, &room),
            _ => Ok(Entry::Unseen("the focus is not ready".to_owned())),
        }
    }

    /// The meeting host comes and opens the room.
    pub(super) fn open(&mut self) {
        let Some(token) = self.visit.token() else {
            return self.lose_host("no token at hand: meeting hosts prove elsewhere that they are one");
        };
        let room = Some(self.visit.room().to_owned());
        let call = Call { domain: self.way.domain.to_string(), room, token: Some(token.clone()) };
        let (login, client) = self.log_in(&call);
        let held = client.map(|mut host| {
            let held = self.hold_a_meeting(&mut host);
            self.host = Some(host);
            held
        });
        match held {
            None => self.lose_host("the meeting host cannot log in"),
            Some(Err(error)) => self.lose_host(&error.to_string()),
            Some(Ok(())) => {}
        }
        self.talk.host = Some(login);
    }

    fn hold_a_meeting(&mut self, host: &mut Client) -> Result<()> {
        let domain = self.way.domain.to_string();
        if self.talk.components.is_err() {
            let info = questions::ask_info(host, &domain)?;
            self.note_components(host, &info)?;
        }
        let services = questions::ask_for_services(host, &domain, std::slice::from_ref(&domain))?;
        let gave = questions::who_gave(host, &services).map_err(|error| error.to_string());
        if let (Ok(leaked), Ok(gave)) = (&mut self.talk.leaked, &gave) {
            leaked.extend(gave.iter().map(|at| format!("a meeting host outside any room who asked {at}")));
        }
        self.talk.focus = questions::conference(host, &domain, &self.room())?;
        self.talk.opened = match self.talk.focus {
            Focus::Ready => stand_before(host, &self.room())?,
            _ => Entry::Unseen("the focus is not ready".to_owned()),
        };
        if !matches!(self.talk.opened, Entry::Inside { .. }) {
            self.talk.services = Err("no meeting host is inside".to_owned());
            return Ok(());
        }
        let asked = host.ask("get", &domain, "<services xmlns='urn:xmpp:extdisco:2'/>")?;
        let answer = host.answer(&asked)?.context("the query for services was not answered in time")?;
        self.talk.services = Ok(questions::services(&answer));
        Ok(())
    }

    /// The guest stands before the room again, in which the meeting host is now.
    pub(super) fn come_back(&mut self) {
        let Some(mut guest) = self.guest.take() else { return };
        let hindrance = match (&self.talk.early, &self.talk.opened) {
            // Who is inside already cannot try whether they get in.
            (Entry::Inside { .. }, _) => Some("guests get in before any meeting host".to_owned()),
            (_, Entry::Inside { .. }) => None,
            (_, Entry::Unseen(why)) => Some(why.clone()),
            _ => Some("no meeting host is inside".to_owned()),
        };
        if let Some(why) = hindrance {
            self.lose_guest(&why);
        } else if let Err(error) = self.try_again(&mut guest) {
            self.lose_guest(&error.to_string());
        }
        self.guest = Some(guest);
    }

    fn try_again(&mut self, guest: &mut Client) -> Result<()> {
        self.talk.late = stand_before(guest, &self.room())?;
        let conference = self.at("conference");
        self.talk.told = questions::who_tells(guest, &conference, &self.room()).map_err(|error| error.to_string());
        Ok(())
    }

    /// Everybody leaves; the room ends when nobody is left.
    pub(super) fn leave(&mut self) {
        let room = self.room();
        for client in [&mut self.guest, &mut self.host].into_iter().flatten() {
            client.close(&room);
        }
    }

    /// Logs in, and notes whether this way speaks XMPP at all.
    fn log_in(&mut self, call: &Call) -> (Login, Option<Box<Client>>) {
        match Client::log_in(self.transport, self.way, call, self.hurry) {
            Ok(Welcome::In(client)) => {
                self.talk.answers = Ok(());
                (Login::In, Some(client))
            }
            Ok(Welcome::Refused(why) | Welcome::Absent(why)) => {
                self.talk.answers = Ok(());
                (Login::Refused(why), None)
            }
            Err(error) => {
                let why = format!("{error:#}");
                if self.talk.answers.is_err() {
                    self.talk.answers = Err(why.clone());
                }
                (Login::Unseen(why), None)
            }
        }
    }

    /// What a guest would have seen and has not seen until now stays unseen, with this reason.
    fn lose_guest(&mut self, why: &str) {
        let talk = &mut self.talk;
        for entry in [&mut talk.early, &mut talk.late, &mut talk.easy, &mut talk.brewery] {
            lose(entry, why);
        }
        if matches!(talk.focus, Focus::Unseen(_)) {
            talk.focus = Focus::Unseen(why.to_owned());
        }
        talk.leaked = talk.leaked.clone().map_err(|_| why.to_owned());
        talk.told = talk.told.clone().map_err(|_| why.to_owned());
    }

    /// The same for a meeting host.
    fn lose_host(&mut self, why: &str) {
        lose(&mut self.talk.opened, why);
        self.talk.services = self.talk.services.clone().map_err(|_| why.to_owned());
    }

    fn at(&self, component: &str) -> String {
        format!("{component}.{}", self.way.domain)
    }

    fn room(&self) -> String {
        format!("{}@{}", self.visit.room(), self.at("conference"))
    }
}

fn lose(entry: &mut Entry, why: &str) {
    if matches!(entry, Entry::Unseen(_)) {
        *entry = Entry::Unseen(why.to_owned());
    }
}

fn stand_before(client: &mut Client, room: &str) -> Result<Entry> {
    client.knock(room)?;
    client.entry(room)
}
