//! A second `up`, a look at a host that somebody changed, and the way back.

use crate::lab::same_state;
use crate::program::{Deployment, Said};
use crate::story::Story;
use crate::visitor::script;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>) {
    story.check("a second up says that nothing is to do, and does nothing", || second(deployment));
    story.check("plan --detailed-exitcode exits 0 on a converged host", || {
        deployment.expect(0, &["plan", "host.yml", "--detailed-exitcode"]).map(drop)
    });
    story.check("a file changed by hand is found, shown and set right", || drifted(deployment));
    story.check("plan --json tells the same to machines", || machines(deployment));
    story.check("a unit stopped by hand is started again", || stopped(deployment));
    story.check("at a terminal `n` changes nothing and `y` goes on", || asked(deployment));
    story.check("a host that changes between plan and yes is left alone: exit 5", || moved(deployment));
    story.check("a candidate that its parser refuses changes nothing: exit 6", || refused(deployment));
}

fn second(deployment: &Deployment<'_>) -> Result<()> {
    let before = deployment.host.state()?;
    deployment.is_converged()?;
    same_state(&before, &deployment.host.state()?)
}

const CHANGED: &str = "/etc/nginx/sites-available";

/// The site's file, whatever its name.
pub(crate) fn site(deployment: &Deployment<'_>) -> Result<String> {
    let files = deployment.host.run(&format!(
        "find /etc/nginx {CHANGED} -type f -name '*.conf' | sort -u | xargs grep -l 'location = /http-bind'"
    ))?;
    files.lines().next().map(str::to_owned).context("no file of the site")
}

fn drifted(deployment: &Deployment<'_>) -> Result<()> {
    let site = site(deployment)?;
    let before = deployment.host.state()?;
    deployment.host.run(&format!("echo '# changed by hand' >> {site}; chmod 666 {site}"))?;
    let said = deployment.expect(2, &["plan", "host.yml", "--detailed-exitcode"])?;
    ensure!(
        said.out.contains(&site) && said.out.contains("-# changed by hand"),
        "the difference is not shown:\n{}",
        said.out
    );
    let said = deployment.expect(0, &["up", "host.yml", "--yes", "--overwrite"])?;
    ensure!(said.out.contains(&site), "{}", said.out);
    deployment.is_converged()?;
    same_state(&before, &deployment.host.state()?)
}

fn machines(deployment: &Deployment<'_>) -> Result<()> {
    let plan = |code| -> Result<Value> {
        let said = deployment.expect(code, &["plan", "host.yml", "--json", "--detailed-exitcode"])?;
        serde_json::from_str(&said.out).context("no JSON")
    };
    let empty = plan(0)?;
    ensure!(empty["changes"].as_array().is_some_and(Vec::is_empty), "{empty}");
    let site = site(deployment)?;
    deployment.host.run(&format!("cp -a {site} /root/site && echo '# changed by hand' >> {site}"))?;
    let full = plan(2)?;
    deployment.host.run(&format!("mv /root/site {site}"))?;
    ensure!(full["changes"].as_array().is_some_and(|changes| !changes.is_empty()), "{full}");
    ensure!(full.to_string().contains(&site), "{full}");
    deployment.is_converged()
}

fn stopped(deployment: &Deployment<'_>) -> Result<()> {
    deployment.host.run("systemctl disable --now --quiet coturn.service")?;
    let said = deployment.expect(0, &["up", "host.yml", "--yes"])?;
    ensure!(said.out.contains("coturn.service"), "{}", said.out);
    deployment.host.run("systemctl is-active coturn.service && systemctl is-enabled coturn.service")?;
    deployment.is_converged()
}

/// Runs the program at a terminal: each part of the dialogue awaits a text, may run a command, and types a line.
pub(crate) fn dialogue(deployment: &Deployment<'_>, arguments: &[&str], parts: &Value) -> Result<Said> {
    let command = deployment.command(arguments);
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let mut terminal = script("terminal.py");
    terminal.arg(json!({"command": words, "parts": parts}).to_string());
    terminal.current_dir(deployment.folder.path()).env_remove("SSH_AUTH_SOCK").env("NO_COLOR", "1");
    Said::of(&mut terminal)
}

fn asked(deployment: &Deployment<'_>) -> Result<()> {
    let site = site(deployment)?;
    deployment.host.run(&format!("echo '# changed by hand' >> {site}"))?;
    let before = deployment.host.state()?;
    let said = dialogue(deployment, &["up", "host.yml", "--overwrite"], &json!([{"await": "?", "type": "n"}]))?;
    said.ended(1)?;
    ensure!(said.out.contains("Nothing was changed"), "{}", said.out);
    same_state(&before, &deployment.host.state()?)?;
    dialogue(deployment, &["up", "host.yml", "--overwrite"], &json!([{"await": "?", "type": "y"}]))?.ended(0)?;
    deployment.is_converged()
}

fn moved(deployment: &Deployment<'_>) -> Result<()> {
    let site = site(deployment)?;
    deployment.host.run(&format!("echo '# changed by hand' >> {site}"))?;
    let lab = crate::lab::repository().join("tests/lab/lab").display().to_string();
    let edit = format!("echo '# changed again' >> {site}");
    let change = [&lab, "host", "exec", &deployment.host.name, "sh", "-c", &edit];
    let parts = json!([{"await": "?", "run": change, "type": "y"}]);
    let said = dialogue(deployment, &["up", "host.yml", "--overwrite"], &parts)?;
    said.ended(5)?;
    ensure!(said.out.contains("changed since the plan was made"), "{}", said.out);
    let held = deployment.host.run(&format!("tail -n 1 {site}; ls /var/lib/vc4all/lock 2> /dev/null || :"))?;
    ensure!(held.trim() == "# changed again", "something was done: {held}");
    deployment.expect(0, &["up", "host.yml", "--yes", "--overwrite"])?;
    deployment.is_converged()
}

/// A file that nobody claims makes nginx refuse every candidate.
fn refused(deployment: &Deployment<'_>) -> Result<()> {
    let site = site(deployment)?;
    let broken = "/etc/nginx/modules-enabled/99-broken.conf";
    deployment.host.run(&format!("echo '# changed by hand' >> {site}; echo 'no_such_word on;' > {broken}"))?;
    let before = deployment.host.state()?;
    let said = deployment.expect(6, &["up", "host.yml", "--yes", "--overwrite"]);
    let after = deployment.host.state()?;
    deployment.host.run(&format!("rm {broken}; systemctl is-active nginx.service"))?;
    said?.names(&["prove nginx", "no_such_word", "help:", "as it was before"])?;
    same_state(&before, &after)?;
    deployment.expect(0, &["up", "host.yml", "--yes", "--overwrite"])?;
    deployment.is_converged()
}
