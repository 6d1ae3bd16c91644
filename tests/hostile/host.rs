//! A real sshd whose root has a forced command that means harm, and the real program as an ordinary user in an empty folder.

use crate::server::Server;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Nobody's numbers on Debian (base-passwd).
const NOBODY: u32 = 65534;

/// The host, and the machine of who talks with it.
pub(crate) struct Scene {
    pub(crate) home: TempDir,
    server: Server,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) said: Vec<u8>,
    /// The most memory that it had at one time, in MiB.
    pub(crate) peak_mib: u64,
}

impl Scene {
    /// A host that answers in this way, with canned answers where it needs good ones.
    pub(crate) fn new(sshd: &Path, mode: &str, canned: &[(&str, Vec<u8>)]) -> Self {
        let home = tempfile::Builder::new().prefix("hostile-").tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at("answers")).unwrap();
        fs::write(at("answers/asked"), "").unwrap();
        for (name, bytes) in canned {
            fs::write(at("answers").join(name), bytes).unwrap();
        }
        let host = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/host.py");
        let command = format!("python3 {} {mode} {}", host.display(), at("answers").display());
        fs::write(at("banner"), "\u{1b}[2J\u{1b}]0;owned\u{7}welcome\n").unwrap();
        let server = Server::start(sshd, &format!("ForceCommand {command}\nBanner {}", at("banner").display()));
        let scene = Self { home, server };
        scene.lay_out();
        scene
    }

    /// The folder of the person: key, SSH's settings, inventory, and the program itself.
    fn lay_out(&self) {
        let work = self.work();
        fs::create_dir(&work).unwrap();
        let key = self.home.path().join("key");
        fs::copy(self.server.path("user"), &key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        self.server.write_known("host_ed25519");
        fs::copy(self.server.path("known_hosts"), self.home.path().join("known")).unwrap();
        let home = self.home.path().display();
        let text = format!(
            "Host *\n User root\n Port {}\n IdentityFile {home}/key\n IdentityAgent none\n UserKnownHostsFile {home}/known\n \
             GlobalKnownHostsFile none\n",
            self.server.port
        );
        fs::write(self.home.path().join("config"), text).unwrap();
        let demo = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories/demo.yml")).unwrap();
        let demo = demo.replace("address: 10.87.0.10", "address: 127.0.0.1");
        let demo = demo.lines().filter(|line| !line.contains("ca.pem")).collect::<Vec<_>>().join("\n");
        fs::write(self.home.path().join("host.yml"), demo).unwrap();
        for name in ["agent-x86_64", "agent-aarch64"] {
            let _ = fs::copy(
                Path::new(env!("CARGO_BIN_EXE_vc4all-deploy")).with_file_name(format!("vc4all-{name}")),
                self.home.path().join(format!("vc4all-{name}")),
            );
        }
        let program = self.home.path().join("vc4all-deploy");
        fs::copy(env!("CARGO_BIN_EXE_vc4all-deploy"), &program).unwrap();
        chown(&work, Some(NOBODY), Some(NOBODY)).unwrap();
        // One that may be written, for the verb that rewrites it.
        let own = work.join("own.yml");
        fs::copy(self.home.path().join("host.yml"), &own).unwrap();
        chown(&own, Some(NOBODY), Some(NOBODY)).unwrap();
        chown(&key, Some(NOBODY), Some(NOBODY)).unwrap();
    }

    /// The empty folder in which the program runs; also the home of who runs it.
    pub(crate) fn work(&self) -> PathBuf {
        self.home.path().join("work")
    }

    fn arguments(&self, arguments: &[&str]) -> Vec<String> {
        let home = self.home.path().display();
        let mut words = vec![format!("{home}/vc4all-deploy"), "--ssh-config".to_owned(), format!("{home}/config")];
        words.extend(arguments.iter().map(|word| word.replace("INVENTORY", &format!("{home}/host.yml"))));
        words
    }

    fn as_nobody(&self, words: &[String]) -> Command {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).uid(NOBODY).gid(NOBODY).current_dir(self.work()).env_clear();
        command.env("PATH", "/usr/bin:/bin").env("HOME", self.work()).env("USER", "anna").env("TMPDIR", self.work());
        command.stdin(Stdio::null());
        command
    }

    /// Runs the program to its end; a run that takes longer than a minute has no end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let mut words = vec!["timeout".to_owned(), "--signal=KILL".to_owned(), "60".to_owned()];
        words.splice(0..0, ["python3".to_owned(), "-c".to_owned(), MEASURE.to_owned()]);
        words.extend(self.arguments(arguments));
        let done = self.as_nobody(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        let said = [done.stdout, done.stderr].concat();
        let at = said.windows(MARK.len()).rposition(|window| window == MARK).unwrap_or_else(|| {
            panic!("it was not measured: {}", String::from_utf8_lossy(&said));
        });
        let peak: u64 = String::from_utf8_lossy(&said[at + MARK.len()..]).trim().parse().unwrap();
        Ended { code: done.status.code(), said: said[..at].to_vec(), peak_mib: peak / 1024 }
    }

    /// Runs the program under strace: every call that names a file, or starts a program.
    pub(crate) fn traced(&self, arguments: &[&str]) -> String {
        let log = self.home.path().join("trace");
        fs::write(&log, "").unwrap();
        chown(&log, Some(NOBODY), Some(NOBODY)).unwrap();
        let mut words: Vec<String> =
            ["strace", "-f", "-qq", "-e", "trace=%file,execve,execveat", "-e", "signal=none", "-s", "300", "-o"]
                .map(str::to_owned)
                .to_vec();
        words.push(log.display().to_string());
        words.extend(self.arguments(arguments));
        let status = self.as_nobody(&words).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.code().is_some(), "strace: {status}");
        fs::read_to_string(log).unwrap()
    }

    /// Starts the program, for a host that never ends.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let said = fs::File::create(self.home.path().join("said")).unwrap();
        let mut command = self.as_nobody(&self.arguments(arguments));
        Running(command.stdout(said.try_clone().unwrap()).stderr(said).spawn().unwrap())
    }

    /// What was said so far by a program that was started.
    pub(crate) fn said(&self) -> Vec<u8> {
        fs::read(self.home.path().join("said")).unwrap()
    }

    /// The kinds of scripts that the host was sent until now.
    pub(crate) fn asked(&self) -> Vec<String> {
        let asked = fs::read_to_string(self.home.path().join("answers/asked")).unwrap_or_default();
        asked.lines().map(str::to_owned).collect()
    }

    /// Every path of the person's machine that the program could have touched, with its time and size.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, (i64, i64, u64, u32)> {
        let mut found = BTreeMap::new();
        collect(self.home.path(), &mut found);
        found
    }
}

