//! A real `sshd` on a free loopback port, with keys, users and known hosts of its own.

use crate::free_port::free_port;
use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vc4all_deploy::model::deployment::Host;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::Address;
use vc4all_deploy::remote::SshConfig;
use vc4all_deploy::remote::ssh::{self, Ssh};
use vc4all_deploy::remote::{Error, Order, People, Target};

/// The SSH server's program; `None` where this machine has none, and then the test says what it skips.
pub(crate) fn sshd() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let tools = ["/usr/sbin/sshd", "/usr/bin/ssh-keygen", "/usr/bin/ssh-agent", "/usr/bin/ssh-add"];
        let missing: Vec<_> = tools.iter().filter(|tool| !Path::new(tool).exists()).collect();
        let root = fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
        if missing.is_empty() && root {
            // Debian's sshd wants this folder for its privilege separation.
            let _ = fs::create_dir_all("/run/sshd");
            return Some(PathBuf::from(tools[0]));
        }
        assert!(
            std::env::var_os("CI").is_none(),
            "CI must be root and have {missing:?} (openssh-server, openssh-client)"
        );
        let _ = writeln!(std::io::stderr(), "skipped: everything over SSH, because it needs root and {missing:?}");
        None
    });
    found.as_deref()
}

/// A running server; it ends with this value.
pub(crate) struct Server {
    /// Its folder: host keys, `user` and `user.pub`, `known_hosts`, `config`.
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
    child: Child,
}

impl Server {
    /// Starts a server that lets the key `user` in, with more lines of configuration where wanted.
    pub(crate) fn start(sshd: &Path, more: &str) -> Self {
        Self::start_by(Command::new(sshd), more)
    }

    /// Starts a server by a command that takes sshd's arguments.
    pub(crate) fn start_by(mut command: Command, more: &str) -> Self {
        let folder = TempDir::with_prefix("sshd-").unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        for (name, text) in host_keys() {
            fs::write(at(name), text).unwrap();
            private(&folder.path().join(name));
        }
        keygen(&["-t", "ed25519", "-f", &at("user")]);
        fs::copy(at("user.pub"), at("authorized")).unwrap();
        let port = free_port();
        let keys: String =
            ["ed25519", "ecdsa", "rsa"].map(|kind| format!("HostKey {}\n", at(&format!("host_{kind}")))).concat();
        let text = format!(
            "ListenAddress 127.0.0.1\nListenAddress ::1\nPort {port}\n{keys}AuthorizedKeysFile {}\nStrictModes no\n\
             PidFile none\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nLogLevel ERROR\nMaxStartups 100\n{more}\n",
            at("authorized")
        );
        fs::write(at("sshd_config"), text).unwrap();
        let log = fs::File::create(at("log")).unwrap();
        // Users read the file of authorized keys with their own rights.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let child =
            command.args(["-D", "-e", "-f", &at("sshd_config")]).stdin(Stdio::null()).stderr(log).spawn().unwrap();
        let server = Self { folder, port, child };
        let up = || TcpStream::connect(("127.0.0.1", port)).is_ok() && TcpStream::connect(("::1", port)).is_ok();
        wait_for("sshd to listen", || {
            assert!(up() || server.is_alive(), "{}", fs::read_to_string(server.path("log")).unwrap());
            up()
        });
        server
    }

    fn is_alive(&self) -> bool {
        Path::new(&format!("/proc/{}", self.child.id())).exists()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The host as an inventory names it, and a configuration that uses this folder's files and no agent.
    pub(crate) fn target(&self, address: &str, more: &str) -> Target {
        let folder = self.folder.path().display();
        let text = format!(
            "{more}\nHost *\n User root\n Port {}\n IdentityFile {folder}/user\n IdentityAgent none\n \
             UserKnownHostsFile {folder}/known_hosts\n GlobalKnownHostsFile none\n",
            self.port
        );
        fs::write(self.path("config"), text).unwrap();
        Target::new(&host(address), &SshConfig::file(&self.path("config")).unwrap()).unwrap()
    }

    /// A target whose host key is known.
    pub(crate) fn known(&self) -> Target {
        self.write_known("host_ed25519");
        self.target("127.0.0.1", "")
    }

    /// Connects to a host that is known; asks nobody.
    pub(crate) fn connect(&self) -> Ssh {
        ssh::connect(&self.known(), &mut Scripted::default()).unwrap()
    }

    /// Writes the known hosts file: this server's address with one of its keys.
    pub(crate) fn write_known(&self, key: &str) {
        let public = fs::read_to_string(self.path(&format!("{key}.pub"))).unwrap();
        fs::write(self.path("known_hosts"), format!("[127.0.0.1]:{} {public}", self.port)).unwrap();
    }

    /// The processes that serve connections, as `sshd` forked them for this server.
    pub(crate) fn children(&self) -> Vec<u32> {
        descendants(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Connections that are let go end by themselves, and their processes are then waited for by sshd.
        let end = Instant::now() + Duration::from_millis(500);
        while !self.children().is_empty() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        for child in self.children() {
            signal("KILL", child);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The host keys of all servers of this run: an RSA key takes its time.
fn host_keys() -> &'static [(&'static str, String)] {
    static KEYS: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        for kind in ["ed25519", "ecdsa", "rsa"] {
            keygen(&["-t", kind, "-f", &folder.path().join(format!("host_{kind}")).display().to_string()]);
        }
        let names = ["host_ed25519", "host_ed25519.pub", "host_ecdsa", "host_ecdsa.pub", "host_rsa", "host_rsa.pub"];
        names.map(|name| (name, fs::read_to_string(folder.path().join(name)).unwrap())).to_vec()
    })
}

/// Children, grandchildren and so on of a process.
fn descendants(of: u32) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap_or_default();
    let mut found: Vec<u32> = listed.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
    for child in found.clone() {
        found.extend(descendants(child));
    }
    found
}

/// Sends a signal to one process.
pub(crate) fn signal(name: &str, pid: u32) {
    let _ = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).stderr(Stdio::null()).status();
}

/// Runs `ssh-keygen` without a passphrase unless the arguments name one; returns what it prints.
pub(crate) fn keygen(args: &[&str]) -> String {
    let made = args.contains(&"-t") && !args.contains(&"-N");
    let out =
        Command::new("ssh-keygen").arg("-q").args(args).args(made.then_some(["-N", ""]).into_iter().flatten()).output();
    let out = out.unwrap();
    assert!(out.status.success(), "ssh-keygen {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// `SHA256:…` of a public key file.
pub(crate) fn fingerprint(public: &Path) -> String {
    keygen(&["-l", "-f", public.to_str().unwrap()]).split_whitespace().nth(1).unwrap().to_owned()
}

/// Waits for a condition for at most a minute.
pub(crate) fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A host as an inventory names it.
pub(crate) fn host(address: &str) -> Host {
    Host {
        address: Address::parse(address).unwrap(),
        port: None,
        user: None,
        identity: None,
        host_key: None,
        provider: None,
        release: Release::Debian12,
        memory_mib: 4096,
    }
}

/// An order with ten seconds' patience.
pub(crate) fn order<'a>(script: &'a str, input: &'a [u8]) -> Order<'a> {
    Order { purpose: "try it", script, input, patience: Duration::from_secs(10) }
}

/// The error of a connection that must not come about.
pub(crate) fn refusal(target: &Target, people: &mut dyn People) -> Error {
    match ssh::connect(target, people) {
        Ok(_) => panic!("the connection came about"),
        Err(error) => error,
    }
}

/// Makes a key file unreadable for others, as ssh wants it.
pub(crate) fn private(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

pub(crate) use super::people::Scripted;
