//! The files that the package's scripts read as shell, read by a shell.

use crate::needs::have;
use crate::support;
use crate::tool::{folder, run, succeed, write};
use std::process::Command;
use vc4all_deploy::model::resource::Resource;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::render::Renderer;

#[test]
fn a_shell_finds_jicofos_variables_and_runs_nothing() {
    let (renderer, folder) = (Renderer::new().unwrap(), folder());
    for (name, deployment) in support::deployments() {
        let claims = support::claims(&renderer, &deployment, Release::Debian12);
        let file = folder.path().join(&name);
        write(&file, support::text(&claims, "/etc/jitsi/jicofo/config"));
        let script = r#". "$1"; printf '%s\n' "$JICOFO_HOSTNAME" "$JICOFO_AUTH_DOMAIN" "$JICOFO_AUTH_USER" "$JICOFO_AUTH_PASSWORD" "$JICOFO_MAX_MEMORY" "$JAVA_SYS_PROPS""#;
        let mut shell = Command::new("sh");
        shell.env_clear().args(["-eu", "-c", script, "sh"]).arg(&file);
        let (out, err, well) = run(&mut shell);
        assert!(well && err.is_empty(), "{name}: {err}");
        let host = deployment.domain.as_str();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[..4], [host, &format!("auth.{host}"), "focus", "__vc4all_secret_focus__"], "{name}");
        assert!(lines[4].ends_with('m') && lines[5].ends_with("-XX:-HeapDumpOnOutOfMemoryError"), "{name}: {lines:?}");
    }
}

#[test]
fn the_bridges_variables_are_the_same_to_a_shell_and_to_systemd() {
    let renderer = Renderer::new().unwrap();
    for (name, deployment) in support::deployments() {
        let claims = support::claims(&renderer, &deployment, Release::Debian12);
        let text = support::text(&claims, "/etc/jitsi/videobridge/config");
        // systemd knows neither `export` nor expansion; what has none of `$`, backtick and backslash reads the same.
        assert!(!text.contains(['$', '`', '\\']), "{name}");
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (variable, value) = line.split_once('=').unwrap();
            assert!(variable.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{name}: {variable}");
            let quoted = value.starts_with('"') && value.ends_with('"') && value.len() > 1;
            assert!(quoted || !value.contains([' ', '"', '\'']), "{name}: {value}");
        }
    }
}

#[test]
fn debconf_takes_every_answer() {
    if !have(&["debconf-set-selections"]) {
        return;
    }
    let (renderer, folder) = (Renderer::new().unwrap(), folder());
    for (name, deployment) in support::deployments() {
        let mut answers = String::new();
        for claim in support::claims(&renderer, &deployment, Release::Debian12) {
            let Resource::Package(package) = claim.resource else { continue };
            for answer in &package.preseed {
                let (owner, question) = (&answer.owner, &answer.question);
                answers += &format!("{owner} {question} {} {}\n", answer.kind, answer.answer.text());
            }
        }
        assert_eq!(answers.lines().count(), 9, "{name}: {answers}");
        let file = folder.path().join(&name);
        write(&file, &answers);
        succeed(Command::new("debconf-set-selections").arg("--checkonly").arg(&file));
    }
}

#[test]
fn logrotate_reads_every_rotation() {
    if !have(&["logrotate"]) {
        return;
    }
    let (renderer, folder) = (Renderer::new().unwrap(), folder());
    for (name, deployment) in support::deployments() {
        let days = deployment.retention.logs_days;
        for rotation in ["prosody", "jicofo", "jitsi-videobridge"] {
            let claims = support::claims(&renderer, &deployment, Release::Debian12);
            let text = support::text(&claims, &format!("/etc/logrotate.d/{rotation}"));
            assert!(text.contains(&format!("maxage {days}\n")), "{name}: {rotation}");
            // The daemons' users are those of a host, not of the machine that tests.
            let text: String = text
                .lines()
                .filter(|line| !line.trim().starts_with("su "))
                .map(|line| line.replace("create 640 prosody adm", "create 640 root root") + "\n")
                .collect();
            let file = folder.path().join(format!("{name}-{rotation}"));
            write(&file, &text);
            let (out, err, well) = run(Command::new("logrotate").arg("--debug").arg(&file));
            let lines = format!("{out}{err}");
            assert!(well && !lines.contains("error:"), "{name}: {rotation}: {lines}");
        }
    }
}
