//! A host made of this machine, and the agent on it.

use crate::needs::have;
use crate::pebble::Pebble;
use crate::root::is_root;
use crate::standing;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use vc4all_deploy::model::ledger::{self, Ledger};
use vc4all_deploy::model::names::UnitName;
use vc4all_deploy::model::standing::StandingOrder;
use vc4all_deploy::renewal::keep;

/// The name of the host.
pub(crate) const NAME: &str = "meet.vc4all.example";
const ORDER: &str = "/run/renewal.json";
const LEDGER: &str = ledger::PATH;
const TLS: &str = "/var/lib/vc4all/tls";

/// Whether this is the host: outside, the test of this name runs again in namespaces of its own, and has to succeed.
pub(crate) fn inside(name: &str) -> bool {
    if std::env::var_os("VC4ALL_STAGE").is_some() {
        return true;
    }
    let tools = ["unshare", "ip", "ss", "nginx", "turnserver", "pebble", "pebble-challtestsrv", "openssl", "getent"];
    if !have(&tools) || !is_root() {
        return false;
    }
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/renewal");
    let done = Command::new("unshare")
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh"])
        .arg(format!("{scripts}/stage.sh"))
        .arg(scripts)
        .arg(std::env::current_exe().expect("this test"))
        .args(["--exact", name, "--nocapture"])
        .env("VC4ALL_STAGE", "1")
        .output()
        .expect("unshare");
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    false
}

/// How one run of the agent ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
}

impl Ended {
    /// Checks the exit code and that these words were said.
    pub(crate) fn is(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.said);
        for words in words {
            assert!(self.said.contains(words), "{words}: {}", self.said);
        }
    }
}

/// Writes a standing order for this authority.
pub(crate) fn order(pebble: &Pebble) -> StandingOrder {
    let standing = StandingOrder {
        roots: Some(pebble.roots()),
        reload: ["nginx.service", "coturn.service"].map(|name| UnitName::new(name).expect("a unit")).into(),
        ..standing::order(NAME, &pebble.directory())
    };
    give(&standing);
    standing
}

/// Writes this standing order.
pub(crate) fn give(standing: &StandingOrder) {
    fs::write(ORDER, standing.text().expect("text")).expect("written");
}

fn agent(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vc4all-agent"));
    command.args(["renew", "--order", ORDER, "--ledger", LEDGER]).args(args);
    // What a unit has is no more than this.
    command.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Runs the agent to its end.
pub(crate) fn renew(args: &[&str]) -> Ended {
    end(&mut agent(args))
}

/// The same at another time, such as `+3h`.
pub(crate) fn renew_at(time: &str) -> Ended {
    let agent = agent(&[]);
    let mut faked = Command::new("faketime");
    // Files keep the true time, and the host's lock compares it with what `date` says.
    faked.env("FAKETIME_SKIP_CMDS", "date");
    faked.args(["-f", time]).arg(agent.get_program()).args(agent.get_args());
    end(faked.stdin(Stdio::null()))
}

fn end(command: &mut Command) -> Ended {
    let done = command.output().expect("the agent");
    Ended { code: done.status.code(), said: String::from_utf8_lossy(&done.stderr).into_owned() }
}

/// Starts the agent, waits until it says these words, and kills it with everything that it started, as systemd does.
pub(crate) fn kill_after(words: &str, wait: impl FnOnce()) {
    let mut child = agent(&["--now"]).process_group(0).spawn().expect("the agent");
    let mut said = String::new();
    for line in BufReader::new(child.stderr.take().expect("its voice")).lines() {
        let line = line.expect("a line");
        said = said + &line + "\n";
        if line.contains(words) {
            break;
        }
    }
    assert!(said.contains(words), "{said}");
    wait();
    kill_all(&mut child);
}

fn kill_all(child: &mut Child) {
    let group = format!("-{}", child.id());
    assert!(Command::new("kill").args(["-9", "--", &group]).status().expect("kill").success());
    child.wait().expect("gone");
}

/// What the host wrote down.
pub(crate) fn ledger() -> Ledger {
    keep::read(Path::new(LEDGER)).expect("the ledger")
}

/// Writes down something else.
pub(crate) fn rewrite(ledger: &Ledger) {
    keep::write(ledger, Path::new(LEDGER)).expect("written");
}

/// Where the link to the pair in force points.
pub(crate) fn live() -> PathBuf {
    fs::read_link(format!("{TLS}/live")).expect("a link")
}

/// The serial number that a port shows.
pub(crate) fn shown(port: u16) -> Option<String> {
    let script = format!(
        "timeout 30 openssl s_client -connect 127.0.0.1:{port} -servername {NAME} < /dev/null 2> /dev/null | \
         openssl x509 -noout -serial"
    );
    let done = Command::new("sh").args(["-c", &script]).output().expect("openssl");
    let text = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    text.strip_prefix("serial=").map(str::to_lowercase)
}

/// Both servers show the pair in force, of which the ledger knows.
pub(crate) fn all_show_the_pair_in_force() {
    let serial = ledger().certificate.expect("a certificate").serial.to_lowercase();
    for port in [443, 5349] {
        assert_eq!(shown(port).as_deref(), Some(serial.as_str()), "port {port}");
    }
}

/// Every file below the folder of pairs and of answers, with its bytes; of links where they point.
pub(crate) fn everything() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for root in [TLS, "/var/lib/vc4all/acme", "/var/lib/vc4all/lock"] {
        gather(Path::new(root), &mut all);
    }
    all
}

fn gather(path: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let Ok(about) = fs::symlink_metadata(path) else { return };
    if about.is_symlink() {
        all.insert(path.to_owned(), fs::read_link(path).expect("a link").into_os_string().into_encoded_bytes());
    } else if about.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            gather(&entry.expect("an entry").path(), all);
        }
    } else {
        all.insert(path.to_owned(), fs::read(path).expect("a file"));
    }
}

/// Waits until it is so.
pub(crate) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Waits until nobody holds the host's lock any more.
pub(crate) fn wait_for_the_lock() {
    wait_for("the lock given free", || !Path::new("/var/lib/vc4all/lock").exists());
}
