//! `rooms new`: a room that nobody guesses, the guests' link, an invitation, and where the meeting host goes in.

mod moment;
mod name;
mod paper;
mod token;

use super::blueprint::Blueprint;
use super::session;
use super::terminal::Terminal;
use crate::cli::{InvitationLanguage, NewRoom};
use crate::exit::Exit;
use crate::invitation::{Meeting, Names};
use crate::model::advice::Advice;
use crate::model::deployment::{Deployment, Language, MeetingHosts};
use crate::model::values::Line;
use anyhow::Result;
use std::path::Path;

pub(super) fn run(args: &NewRoom, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = Blueprint::load(&args.inventory)?;
    let deployment = &blueprint.deployment;
    let names = Names::new()?;
    let room = name::choose(&names, args.name.as_deref(), deployment.access.room_name_bits)?;
    let subject = args.subject.as_deref().map(subject).transpose()?;
    let meeting = meeting(args, deployment, &room, subject.as_ref())?;
    let papers = paper::Papers::new(&meeting, deployment, &blueprint.renderer)?;
    paper::refuse_old(args)?;
    let host = match args.host_link {
        true => {
            let mut remote = session::connect(&blueprint, ssh_config, terminal)?;
            with_token(deployment, &room, &token::sign(&mut remote, deployment.domain.as_str(), &room, args.hours)?)
        }
        false => with_login(deployment, &room),
    };
    let left = papers.write(args)?;
    terminal.print(&format!(
        "Room                 {room}\nGuests               {}\n{host}\n{left}",
        meeting.link(deployment)
    ))?;
    let leaks = args.name.as_deref().map(|typed| name::warnings(&names, typed)).unwrap_or_default();
    for line in leaks.into_iter().chain([advice(args).as_str()]) {
        terminal.note(line);
    }
    Ok(Exit::Done)
}

fn meeting<'a>(
    args: &NewRoom,
    deployment: &Deployment,
    room: &'a str,
    subject: Option<&'a Line>,
) -> Result<Meeting<'a>> {
    let language = match args.language {
        Some(InvitationLanguage::Nl) => Language::Nl,
        Some(InvitationLanguage::En) => Language::En,
        None => deployment.languages.first().copied().unwrap_or(Language::Nl),
    };
    let start = args.at.as_deref().map(|at| moment::start(at, args.time_zone.as_deref())).transpose()?;
    Ok(Meeting { language, room, subject, start, minutes: args.minutes })
}

fn subject(text: &str) -> Result<Line> {
    let refused =
        |refusal: crate::model::values::Refusal| Advice::new(format!("the subject {}", refusal.what), refusal.write);
    Ok(Line::parse(text).map_err(refused)?)
}

/// The link that opens the room; the web client reads what stands in the fragment as JSON, so the token has quotes.
fn with_token(deployment: &Deployment, room: &str, token: &str) -> String {
    format!("Meeting host only    https://{}/{room}#jwt=%22{token}%22", deployment.domain)
}

/// Where the meeting host logs in; only accounts have a door of our own, elsewhere the room itself leads there.
fn with_login(deployment: &Deployment, room: &str) -> String {
    let path = match matches!(deployment.access.meeting_hosts, MeetingHosts::Accounts { .. }) {
        true => format!("door?room={room}"),
        false => room.to_owned(),
    };
    format!("Meeting host         https://{}/{path}", deployment.domain)
}

fn advice(args: &NewRoom) -> String {
    match args.host_link {
        true => format!(
            "The meeting host's link opens the room for the next {} hours: keep it to yourself. Guests wait until they are let in.",
            args.hours
        ),
        false => "The meeting host opens the room by logging in. Guests wait until they are let in.".to_owned(),
    }
}
