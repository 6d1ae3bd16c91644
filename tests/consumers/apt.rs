//! The apt source and its preferences, read by apt itself from a root of their own.

use crate::needs::have;
use crate::support;
use crate::tool::{folder, succeed, write};
use std::path::Path;
use std::process::Command;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::Renderer;

/// An index of upstream's server that offers more than it should.
const OFFERED: [&str; 6] =
    ["jicofo", "jitsi-meet-prosody", "jitsi-meet-web", "jitsi-videobridge2", "jitsi-meet-turnserver", "openssl"];

fn apt(tool: &str, root: &Path) -> Command {
    let mut command = Command::new(tool);
    for (key, value) in [
        ("Dir", root.display().to_string()),
        ("Dir::State", "state".to_owned()),
        ("Dir::State::status", root.join("status").display().to_string()),
        ("Dir::Cache", "cache".to_owned()),
        ("Dir::Etc", "etc/apt".to_owned()),
        ("APT::Architecture", "amd64".to_owned()),
    ] {
        command.arg("-o").arg(format!("{key}={value}"));
    }
    command
}

fn prepare(root: &Path, claims: &[vc4all_deploy::model::resource::Claim]) {
    for file in support::files(claims) {
        if file.path.as_str().starts_with("/etc/apt/") {
            write(&root.join(&file.path.as_str()[1..]), file.content.text());
        }
    }
    write(&root.join("status"), "");
    for folder in ["state/lists/partial", "cache/archives/partial"] {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
}

#[test]
fn apt_reads_the_source() {
    if !have(&["apt-get"]) {
        return;
    }
    let renderer = Renderer::new().unwrap();
    for (name, deployment) in support::deployments() {
        let root = folder();
        let claims = support::claims(&renderer, &deployment, Release::Debian12);
        prepare(root.path(), &claims);
        let out = succeed(apt("apt-get", root.path()).args(["update", "--print-uris"]));
        let base = deployment.packages.jitsi.as_str().trim_end_matches('/');
        let wanted = format!("'{base}/{}/InRelease' ", deployment.packages.suite);
        assert!(out.starts_with(&wanted), "{name}: {out}");
    }
}

#[test]
fn upstreams_server_gives_four_packages_and_no_other() {
    if !have(&["apt-cache"]) {
        return;
    }
    let renderer = Renderer::new().unwrap();
    let (_, deployment) = support::deployments()
        .into_iter()
        .find(|(_, deployment)| deployment.packages.jitsi.authority() == "download.jitsi.org")
        .unwrap();
    let root = folder();
    prepare(root.path(), &support::claims(&renderer, &deployment, Release::Debian12));
    let index: String = OFFERED
        .map(|name| {
            format!(
                "Package: {name}\nVersion: 99\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nFilename: stable/{name}.deb\nSize: 1\nSHA256: {}\nDescription: none\n\n",
                "0".repeat(64)
            )
        })
        .concat();
    write(&root.path().join("state/lists/download.jitsi.org_stable_Packages"), &index);
    for name in OFFERED {
        let out = succeed(apt("apt-cache", root.path()).args(["policy", name]));
        let candidate = out.lines().find_map(|line| line.trim().strip_prefix("Candidate: ")).unwrap_or("no answer");
        let wanted = if name == "openssl" || name.ends_with("turnserver") { "(none)" } else { "99" };
        assert_eq!(candidate, wanted, "{name}: {out}");
    }
}
