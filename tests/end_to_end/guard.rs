//! What `up` does to people in meetings and to what somebody edited: it asks, it waits, or it goes on when told to.

use crate::convergence::{dialogue, site};
use crate::interruptions::Going;
use crate::lab::{Lab, Release, same_state};
use crate::meetings::invite;
use crate::program::{Deployment, Said};
use crate::sitting::Sitting;
use crate::story::Story;
use crate::visitor::Visitor;
use anyhow::{Result, anyhow, ensure};
use serde_json::json;
use std::time::{Duration, Instant};

pub(crate) fn on_debian_12(story: &mut Story, lab: &Lab) -> Result<()> {
    on(story, lab, Release::Bookworm)
}

pub(crate) fn on_debian_13(story: &mut Story, lab: &Lab) -> Result<()> {
    on(story, lab, Release::Trixie)
}

fn on(story: &mut Story, lab: &Lab, release: Release) -> Result<()> {
    let host = lab.host(&format!("guard-{}", release.number()), release)?;
    let deployment = Deployment::on(lab, &host)?;
    let visitor = Visitor::of(&deployment)?;
    let up = story.check("a host whose meetings are to be spared comes up", || {
        deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify"])
    });
    if up.is_some() {
        tell(story, &deployment, &visitor)?;
    }
    Ok(())
}

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) -> Result<()> {
    variants(deployment)?;
    story.check("an edit stops up and is shown, --overwrite takes ours", || edited(deployment));
    story.check("a file that is gone, a link that leads elsewhere and a secret file stop it too", || taken(deployment));
    story.check("an owner or a mode alone is set right without a question", || owner(deployment));
    story.check("nobody outside reaches the census, and it names nobody", || unreachable(deployment, visitor));
    let mut sitting = Sitting::of(visitor)?;
    story.check("people sit in a meeting and are counted", || seated(deployment, &mut sitting));
    story.check("a change that needs reloads alone loses no request and closes no websocket", || {
        reloaded(deployment, &mut sitting)
    });
    story.check("a change that restarts servers stops and says how many people are there", || {
        refused(deployment, &mut sitting)
    });
    story.check("--wait lets the meeting end, and no other begins meanwhile", || awaited(deployment, &mut sitting));
    story.check("somebody who came in after the look is not cut off", || came_late(deployment, &mut sitting));
    story.check("--now cuts them off and says so", || cut(deployment, &mut sitting));
    story.check("killed while it waits, new meetings may begin again", || killed(deployment, &mut sitting));
    Ok(())
}

/// Two inventories that restart servers, and one that makes them reload.
fn variants(deployment: &Deployment<'_>) -> Result<()> {
    deployment.variant("sixty.yml", "media:\n", "media:\n  participants: 60\n")?;
    deployment.variant("fifty.yml", "media:\n", "media:\n  participants: 50\n")?;
    let reloads = "languages: [nl, en, fr]\naccess:\n  room_name_bits: 50\npackages:\n";
    deployment.variant("reloads.yml", "packages:\n", reloads)?;
    Ok(())
}

const EDIT: &str = "# changed by hand";

fn edited(deployment: &Deployment<'_>) -> Result<()> {
    let site = site(deployment)?;
    let before = deployment.host.state()?;
    deployment.host.run(&format!("echo '{EDIT}' >> {site}"))?;
    let changed = deployment.host.state()?;
    let said = deployment.expect(1, &["up", "host.yml", "--yes"])?;
    said.names(&[&format!("{site} (edited)"), "--overwrite", "overrides", "nothing was changed"])?;
    ensure!(said.out.contains(&format!("-{EDIT}")), "the difference is not shown:\n{}", said.out);
    ensure!(deployment.host.state()? == changed, "something was changed");
    let said = deployment.expect(0, &["plan", "host.yml"])?;
    said.names(&[&format!("{site} (edited)")])?;
    let said = deployment.expect(0, &["plan", "host.yml", "--json"])?;
    ensure!(said.out.contains("\"stops\"") && said.out.contains("(edited)"), "{}", said.out);
    let said = deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify", "--overwrite"])?;
    said.names(&["warning", &site])?;
    ensure!(deployment.host.state()? == before, "it is not as it was");
    deployment.is_converged()
}

