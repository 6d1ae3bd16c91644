//! The accounts of meeting hosts, from the administrator's terminal to a room that opens.

use crate::program::{Deployment, Said};
use crate::story::{Story, print};
use crate::visitor::{Visitor, script};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// What a person is handed, and what they used.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) account: &'static str,
    pub(crate) passphrase: String,
    pub(crate) key: String,
    pub(crate) recovery: Vec<String>,
}

/// Somebody of each instance, who tries their luck at the others.
static PEOPLE: Mutex<Vec<Value>> = Mutex::new(Vec::new());

const ROOM: &str = "57038419260873150492";
const INVENTORY: &str = "host.yml";
/// A passphrase that somebody types.
const TYPED: &str = "vier lantaarns tellen zacht 7";

/// What nobody may find anywhere afterwards.
pub(crate) fn tell(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor) -> Vec<String> {
    let mut secrets = vec![ROOM.to_owned(), TYPED.to_owned()];
    let made = story.check("users add makes an account, and hands out what its person needs", || add(deployment));
    if let Some(person) = made {
        secrets.extend(visit(story, deployment, visitor, &person));
    }
    story.check("a typed passphrase is in no process's arguments", || typed(deployment, visitor));
    story.check("users refuses what makes no sense, and says what to do", || refusals(deployment));
    story.check("users list shows who is locked, unlock and remove do what they say", || list(deployment));
    story.check("the inventory's list adds, names and removes accounts", || listed(deployment, visitor));
    story.check("the door knows no network and starts with the host", || service(deployment));
    secrets
}

/// An account made for a person by the program.
pub(crate) fn add(deployment: &Deployment<'_>) -> Result<Person> {
    let said = deployment.expect(0, &["users", "add", INVENTORY, "jo.voorbeeld", "--name", "Jo Voorbeeld"])?;
    person(&said, "jo.voorbeeld")
}

/// Reads what is printed for the administrator.
fn person(said: &Said, account: &'static str) -> Result<Person> {
    let after =
        |word: &str| said.out.lines().find_map(|line| line.strip_prefix(word)).map(|rest| rest.trim().to_owned());
    let code = |word: &&str| word.len() == 14 && word.split('-').all(|part| part.len() == 4);
    let recovery: Vec<String> = said.out.split_whitespace().filter(code).map(str::to_owned).collect();
    ensure!(recovery.len() == 10, "{} recovery codes", recovery.len());
    ensure!(said.out.contains('█'), "no QR code");
    let passphrase = after("Passphrase").context("no passphrase")?;
    ensure!(passphrase.replace('-', "").len() >= 16, "the passphrase is too short");
    let key = after("Key").context("no key")?.replace(' ', "");
    Ok(Person { account, passphrase, key, recovery })
}

fn visit(story: &mut Story, deployment: &Deployment<'_>, visitor: &Visitor, person: &Person) -> Vec<String> {
    let left = deployment.inventory("tokens.txt");
    let mut input = visitor.as_json();
    input["account"] = person.account.into();
    input["passphrase"] = person.passphrase.clone().into();
    input["key"] = person.key.clone().into();
    input["recovery"] = person.recovery.clone().into();
    input["room"] = ROOM.into();
    input["left"] = left.display().to_string().into();
    input["foreign"] = json!([]);
    story.script("the door", &mut script("door.py"), &input.to_string());
    let tokens: Vec<String> = std::fs::read_to_string(left).unwrap_or_default().lines().map(str::to_owned).collect();
    if let (Some(token), Ok(mut people)) = (tokens.first(), PEOPLE.lock()) {
        let Person { account, passphrase, recovery, .. } = person;
        people.push(json!({ "at": deployment.domain, "account": account, "passphrase": passphrase,
            "recovery": recovery[9], "token": token, "room": ROOM }));
    }
    if crate::LIVES.load(Ordering::Relaxed) < 2 {
        print("left out: the people of another instance, because this run has one alone");
    } else if let Some(people) = story.check("somebody of another instance comes", || others(deployment)) {
        input["foreign"] = people;
        story.script("people of another instance", &mut script("door.py"), &input.to_string());
    }
    let mut secrets = vec![person.account.to_owned(), person.passphrase.clone(), person.key.clone()];
    secrets.extend(person.recovery.clone());
    secrets.extend(tokens.iter().filter_map(|token| token.rsplit('.').next()).map(str::to_owned));
    secrets
}

