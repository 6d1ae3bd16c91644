//! Starts the door as systemd does: with a socket that listens already, as file 3.

use crate::reply::{Reply, form, send};
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use vc4all_deploy::accounts::{Accounts, App, Credentials, NewAccount, code_at};
use vc4all_deploy::model::deployment::SecondFactor;
use vc4all_deploy::model::names::LoginName;
use vc4all_deploy::model::values::Line;

pub(crate) const AGENT: &str = env!("CARGO_BIN_EXE_vc4all-agent");
pub(crate) const DOMAIN: &str = "overleg.voorbeeldstad.example";
pub(crate) const SECRET: &str = "0123456789abcdefghijABCDEFGHIJ0123456789";
pub(crate) const ROOM: &str = "83920471650293847561";

/// A folder with all that the door needs.
pub(crate) struct House {
    folder: TempDir,
}

impl House {
    pub(crate) fn new(second_factor: &str) -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        let config = format!(
            "{{\"domain\":\"{DOMAIN}\",\"operator\":\"Gemeente Voorbeeldstad & omstreken\",\"languages\":[\"nl\",\"en\"],\
             \"second_factor\":\"{second_factor}\",\"token_minutes\":120,\"room_name_bits\":40}}"
        );
        fs::write(house.path("door.json"), config).unwrap();
        fs::write(house.path("token"), format!("{SECRET}\n")).unwrap();
        house
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes an account; the price of its hash is the real one.
    pub(crate) fn account(&self, name: &str, app: App) -> Credentials {
        let account = LoginName::new(name).unwrap();
        let new = NewAccount { account, name: Line::parse("Anna de Vries").unwrap(), passphrase: None, app };
        Accounts::at(&self.path("accounts"), SecondFactor::Optional).add(&new).unwrap()
    }

    /// The command, without a socket.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(AGENT);
        command.env_clear().args(self.arguments()).stdin(Stdio::null());
        command
    }

    fn arguments(&self) -> Vec<String> {
        let path = |name| self.path(name).to_str().unwrap().to_owned();
        let words = ["door", "--config", &path("door.json"), "--accounts", &path("accounts")];
        words.map(str::to_owned).to_vec()
    }

    /// Opens the door.
    pub(crate) fn open(self) -> Service {
        let listener = UnixListener::bind(self.path("socket")).unwrap();
        let hand_over = "export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\" 3<&0 </dev/null";
        let mut command = Command::new("/bin/sh");
        command.args(["-c", hand_over, "sh", AGENT]).args(self.arguments()).env_clear();
        command.env("CREDENTIALS_DIRECTORY", self.folder.path()).stdin(Stdio::from(OwnedFd::from(listener)));
        let child = command.stderr(fs::File::create(self.path("journal")).unwrap()).spawn().unwrap();
        Service { house: self, child }
    }
}

/// A door that is open.
pub(crate) struct Service {
    pub(crate) house: House,
    child: Child,
}

impl Service {
    pub(crate) fn socket(&self) -> PathBuf {
        self.house.path("socket")
    }

    pub(crate) fn get(&self, address: &str, headers: &[(&str, &str)]) -> Reply {
        send(&self.socket(), request("GET", address, headers, "").as_bytes()).unwrap()
    }

    /// Sends a form as the door's own page would.
    pub(crate) fn post(&self, address: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        self.post_text(address, &form(fields), &[headers, &own()].concat())
    }

    /// Sends a form's text with these headers and no others.
    pub(crate) fn post_text(&self, address: &str, text: &str, headers: &[(&str, &str)]) -> Reply {
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        send(&self.socket(), request("POST", address, &[&kind, headers].concat(), text).as_bytes()).unwrap()
    }

    /// An attempt to log in from an address of its own.
    pub(crate) fn log_in(&self, account: &str, passphrase: &str, code: &str) -> Reply {
        let fields = [("room", ROOM), ("account", account), ("passphrase", passphrase), ("code", code)];
        self.post("/door", &fields, &[("X-Real-IP", "192.0.2.1")])
    }

    /// How often the journal has the line.
    pub(crate) fn noted(&self, line: &str) -> usize {
        self.journal().lines().filter(|other| *other == line).count()
    }

    pub(crate) fn journal(&self) -> String {
        fs::read_to_string(self.house.path("journal")).unwrap()
    }

    /// The most memory that it ever held, in KiB.
    pub(crate) fn most_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub(crate) fn signal_to_end(&self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
    }

    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "the door does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The headers by which a browser says that the form is this site's own.
pub(crate) fn own() -> [(&'static str, &'static str); 2] {
    [("Origin", "https://overleg.voorbeeldstad.example"), ("Sec-Fetch-Site", "same-origin")]
}

/// A request as nginx sends it.
pub(crate) fn request(method: &str, address: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    format!("{method} {address} HTTP/1.1\r\nHost: {DOMAIN}\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The code of so many steps of thirty seconds from now. Only that of the step before would be too old when this one ends.
pub(crate) fn code(key: &str, steps: i64) -> String {
    while steps == -1 && now() % 30 >= 24 {
        std::thread::sleep(Duration::from_millis(50));
    }
    code_at(key, now().checked_add_signed(steps * 30).unwrap()).unwrap()
}