fn taken(deployment: &Deployment<'_>) -> Result<()> {
    let site = site(deployment)?;
    let enabled = site.replace("sites-available", "sites-enabled");
    let (gone, secret) = ("/etc/prosody/vc4all.cfg.lua", "/etc/turnserver.conf");
    deployment.host.run(&format!(
        "rm {gone}; ln -sfn /etc/nginx/nginx.conf {enabled}; echo '{EDIT}' >> {secret}; cat /etc/vc4all/secrets/turn"
    ))?;
    let said = deployment.expect(1, &["up", "host.yml", "--yes"])?;
    let link = format!("{enabled} (a link to /etc/nginx/nginx.conf)");
    said.names(&[&format!("{gone} (gone)"), &link, &format!("{secret} (edited)"), "3 files"])?;
    let turn = deployment.host.run("cat /etc/vc4all/secrets/turn")?;
    ensure!(said.out.contains(&format!("-{EDIT}")), "the difference is not shown:\n{}", said.out);
    ensure!(!said.out.contains(turn.trim()) && !said.err.contains(turn.trim()), "the secret is shown");
    deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify", "--overwrite"])?;
    deployment.is_converged()
}

fn owner(deployment: &Deployment<'_>) -> Result<()> {
    let site = site(deployment)?;
    deployment.host.run(&format!("chown www-data {site}; chmod 666 {site}"))?;
    let said = deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify"])?;
    ensure!(!said.err.contains("somebody changed"), "{}", said.err);
    deployment.is_converged()
}

fn unreachable(deployment: &Deployment<'_>, visitor: &Visitor) -> Result<()> {
    for path in ["/vc4all-census", "/vc4all-census/", "/http-bind/../vc4all-census", "/xmpp-websocket/vc4all-census"] {
        let url = format!("https://{}{path}", visitor.domain);
        let answer = visitor.ask(&visitor.addresses[0], &url, &["--path-as-is"])?;
        ensure!(!answer.body.contains("\"meetings\""), "{path}: {answer:?}");
    }
    let census = deployment.host.run(&asked(5280, "vc4all-census"))?;
    ensure!(census.contains("\"people\":0") && !census.contains('@'), "{census}");
    let open = deployment.host.run("ss -Hltn 'sport = :5280'")?;
    let loopback = |line: &str| line.contains("127.0.0.1:5280") || line.contains("[::1]:5280");
    ensure!(!open.trim().is_empty() && open.lines().all(loopback), "{open}");
    Ok(())
}

fn seated(deployment: &Deployment<'_>, sitting: &mut Sitting) -> Result<()> {
    let answer = sitting.order_in("begin", &invite(deployment)?)?;
    ensure!(answer["inside"] == 3, "{answer}");
    let census = deployment.host.run(&asked(5280, "vc4all-census"))?;
    ensure!(census.contains("\"people\":3") && census.contains("\"meetings\":1"), "{census}");
    deployment.is_converged()
}

fn reloaded(deployment: &Deployment<'_>, sitting: &mut Sitting) -> Result<()> {
    sitting.order("load")?;
    let up = deployment.expect(0, &["up", "reloads.yml", "--yes", "--no-verify"]);
    let back = deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify"]);
    let load = sitting.order("loaded")?;
    let (up, back) = (up?, back?);
    for unit in ["nginx.service", "prosody.service"] {
        let reload = |said: &Said| said.out.contains("reload") && said.out.contains(unit);
        ensure!(reload(&up) && reload(&back), "{unit} did not reload:\n{}", up.out);
    }
    ensure!(!up.out.contains("restart   prosody.service"), "{}", up.out);
    ensure!(load["requests"].as_u64().is_some_and(|count| count > 300), "{load}");
    ensure!(load["failures"] == json!([]), "{load}");
    let state = sitting.order("state")?;
    ensure!(state["inside"] == 3 && state["closed"] == 0, "{state}");
    Ok(())
}

fn refused(deployment: &Deployment<'_>, sitting: &mut Sitting) -> Result<()> {
    let before = deployment.host.state()?;
    let said = deployment.expect(1, &["up", "sixty.yml", "--yes"])?;
    said.names(&["3 people are in a meeting", "prosody.service", "--wait", "--now", "nothing was changed"])?;
    deployment.expect(0, &["plan", "sixty.yml"])?.names(&["3 people are in a meeting"])?;
    ensure!(deployment.host.state()? == before, "something was changed");
    let state = sitting.order("state")?;
    ensure!(state["inside"] == 3, "{state}");
    Ok(())
}

