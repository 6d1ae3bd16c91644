//! `rooms new`: a room that nobody guesses, the guests' link, an invitation, and where the meeting host goes in.

mod moment;
pub(super) mod name;
mod paper;
pub(super) mod token;

pub(super) use moment::start;

use super::blueprint::Blueprint;
use super::language::spoken;
use super::session;
use super::terminal::Terminal;
use crate::cli::NewRoom;
use crate::exit::Exit;
use crate::invitation::{Meeting, Names};
use crate::model::advice::Advice;
use crate::model::deployment::{Deployment, Guests, Language, MeetingHosts};
use crate::model::values::{Line, Refusal};
use crate::remote::Remote;
use anyhow::Result;
use std::path::Path;
use std::time::Duration;

pub(super) fn run(args: &NewRoom, ssh_config: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let blueprint = Blueprint::load(&args.inventory)?;
    let deployment = &blueprint.deployment;
    let names = Names::new()?;
    let room = name::choose(&names, args.name.as_deref(), deployment.access.room_name_bits)?;
    let subject = args.subject.as_deref().map(subject).transpose()?;
    let meeting = meeting(args, deployment, &room, subject.as_ref())?;
    let papers = paper::Papers::new(&meeting, deployment, &blueprint.renderer)?;
    paper::refuse_old(args)?;
    let host = if args.host_link {
        refuse_foreign(deployment)?;
        let mut remote = session::connect(&blueprint, ssh_config, terminal)?;
        with_token(&mut remote, deployment, &room, args.hours)?
    } else {
        with_login(deployment, &room)
    };
    let left = papers.write(args)?;
    let guests = meeting.link(deployment);
    terminal.print(&format!("Room                 {room}\nGuests               {guests}\n{host}\n{left}"))?;
    for line in args.name.as_deref().map(|typed| name::warnings(&names, typed)).unwrap_or_default() {
        terminal.note(line);
    }
    terminal.note(&advice(args, deployment.access.guests));
    Ok(Exit::Done)
}

fn meeting<'a>(
    args: &NewRoom,
    deployment: &Deployment,
    room: &'a str,
    subject: Option<&'a Line>,
) -> Result<Meeting<'a>> {
    let first = deployment.languages.first().copied().unwrap_or(Language::Nl);
    let language = args.language.map_or(first, spoken);
    let start = args.at.as_deref().map(|at| start(at, args.time_zone.as_deref())).transpose()?;
    Ok(Meeting { language, room, subject, start, minutes: args.minutes })
}

fn subject(text: &str) -> Result<Line> {
    let refused = |refusal: Refusal| Advice::new(format!("the subject {}", refusal.what), refusal.write);
    Ok(Line::parse(text).map_err(refused)?)
}

/// Only where meeting hosts have accounts here is there a key of our own to sign with.
fn refuse_foreign(deployment: &Deployment) -> Result<()> {
    match &deployment.access.meeting_hosts {
        MeetingHosts::Accounts { .. } => Ok(()),
        MeetingHosts::Oidc(_) | MeetingHosts::Jwt(_) => {
            let cause = "this host signs no tokens: meeting hosts prove elsewhere that they are one";
            Err(Advice::new(cause, "leave --host-link out; the meeting host opens the room and logs in").into())
        }
    }
}

/// The link that opens the room; the web client reads what stands in the fragment as JSON, so the token has quotes.
fn with_token(remote: &mut dyn Remote, deployment: &Deployment, room: &str, hours: u8) -> Result<String> {
    let domain = &deployment.domain;
    let span = Duration::from_secs(u64::from(hours) * 3600);
    let token = token::sign(remote, domain.as_str(), room, span)?;
    Ok(format!("Meeting host only    https://{domain}/{room}#jwt=%22{token}%22"))
}

/// Where the meeting host logs in; only accounts have a door of our own, elsewhere the room itself leads there.
fn with_login(deployment: &Deployment, room: &str) -> String {
    let accounts = matches!(deployment.access.meeting_hosts, MeetingHosts::Accounts { .. });
    let path = if accounts { format!("door?room={room}") } else { room.to_owned() };
    format!("Meeting host         https://{}/{path}", deployment.domain)
}

fn advice(args: &NewRoom, guests: Guests) -> String {
    let host = if args.host_link {
        let hours = args.hours;
        format!("The meeting host's link opens the room for the next {hours} hours: keep it to yourself.")
    } else {
        "The meeting host opens the room by logging in.".to_owned()
    };
    let guests = match guests {
        Guests::Lobby | Guests::LobbyOrPassword => "Guests wait until they are let in.",
        Guests::Password => "Guests need the password that the meeting host sets.",
        Guests::None => "Guests do not get in.",
    };
    format!("{host} {guests}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::{Answer, Error, Order};
    use std::fs;

    const TOKEN: &str = "aaaa.bbbb.cccc";

    /// A host that signs whatever it is asked.
    struct Signer;

    impl Remote for Signer {
        fn host(&self) -> &str {
            "203.0.113.10"
        }
        fn run(&mut self, order: &Order<'_>) -> Result<Answer, Error> {
            assert!(order.script.ends_with(" vergaderen.voorbeeldstad.nl kamer-71358246905 7200"), "{}", order.script);
            Ok(Answer { code: 0, stdout: format!("a remark\n{TOKEN}\n").into_bytes(), stderr: String::new() })
        }
        fn follow(&mut self, order: &Order<'_>, _: &mut dyn FnMut(&str)) -> Result<Answer, Error> {
            self.run(order)
        }
        fn reconnect(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }

    #[test]
    fn the_meeting_hosts_link_stands_in_nothing_that_goes_to_guests() {
        let folder = tempfile::tempdir().unwrap();
        let (text, calendar) = (folder.path().join("mail.txt"), folder.path().join("meeting.ics"));
        let args = NewRoom {
            inventory: concat!(env!("CARGO_MANIFEST_DIR"), "/inventories/voorbeeldstad.yml").into(),
            name: Some("Kamer 71358246905".to_owned()),
            host_link: true,
            hours: 2,
            subject: None,
            at: Some("2026-12-01 19:30".to_owned()),
            time_zone: Some("UTC".to_owned()),
            minutes: None,
            language: None,
            invitation: Some(text.clone()),
            calendar: Some(calendar.clone()),
        };
        let blueprint = Blueprint::load(&args.inventory).unwrap();
        let deployment = &blueprint.deployment;
        let room = name::choose(&Names::new().unwrap(), args.name.as_deref(), 40).unwrap();
        let meeting = meeting(&args, deployment, &room, None).unwrap();
        let papers = paper::Papers::new(&meeting, deployment, &blueprint.renderer).unwrap();
        let host = with_token(&mut Signer, deployment, &room, args.hours).unwrap();
        let left = papers.write(&args).unwrap();
        assert!(host.ends_with(&format!("/{room}#jwt=%22{TOKEN}%22")), "{host}");
        for paper in [left, fs::read_to_string(&text).unwrap(), fs::read_to_string(&calendar).unwrap()] {
            let paper = paper.replace("\r\n ", "");
            assert!(!paper.contains(TOKEN) && !paper.contains("jwt") && !paper.contains("/door"), "{paper}");
        }
        let invited = fs::read_to_string(&text).unwrap();
        assert!(invited.contains(&format!("Link: {}\n", meeting.link(deployment))), "{invited}");
    }
}
