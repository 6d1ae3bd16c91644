//! The drop-ins of the daemons' units, judged by systemd.

use crate::needs::have;
use crate::support;
use crate::tool::{folder, repository, run, write};
use std::fs;
use std::path::Path;
use std::process::Command;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::Renderer;

/// What systemd makes of an init script (systemd-sysv-generator(8)), as far as a drop-in can tell.
const JICOFO: &str = "[Unit]\nDescription=Jitsi conference focus\n[Service]\nType=forking\nExecStart=/bin/true\n";

#[test]
fn systemd_takes_every_drop_in() {
    if !have(&["systemd-analyze", "prosody", "turnserver"]) {
        return;
    }
    let renderer = Renderer::new().unwrap();
    let bridge =
        repository().join("tests/lab/packages/jitsi-videobridge2/root/lib/systemd/system/jitsi-videobridge2.service");
    let units = [
        ("prosody.service", fs::read_to_string(installed("prosody.service")).unwrap()),
        ("coturn.service", fs::read_to_string(installed("coturn.service")).unwrap()),
        ("jicofo.service", JICOFO.to_owned()),
        ("jitsi-videobridge2.service", fs::read_to_string(bridge).unwrap()),
    ];
    let (_, deployment) = support::deployments().swap_remove(0);
    let claims = support::claims(&renderer, &deployment, Release::Debian12);
    let folder = folder();
    for (unit, text) in &units {
        write(&folder.path().join(unit), text);
        let drop_in = format!("{unit}.d/vc4all.conf");
        write(&folder.path().join(&drop_in), support::text(&claims, &format!("/etc/systemd/system/{drop_in}")));
    }
    for (unit, _) in &units {
        let mut analyze = Command::new("systemd-analyze");
        let path = format!("{}:", folder.path().display());
        analyze.env("SYSTEMD_UNIT_PATH", path).args(["verify", "--man=no"]).arg(folder.path().join(unit));
        let (out, err, _) = run(&mut analyze);
        let about_us: Vec<&str> = out.lines().chain(err.lines()).filter(|line| line.contains("vc4all")).collect();
        let ours: Vec<&&str> = about_us.iter().filter(|line| line.contains("vc4all.conf")).collect();
        assert!(ours.is_empty(), "{unit}: {ours:?}");
        assert!(!err.contains("Failed to"), "{unit}: {err}");
    }
}

fn installed(unit: &str) -> std::path::PathBuf {
    let folders = ["/lib/systemd/system", "/usr/lib/systemd/system"];
    folders.iter().map(|folder| Path::new(folder).join(unit)).find(|file| file.exists()).unwrap()
}