fn awaited(deployment: &Deployment<'_>, sitting: &mut Sitting) -> Result<()> {
    let work = Going::with(deployment, &["up", "sixty.yml", "--yes", "--no-verify", "--wait"])?;
    work.says("3 people in 1 meeting; new meetings have to wait")?;
    let other = sitting.order_in("new", &invite(deployment)?)?;
    ensure!(other["inside"] == false, "a new meeting began: {other}");
    ensure!(other["text"].as_str().is_some_and(|text| text.contains("no new meeting can begin now")), "{other}");
    ensure!(sitting.order("late")?["inside"] == true, "nobody may come late into the meeting that goes on");
    work.says("4 people in 1 meeting")?;
    let bridge = deployment.host.run(&asked(8080, "colibri/drain"))?;
    ensure!(bridge.contains("\"drain\":true"), "the bridge does not drain: {bridge}");
    ensure!(sitting.order("state")?["closed"] == 0, "somebody was cut off");
    sitting.order("leave")?;
    work.end()?.ended(0)?;
    begins_again(deployment, sitting)?;
    sitting.order("leave").map(drop)
}

/// New meetings do not have to wait any more.
fn begins_again(deployment: &Deployment<'_>, sitting: &mut Sitting) -> Result<()> {
    let mark = deployment.host.run("ls /run/vc4all-drain 2> /dev/null || :")?;
    ensure!(mark.is_empty(), "the mark is still there");
    let begun = sitting.order_in("begin", &invite(deployment)?)?;
    ensure!(begun["inside"] == 3, "{begun}");
    Ok(())
}

/// The plan is shown while nobody meets; before it is agreed to, people come in.
fn came_late(deployment: &Deployment<'_>, sitting: &mut Sitting) -> Result<()> {
    empty(deployment)?;
    let before = deployment.host.state()?;
    let room = invite(deployment)?;
    let (asked, come) = (deployment.inventory("asked"), deployment.inventory("come"));
    let wait = format!("touch {}; until [ -e {} ]; do sleep 0.1; done", asked.display(), come.display());
    let parts = json!([{"await": "?", "run": ["sh", "-c", wait], "type": "y"}]);
    let said = std::thread::scope(|scope| {
        let dialogue = scope.spawn(|| dialogue(deployment, &["up", "host.yml", "--no-verify"], &parts));
        let begun = until("nobody is asked", || asked.exists()).and_then(|()| sitting.order_in("begin", &room));
        std::fs::write(&come, "")?;
        let said = dialogue.join().map_err(|_| anyhow!("the dialogue broke off"))??;
        ensure!(begun?["inside"] == 3, "they did not come in");
        Ok(said)
    })?;
    said.ended(6)?;
    ensure!(said.out.contains("3 people in 1 meeting: that is more than was agreed to"), "{}", said.out);
    same_state(&before, &deployment.host.state()?)?;
    ensure!(sitting.order("state")?["inside"] == 3, "they were cut off");
    Ok(())
}

fn cut(deployment: &Deployment<'_>, sitting: &mut Sitting) -> Result<()> {
    let said = deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify", "--now"])?;
    said.names(&["3 people are in a meeting", "cuts them off"])?;
    let state = sitting.order("state")?;
    ensure!(state["closed"] == 3, "{state}");
    sitting.order("leave")?;
    deployment.is_converged()
}

fn killed(deployment: &Deployment<'_>, sitting: &mut Sitting) -> Result<()> {
    begins_again(deployment, sitting)?;
    let work = Going::with(deployment, &["up", "fifty.yml", "--yes", "--no-verify", "--wait"])?;
    work.says("new meetings have to wait")?;
    deployment.host.run("pkill -9 -f '^/bin/sh .*apply.sh'")?;
    until("the mark stays", || {
        deployment.host.run("ls /run/vc4all-drain 2> /dev/null || :").is_ok_and(|mark| mark.is_empty())
    })?;
    drop(work);
    let other = sitting.order_in("new", &invite(deployment)?)?;
    ensure!(other["inside"] == true, "a new meeting cannot begin: {other}");
    sitting.order("leave")?;
    empty(deployment)?;
    deployment.expect(0, &["up", "host.yml", "--yes", "--no-verify"])?;
    deployment.is_converged()
}

/// Waits until nobody is counted any more.
fn empty(deployment: &Deployment<'_>) -> Result<()> {
    let census = || deployment.host.run(&asked(5280, "vc4all-census"));
    until("somebody is still counted", || census().is_ok_and(|text| text.contains("\"people\":0")))
}

/// The host asks itself on loopback.
fn asked(port: u16, path: &str) -> String {
    format!(
        r#"bash -c 'exec 3<> /dev/tcp/127.0.0.1/{port}
        printf "GET /{path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n" >&3; cat <&3'"#
    )
}

fn until(otherwise: &str, mut holds: impl FnMut() -> bool) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !holds() {
        ensure!(Instant::now() < deadline, "{otherwise}");
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