/// The people of the other story, which may first look at its server for minutes.
fn others(deployment: &Deployment<'_>) -> Result<Value> {
    let end = Instant::now() + Duration::from_secs(1200);
    loop {
        // Asked before its people are: those of a story that has ended count as well.
        let over = crate::LIVED.load(Ordering::Relaxed) > 0;
        let people = PEOPLE.lock().map(|people| people.clone()).unwrap_or_default();
        let strangers: Vec<Value> = people.into_iter().filter(|person| person["at"] != *deployment.domain).collect();
        if !strangers.is_empty() {
            return Ok(strangers.into());
        }
        ensure!(!over && Instant::now() < end, "the other instance has nobody");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The whole time that it takes, the host's processes are looked at.
fn typed(deployment: &Deployment<'_>, visitor: &Visitor) -> Result<()> {
    deployment.host.run(
        "systemd-run --quiet --unit=onlooker sh -c 'while :; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; done > /run/seen 2> /dev/null'",
    )?;
    let added = with_input(
        deployment,
        &["users", "add", INVENTORY, "kim", "--name", "Kim Voorbeeld", "--typed"],
        &format!("{TYPED}\n"),
    );
    let seen = deployment.host.run(&format!(
        "systemctl stop onlooker; grep -ac vc4all-agent /run/seen; grep -ac '{}' /run/seen || :; rm -f /run/seen",
        // A pattern that does not match itself: this very script is among the arguments.
        TYPED.replacen('v', "[v]", 1)
    ))?;
    added?.ended(0)?;
    let counts: Vec<&str> = seen.split_whitespace().collect();
    ensure!(counts.len() == 2 && counts[0] != "0" && counts[1] == "0", "seen and found: {counts:?}");
    let fields = format!("room={ROOM}&account=kim&passphrase={}&lang=nl", TYPED.replace(' ', "+"));
    let status = post(visitor, &fields)?;
    ensure!(matches!(status, 400 | 403), "without the second factor it is answered {status}");
    Ok(())
}

/// Runs the program with these words on its standard input.
pub(crate) fn with_input(deployment: &Deployment<'_>, arguments: &[&str], input: &str) -> Result<Said> {
    let mut command = deployment.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("no stdin")?.write_all(input.as_bytes())?;
    let done = child.wait_with_output()?;
    Ok(Said {
        code: done.status.code().context("it was killed")?,
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    })
}

/// The status of a form that is sent to the door.
pub(crate) fn post(visitor: &Visitor, fields: &str) -> Result<u16> {
    let url = format!("https://{}/door", visitor.domain);
    let origin = format!("Origin: https://{}", visitor.domain);
    Ok(visitor.ask(&visitor.addresses[0], &url, &["--data", fields, "-H", &origin])?.status)
}

fn refusals(deployment: &Deployment<'_>) -> Result<()> {
    let cases: [(&[&str], &[&str]); 5] = [
        (&["users", "add", INVENTORY, "jo.voorbeeld", "--name", "Jo"], &["jo.voorbeeld", "help:"]),
        (&["users", "add", INVENTORY, "No Such Name", "--name", "Jo"], &["No Such Name", "help:"]),
        (&["users", "add", INVENTORY, "lee", "--name", "Lee", "--no-second-factor"], &["second factor", "help:"]),
        (&["users", "reset", INVENTORY, "nobody"], &["nobody", "help:"]),
        (&["users", "remove", INVENTORY, "nobody"], &["nobody", "help:"]),
    ];
    for (arguments, words) in cases {
        deployment.expect(1, arguments)?.names(words)?;
    }
    let weak = with_input(deployment, &["users", "reset", INVENTORY, "kim", "--typed"], "wachtwoord123\n")?;
    weak.ended(1)?;
    ensure!(!weak.err.contains("wachtwoord123") && weak.err.contains("help:"), "{}", weak.err);
    Ok(())
}

fn list(deployment: &Deployment<'_>) -> Result<()> {
    let shown = deployment.expect(0, &["users", "list", INVENTORY])?.out;
    ensure!(["jo.voorbeeld", "Jo Voorbeeld", "kim"].iter().all(|word| shown.contains(word)), "{shown}");
    deployment.expect(0, &["users", "unlock", INVENTORY, "jo.voorbeeld"])?;
    deployment.expect(0, &["users", "remove", INVENTORY, "kim"])?;
    let shown = deployment.expect(0, &["users", "list", INVENTORY])?.out;
    ensure!(!shown.contains("kim"), "{shown}");
    let files = deployment.host.run("stat -c '%a %n' /var/lib/vc4all-door/accounts/*; stat -c %a /var/lib/private")?;
    ensure!(files.lines().all(|line| line.starts_with("600 ") || line == "700"), "{files}");
    Ok(())
}

fn listed(deployment: &Deployment<'_>, visitor: &Visitor) -> Result<()> {
    let list = "meeting_hosts:\n  - { account: sam, name: Sam Voorbeeld }\n\nmedia:";
    let inventory = deployment.variant("listed.yml", "media:", list)?;
    let planned = deployment.expect(0, &["plan", &inventory])?.out;
    ensure!(planned.contains("+sam -jo.voorbeeld"), "{planned}");
    deployment.expect(0, &["up", &inventory, "--yes"])?;
    let shown = deployment.expect(0, &["users", "list", &inventory])?.out;
    ensure!(shown.contains("sam") && !shown.contains("jo.voorbeeld"), "{shown}");
    let again = deployment.expect(0, &["up", &inventory, "--yes"])?.out;
    ensure!(again.contains("nothing to do"), "{again}");
    deployment.expect(1, &["users", "add", &inventory, "lee", "--name", "Lee"])?.names(&["lee", "help:"])?;
    deployment.expect(1, &["users", "remove", &inventory, "sam"])?.names(&["sam", "help:"])?;
    let sam = person(&deployment.expect(0, &["users", "reset", &inventory, "sam"])?, "sam")?;
    let fields = format!("room={ROOM}&account=sam&passphrase={}&recovery={}&lang=nl", sam.passphrase, sam.recovery[0]);
    ensure!(post(visitor, &fields)? == 303, "the listed account opens no room");
    deployment.expect(0, &["up", INVENTORY, "--yes"])?;
    deployment.is_converged()?;
    deployment.expect(0, &["users", "remove", INVENTORY, "sam"])?;
    let fields = fields.replace(&sam.recovery[0], &sam.recovery[1]);
    ensure!(post(visitor, &fields)? == 403, "the removed account still opens rooms");
    Ok(())
}

fn service(deployment: &Deployment<'_>) -> Result<()> {
    let shown = deployment.host.run(
        "systemctl show vc4all-door.service -p RestrictAddressFamilies -p NoNewPrivileges -p ProtectSystem -p DynamicUser
        systemctl is-enabled vc4all-door.socket vc4all-door.service
        file=/proc/$(systemctl show -P MainPID vc4all-door.service)/net/dev; tail -n +3 $file | awk '{ print $1 }'
        stat -c '%a %U %G' /run/vc4all/door.sock
        ldd /usr/local/lib/vc4all/bin/vc4all-agent 2>&1 || :",
    )?;
    for line in [
        "RestrictAddressFamilies=AF_UNIX",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "DynamicUser=yes",
        "lo:",
        "660 root www-data",
    ] {
        ensure!(shown.lines().any(|seen| seen.trim() == line), "{line} is not in\n{shown}");
    }
    ensure!(shown.matches("enabled\n").count() == 2, "{shown}");
    ensure!(shown.contains("statically linked") || shown.contains("not a dynamic executable"), "{shown}");
    Ok(())
}
