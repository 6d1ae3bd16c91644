//! Files of the operator's own: taken, refused, shown, and judged by the egress policy, as a person runs the program.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const CONFIG: &str = "etc/jitsi/meet/vergaderen.voorbeeldstad.nl-config.js";
const JICOFO: &str = "etc/jitsi/jicofo/jicofo.conf";
const TURN: &str = "etc/turnserver.conf";

/// An inventory with a folder of overrides beside it.
struct Desk(TempDir);

/// What the program said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn with(files: &[(&str, &str)]) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let example =
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories/example.yml")).unwrap();
        let inventory = example.replace("#overrides: overrides", "overrides: overrides");
        assert_ne!(inventory, example);
        fs::write(desk.at("host.yml"), inventory).unwrap();
        fs::create_dir(desk.at("overrides")).unwrap();
        for (path, text) in files {
            desk.put(path, text.as_bytes());
        }
        desk
    }

    fn at(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.at("overrides").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let program = env!("CARGO_BIN_EXE_vc4all-deploy");
        let output = Command::new(program).current_dir(self.0.path()).args(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Said { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    fn dry_run(&self) -> Said {
        self.run(&["up", "host.yml", "--dry-run", "--output", "review"])
    }

    /// What the program says where it must refuse; the desk's own folder is cut off the paths.
    fn refusal(&self) -> String {
        let said = self.dry_run();
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{}", said.err);
        assert!(!self.at("review").exists());
        let folder = format!("{}/", self.0.path().display());
        said.err.replace(&folder, "")
    }

    fn rendered(&self, path: &str) -> String {
        let said = self.dry_run();
        assert_eq!(said.code, 0, "{}", said.err);
        fs::read_to_string(self.at("review").join(path)).unwrap()
    }
}

#[test]
fn a_file_replaces_ours_whole_and_the_plan_says_so() {
    let desk = Desk::with(&[(CONFIG, "var config = { defaultLanguage: 'nl' };")]);
    assert_eq!(desk.rendered(CONFIG), "var config = { defaultLanguage: 'nl' };\n");
    fs::remove_dir_all(desk.at("review")).unwrap();
    let plan = desk.dry_run().out;
    let line = plan.lines().find(|line| line.contains(CONFIG)).unwrap();
    assert!(line.contains("new, 1 line, replaced by an override"), "{line}");
    assert!(line.contains("0644 root:root"), "{line}");
    assert_eq!(plan.matches("override").count(), 1, "{plan}");
}

#[test]
fn a_file_is_added_to_ours_and_may_use_its_secrets() {
    let desk = Desk::with(&[(&format!("{TURN}.added"), "max-bps=1000000\n# __vc4all_secret_turn__\n")]);
    let text = desk.rendered(TURN);
    assert!(text.ends_with("log-file=/dev/null\nmax-bps=1000000\n# __vc4all_secret_turn__\n"), "{text}");
    fs::remove_dir_all(desk.at("review")).unwrap();
    assert!(desk.dry_run().out.contains(", with an override added"));
}

#[test]
fn strangers_are_refused_at_their_place_in_the_operators_own_file() {
    let desk = Desk::with(&[
        (
            CONFIG,
            "var config = {\n  p2p: { stunServers: [{ urls: 'stun:meet-jit-si-turnrelay.jitsi.net:443' }] },\n  gravatar: { baseUrl: 'https://www.gravatar.com/avatar/' },\n};\n",
        ),
        (&format!("{JICOFO}.added"), "# ours\nx = \"https://api.callstats.io/\"\n"),
    ]);
    let said = desk.refusal();
    for expected in [
        format!("overrides/{CONFIG}:2:38: `meet-jit-si-turnrelay.jitsi.net` is a STUN or TURN server of somebody else"),
        "belongs under `media.stun`".to_owned(),
        format!("overrides/{CONFIG}:3:33: `www.gravatar.com` is an avatar service"),
        format!("overrides/{JICOFO}.added:2:14: `api.callstats.io` is an analytics service"),
        "3 foreign names that the egress policy refuses; nothing was done\n".to_owned(),
    ] {
        assert!(said.contains(&expected), "{expected}\n{said}");
    }
    for verb in [&["render", "host.yml", "--output", "review"][..], &["plan", "host.yml"], &["up", "host.yml", "--yes"]]
    {
        // The last two would have to reach the host, and must not get that far.
        let said = desk.run(verb);
        assert_eq!(said.code, 1, "{}", said.err);
        assert!(said.err.contains("3 foreign names"), "{verb:?}: {}", said.err);
    }
}

#[test]
fn what_cannot_be_taken_is_told_all_at_once() {
    let desk = Desk::with(&[
        ("etc/jitsi/meet/vergaderen.voorbeeldstad.nl-confg.js", "x"),
        ("etc/passwd", "root::0:0::/:/bin/sh\n"),
        ("usr/local/lib/vc4all/bin/vc4all-agent", "x"),
        (CONFIG, "x = '__vc4all_secret_turn__';"),
        (TURN, "static-auth-secret=__vc4all_secret_turn__\nx=__vc4all_secret_focus__\ny=__vc4all_secret_\n"),
        (&format!("{TURN}.added"), "a\n"),
        (JICOFO, " \n"),
        ("etc/vc4all/door.json.added", "{}"),
        ("etc/vc4all/a b", "x"),
    ]);
    desk.put("etc/nftables.conf", b"\xff\xfe");
    desk.put("etc/nginx/nginx.conf", b"a\r\nb");
    desk.put("etc/sysctl.d/90-vc4all.conf", b"a\x1b[31m");
    desk.put("etc/logrotate.d/nginx", &vec![b'x'; 300 * 1024]);
    symlink("/etc/passwd", desk.at("overrides/etc/logrotate.d").join("prosody")).unwrap();
    symlink("/etc", desk.at("overrides/usr/share")).unwrap();
    let first = desk.refusal();
    for expected in [
        "overrides/etc/vc4all/a b: has a name that no file of ours has",
        "overrides/etc/nftables.conf: is no UTF-8 text",
        "overrides/etc/nginx/nginx.conf: has line ends of another system",
        "overrides/etc/sysctl.d/90-vc4all.conf: holds control characters",
        "overrides/etc/logrotate.d/nginx: is larger than 262144 bytes",
        "overrides/etc/logrotate.d/prosody: is a symbolic link",
        "overrides/usr/share: is a symbolic link",
        "7 mistakes in the overrides",
    ] {
        assert!(first.contains(expected), "{expected}\n{first}");
    }
    for path in [
        "etc/vc4all/a b",
        "etc/nftables.conf",
        "etc/nginx/nginx.conf",
        "etc/sysctl.d/90-vc4all.conf",
        "etc/logrotate.d/nginx",
        "etc/logrotate.d/prosody",
        "usr/share",
    ] {
        fs::remove_file(desk.at("overrides").join(path)).unwrap();
    }
    let second = desk.refusal();
    for expected in [
        "-confg.js is no file of ours\n  help: did you mean `etc/jitsi/meet/vergaderen.voorbeeldstad.nl-config.js`?",
        "overrides/etc/passwd: /etc/passwd is no file of ours\n  help: only files that `vc4all-deploy render` writes",
        "/usr/local/lib/vc4all/bin/vc4all-agent is no file of ours",
        "-config.js:1: asks for the secret `turn`, which our own text of this file does not hold\n  help: take it out",
        "overrides/etc/turnserver.conf:2: asks for the secret `focus`",
        "help: this file may hold __vc4all_secret_turn__",
        "overrides/etc/turnserver.conf:3: begins the mark of a secret and does not end it",
        "overrides/etc/turnserver.conf.added: changes /etc/turnserver.conf, and so does",
        "overrides/etc/jitsi/jicofo/jicofo.conf: is empty",
        "overrides/etc/vc4all/door.json.added: would stand behind the end of a JSON document",
        "9 mistakes in the overrides",
    ] {
        assert!(second.contains(expected), "{expected}\n{second}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_mistake() {
    let desk = Desk::with(&[]);
    fs::remove_dir(desk.at("overrides")).unwrap();
    assert!(desk.refusal().contains("overrides: cannot be read: No such file"));
    fs::write(desk.at("overrides"), "").unwrap();
    assert!(desk.refusal().contains("overrides: is no folder"));
}

#[test]
fn an_empty_folder_changes_nothing_and_no_verb_minds_it() {
    let desk = Desk::with(&[]);
    assert_eq!(desk.dry_run().code, 0);
    let said = desk.run(&["papers", "egress", "host.yml", "--markdown"]);
    assert!(said.code == 0 && said.out.starts_with("# Whom vergaderen.voorbeeldstad.nl asks\n"), "{}", said.err);
    let said = desk.run(&["papers", "egress", "host.yml", "--json"]);
    assert!(said.out.contains("\"asker\": \"browser\""), "{}", said.out);
}
