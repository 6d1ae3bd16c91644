//! From a login that is not root's to root's rights, with the real `sudo`.
//!
//! The server runs in a mount namespace of its own, where copies of `/etc/passwd` and its like name four more users; the
//! machine itself gets none.

use crate::server::{Scripted, Server, order, refusal, sshd};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use vc4all_deploy::remote::ssh::connect;
use vc4all_deploy::remote::{ErrorKind, Nobody, Remote, Target};

const PASSWORD: &str = "wacht woord";

/// `openssl passwd -6 -salt vc4all 'wacht woord'`.
const HASH: &str = "$6$vc4all$03ulUL5AGgdKQXCKAVsV2R54aNEJkchkOWGPVnEME6lwqWdZN1QuJLZEr0OXXRHpk6OLZudqwYclOAxBTkWMe/";

const SUDOERS: &str = "Defaults env_reset, use_pty\nroot ALL=(ALL:ALL) ALL\nbeheer ALL=(ALL:ALL) ALL\n\
                       vrij ALL=(ALL:ALL) NOPASSWD: ALL\nenig ALL=(ALL:ALL) NOPASSWD: /usr/bin/true\n";

const ENTER: &str = "set -e
for name in passwd shadow group sudoers; do mount --bind \"$0/$name\" \"/etc/$name\"; done
mount -t tmpfs none /var/lib/sudo
mkdir -p /run/sudo && mount -t tmpfs none /run/sudo
exec \"$@\"
";

/// A server whose users are `beheer` (sudo with a password), `vrij` (sudo without), `niemand` (no sudo), `dicht` (no shell).
struct Users {
    server: Server,
    _etc: TempDir,
}

impl Users {
    fn start(enter: &str) -> Option<Self> {
        let sshd = sshd()?;
        if !Path::new("/usr/bin/sudo").exists() {
            assert!(std::env::var_os("CI").is_none(), "CI must have sudo");
            let _ = writeln!(std::io::stderr(), "skipped: sudo, because this machine has none");
            return None;
        }
        let etc = TempDir::with_prefix("sudo-").unwrap();
        let mut texts = ["passwd", "shadow", "group"].map(|name| fs::read_to_string(format!("/etc/{name}")).unwrap());
        let users = [("beheer", "bash"), ("vrij", "sh"), ("niemand", "bash"), ("enig", "sh"), ("dicht", "false")];
        for (number, (user, shell)) in (61_000..).zip(users) {
            texts[0] += &format!("{user}:x:{number}:{number}::/:/bin/{shell}\n");
            texts[1] += &format!("{user}:{HASH}:19000:0:99999:7:::\n");
            texts[2] += &format!("{user}:x:{number}:\n");
        }
        for (name, text) in ["passwd", "shadow", "group"].iter().zip(&texts) {
            fs::write(etc.path().join(name), text).unwrap();
        }
        fs::write(etc.path().join("sudoers"), SUDOERS).unwrap();
        for (name, mode) in [("passwd", "644"), ("shadow", "600"), ("group", "644"), ("sudoers", "440")] {
            assert!(Command::new("chmod").arg(mode).arg(etc.path().join(name)).status().unwrap().success());
        }
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", enter]).arg(etc.path()).arg(sshd);
        let server = Server::start_by(command, "");
        server.write_known("host_ed25519");
        Some(Self { server, _etc: etc })
    }

    fn target(&self, user: &str) -> Target {
        self.server.target("127.0.0.1", &format!("User {user}"))
    }
}

#[test]
fn sudo_without_a_password_asks_nothing() {
    let Some(users) = Users::start(ENTER) else { return };
    let mut ssh = connect(&users.target("vrij"), &mut Nobody).unwrap();
    let answer = ssh.run(&order("id -u; cat; exit 9", b"input")).unwrap();
    assert_eq!((answer.code, answer.stdout.as_slice()), (9, &b"0\ninput"[..]));
}

#[test]
fn sudo_with_a_password_asks_once_and_keeps_it_to_itself() {
    let Some(users) = Users::start(ENTER) else { return };
    let mut people = Scripted::with_words(&["wrong", PASSWORD]);
    let mut ssh = connect(&users.target("beheer"), &mut people).unwrap();
    assert_eq!(people.asked, ["beheer on 127.0.0.1", "beheer on 127.0.0.1"]);
    let input: Vec<u8> = (0..2_000_000_u32).map(|n| (n ^ (n >> 8)) as u8).collect();
    let answer = ssh.run(&order("id -u >&2; cat", &input)).unwrap();
    assert!(answer.stdout == input);
    assert_eq!((answer.code, answer.stderr.as_str()), (0, "0\n"));
    let spy = "tr '\\0' '\\n' </proc/$PPID/cmdline >/dev/null; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' ' ' | grep -c 'wacht woor[d]'; \
               read -r first; echo \"$first\"";
    assert_eq!(ssh.run(&order(spy, b"mine\n")).unwrap().stdout, b"0\nmine\n");
    let mut lines = Vec::new();
    ssh.follow(&order("id -un; echo end", b""), &mut |line| lines.push(line.to_owned())).unwrap();
    assert_eq!(lines, ["root", "end"]);
    let answer = ssh.another().unwrap().run(&order("id -u", b"")).unwrap();
    assert_eq!(answer.stdout, b"0\n");
}

#[test]
fn who_may_not_use_sudo_is_told_what_to_do() {
    let Some(users) = Users::start(ENTER) else { return };
    let error = refusal(&users.target("niemand"), &mut Scripted::with_words(&[PASSWORD, PASSWORD, PASSWORD]));
    assert!(error.kind == ErrorKind::NotRoot && error.help.contains("adduser niemand sudo"), "{error}");
    let error = refusal(&users.target("beheer"), &mut Nobody);
    assert!(error.kind == ErrorKind::NotRoot && error.cause.contains("nobody is there to type"), "{error}");
    let error = refusal(&users.target("dicht"), &mut Nobody);
    assert!(error.kind == ErrorKind::BadAnswer && error.help.contains("dicht has a login shell"), "{error}");
    let error = refusal(&users.target("enig"), &mut Scripted::with_words(&[PASSWORD]));
    assert_eq!(error.kind, ErrorKind::NotRoot, "{error}");
}

#[test]
fn a_host_without_sudo_is_told_apart() {
    let Some(users) = Users::start(&ENTER.replace("exec", "mount --bind /dev/null /usr/bin/sudo\nexec")) else {
        return;
    };
    let error = refusal(&users.target("beheer"), &mut Nobody);
    assert!(error.kind == ErrorKind::NotRoot && error.cause.contains("the host has no sudo"), "{error}");
}
