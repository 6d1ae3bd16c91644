//! Who gets into a meeting, and who may use the relay.

use crate::program::Deployment;
use crate::story::Story;
use crate::visitor::{Visitor, script};
use anyhow::{Context as _, Result, ensure};

/// A room as `rooms new` prints it.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) name: String,
    pub(crate) token: String,
}

/// The rooms that were used.
pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) -> Result<Vec<Room>> {
    let mut rooms = Vec::new();
    for _ in 0..2 {
        rooms.extend(story.check("rooms new prints an unguessable room and a token for it", || invite(deployment)));
    }
    story.check("rooms new takes a name of its own and refuses a short one", || own_name(deployment));
    ensure!(rooms.len() == 2, "without rooms there are no meetings");
    for (room, transport) in rooms.iter().zip(["bosh", "websocket"]) {
        let mut input = visitor.as_json();
        input["transport"] = transport.into();
        input["room"] = room.name.clone().into();
        input["token"] = room.token.clone().into();
        story.script(&format!("meetings over {transport}"), &mut script("meeting.py"), &input.to_string());
        input["jvb"] = deployment.host.run("cat /etc/vc4all/secrets/jvb")?.into();
        input["secret"] = deployment.host.run("cat /etc/vc4all/secrets/token")?.into();
        story.script(&format!("nobody uninvited over {transport}"), &mut script("uninvited.py"), &input.to_string());
    }
    Ok(rooms)
}

pub(crate) fn invite(deployment: &Deployment<'_>) -> Result<Room> {
    let said = deployment.expect(0, &["rooms", "new", "host.yml", "--host-link"])?;
    let start = format!("https://{}/", deployment.domain);
    let link = |word: &str| {
        let line = said.out.lines().find(|line| line.starts_with(word))?;
        Some(line.split_whitespace().last()?.strip_prefix(&start)?.to_owned())
    };
    let name = link("Guests").context("no link for guests")?;
    ensure!(name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_digit()), "{name:?} is not 20 digits");
    let (room, token) = link("Meeting host")
        .and_then(|link| link.split_once("#jwt=%22").map(|(room, token)| (room.to_owned(), token.to_owned())))
        .and_then(|(room, token)| Some((room, token.strip_suffix("%22")?.to_owned())))
        .context("no link for the meeting host")?;
    ensure!(room == name, "two rooms: {room} and {name}");
    ensure!(token.split('.').count() == 3, "no token");
    Ok(Room { name, token })
}

fn own_name(deployment: &Deployment<'_>) -> Result<()> {
    let own = ["rooms", "new", "host.yml", "--name", "Raad 71358246905"];
    let said = deployment.expect(0, &[own.as_slice(), &["--host-link", "--hours", "1"]].concat())?;
    ensure!(said.out.contains(&format!("https://{}/raad-71358246905#jwt=%22", deployment.domain)), "{}", said.out);
    let said = deployment.expect(0, &own)?;
    ensure!(said.out.contains(&format!("https://{}/door?room=raad-71358246905\n", deployment.domain)), "{}", said.out);
    deployment.expect(1, &["rooms", "new", "host.yml", "--name", "raad"])?.names(&["raad", "help:"])
}