/// Says how much memory a command had: a line of its own behind everything that the command said.
const MEASURE: &str = "import resource, subprocess, sys\n\
    code = subprocess.run(sys.argv[1:]).returncode\n\
    sys.stdout.flush(); sys.stderr.flush()\n\
    print('\\n==peak==', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\n\
    sys.exit(code if code >= 0 else 200 - code)";
const MARK: &[u8] = b"\n==peak==";

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, (i64, i64, u64, u32)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let facts = fs::symlink_metadata(entry.path()).unwrap();
        // Written by the test itself, and by the host.
        let ours = ["said", "trace", "asked"].iter().any(|name| entry.file_name() == *name);
        if !ours {
            found.insert(entry.path(), (facts.mtime(), facts.ctime(), facts.len(), facts.mode()));
        }
        if facts.is_dir() {
            collect(&entry.path(), found);
        }
    }
}

/// A program that runs until this value goes.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn is_over(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// How many bytes it has read until now (proc(5), rchar).
    pub(crate) fn heard(&self) -> u64 {
        let io = fs::read_to_string(format!("/proc/{}/io", self.0.id())).unwrap_or_default();
        let line = io.lines().find_map(|line| line.strip_prefix("rchar:")).unwrap_or_default();
        line.trim().parse().unwrap_or_default()
    }

    /// The most memory that it had until now, in MiB (proc(5), VmHWM).
    pub(crate) fn peak_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or_default() / 1024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It is gone when it cannot be ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
