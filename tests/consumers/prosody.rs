//! Prosody's files, judged by `prosodyctl` and loaded by a real Prosody with the stand-ins of Jitsi's plugins.

use crate::needs::have;
use crate::root::is_root;
use crate::support;
use crate::tool::{folder, repository, run, succeed, with_secrets, write};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use vc4all_deploy::model::deployment::Deployment;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::Renderer;

/// The release whose Prosody this machine has, as far as its main file goes.
fn release() -> Release {
    let (about, _, _) = run(Command::new("prosodyctl").arg("about"));
    if about.contains("Prosody 13") { Release::Debian13 } else { Release::Debian12 }
}

/// Lays the rendered files below `root` and lets every path in them begin there.
fn lay_down(root: &Path, deployment: &Deployment) {
    let renderer = Renderer::new().unwrap();
    let claims = support::claims(&renderer, deployment, release());
    let stand_ins = repository().join("tests/lab/packages/jitsi-meet-prosody/plugins");
    let moved = |text: &str| {
        with_secrets(text)
            .replace("/usr/share/jitsi-meet/prosody-plugins", stand_ins.to_str().unwrap())
            .replace("/usr/local/lib/vc4all/prosody", &format!("{}/plugins", root.display()))
            .replace("\"/etc/prosody", &format!("\"{}/prosody", root.display()))
            .replace("\"/var/log/prosody", &format!("\"{}/log", root.display()))
            .replace("\"/run/prosody", &format!("\"{}", root.display()))
    };
    for file in support::files(&claims) {
        let path = file.path.as_str();
        if let Some(name) = path.strip_prefix("/etc/prosody/") {
            write(&root.join("prosody").join(name), &moved(file.content.text()));
        } else if let Some(name) = path.strip_prefix("/usr/local/lib/vc4all/prosody/") {
            write(&root.join("plugins").join(name), file.content.text());
        }
    }
    let main = root.join("prosody/prosody.cfg.lua");
    let data = format!("data_path = \"{}/data\"\n{}", root.display(), fs::read_to_string(&main).unwrap());
    write(&main, &data);
    for name in ["prosody/conf.d", "prosody/certs", "data", "log"] {
        fs::create_dir_all(root.join(name)).unwrap();
    }
    // prosodyctl asks as the user prosody whether the log can be written.
    fs::set_permissions(root.join("log"), fs::Permissions::from_mode(0o777)).unwrap();
    let host = deployment.domain.as_str();
    let file = format!("{host}.cfg.lua");
    std::os::unix::fs::symlink(format!("../conf.avail/{file}"), root.join("prosody/conf.d").join(&file)).unwrap();
    make_pairs(&root.join("prosody/certs"), host);
}

fn make_pairs(folder: &Path, host: &str) {
    for name in [host.to_owned(), format!("auth.{host}")] {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(folder).args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        openssl
            .args(["-nodes", "-days", "2", "-subj", "/CN=internal", "-addext"])
            .arg(format!("subjectAltName=DNS:{name}"));
        succeed(openssl.arg("-keyout").arg(format!("{name}.key")).arg("-out").arg(format!("{name}.crt")));
    }
}

#[test]
fn prosodyctl_finds_nothing_to_say() {
    if !have(&["prosodyctl", "openssl"]) {
        return;
    }
    for (name, deployment) in support::deployments() {
        let folder = folder();
        lay_down(folder.path(), &deployment);
        let mut check = Command::new("prosodyctl");
        check.arg("--config").arg(folder.path().join("prosody/prosody.cfg.lua")).args(["check", "config"]);
        let (out, err, well) = run(&mut check);
        assert!(well && out.contains("All checks passed"), "{name}: {out}{err}");
    }
}

/// Starts Prosody in a network of its own, waits for its ports, makes the accounts, and stops it.
const START: &str = r#"
set -eu
cd "$1"; host=$2; config=$1/prosody/prosody.cfg.lua
chown -R prosody: . && ip link set lo up
ctl() { prosodyctl --config "$config" "$@"; }
printf 'Secret\nSecret\n' | ctl adduser "focus@auth.$host" > /dev/null
ctl mod_roster_command subscribe "focus.$host" "focus@auth.$host" > /dev/null
LUA_PATH_5_4="/usr/share/lua/5.2/?.lua;/usr/share/lua/5.3/?.lua;;" setpriv --reuid=prosody --regid=prosody --clear-groups \
  prosody --config "$config" -F > "$1/out" 2>&1 &
daemon=$!
tries=0
until [ "$(ss -Hltn | grep -c -E '(127.0.0.1|\[::1\]):(5222|5280) ')" = 4 ]; do
  tries=$((tries + 1)); [ $tries -lt 150 ] || { cat "$1/out" "$1/log/"* >&2; exit 1; }
  sleep 0.1
done
echo "listeners $(ss -Hltun | wc -l)"
kill $daemon; wait $daemon || true
find data -type f | sort
sed 's/^/log: /' log/*
"#;

#[test]
fn a_real_prosody_loads_every_module_and_listens_to_this_machine_alone() {
    if !have(&["prosody", "openssl", "unshare", "ip", "ss", "setpriv"]) || !is_root() {
        return;
    }
    for (name, deployment) in support::deployments().into_iter().take(2) {
        let folder = folder();
        lay_down(folder.path(), &deployment);
        let host = deployment.domain.as_str();
        let mut start = Command::new("unshare");
        start.args(["--net", "sh", "-c", START, "sh"]).arg(folder.path()).arg(host);
        let out = succeed(&mut start);
        assert!(out.contains("listeners 4\n"), "{name}: something else listens: {out}");
        assert!(!out.contains("log: ") || !out.contains("\terror\t"), "{name}: {out}");
        let kept: Vec<&str> = out.lines().filter(|line| line.starts_with("data/")).collect();
        let folder = format!("data/auth%2e{}", host.replace('.', "%2e").replace('-', "%2d"));
        let wanted = [format!("{folder}/accounts/focus.dat"), format!("{folder}/roster/focus.dat")];
        assert_eq!(kept, wanted, "{name}: something else is kept on disk");
    }
}
