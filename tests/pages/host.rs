//! The firewall in a real kernel, logs through the real logrotate, and what apt and systemd make of their files.

use super::stage::*;
use std::fs;
use vc4all_deploy::model::deployment::{Deployment, Retention, SecurityUpdates, Updates};
use vc4all_deploy::model::resource::{Claim, Resource};
use vc4all_deploy::model::traits::Release;

const RULES: &str = "/etc/nftables.conf";

/// A script in network, mount and process namespaces of its own; its output.
fn alone(script: &str, arguments: &[&str]) -> String {
    let spaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-euc", script, "sh"];
    let output = run("unshare", &[spaces.as_slice(), arguments].concat());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_firewall_opens_exactly_the_declared_ports() {
    if !have_as_root(&["nft", "unshare", "ip", "python3"]) {
        return;
    }
    let claims = render(&deployment(), Release::Debian12).unwrap();
    let folder = open_folder();
    let rules = folder.path().join("nftables.conf");
    put(&rules, text(&claims, RULES));
    let probe = beside("ports.py");
    let output = alone(
        "ip link set lo up
        nft add table inet other
        nft -f \"$1\"
        nft -f \"$1\"
        nft list tables
        exec python3 \"$2\" \"$1\"",
        &[rules.to_str().unwrap(), probe.to_str().unwrap()],
    );
    let lines: Vec<_> = output.lines().collect();
    assert!(lines.contains(&"table inet other"), "somebody else's table is gone: {output}");
    assert_eq!(lines.iter().filter(|line| **line == "table inet vc4all").count(), 1);
    let line = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{output}"));
    for version in ["4", "6"] {
        assert_eq!(line(&format!("tcp{version} ")), "22 80 443 2222 5349");
        assert_eq!(line(&format!("udp{version} ")), "3478 10000 49160-49999");
        assert_eq!(line(&format!("ping{version} ")), "True");
    }
}

#[test]
fn stopping_the_firewall_leaves_the_tables_of_others() {
    let claims = render(&deployment(), Release::Debian12).unwrap();
    let drop_in = text(&claims, "/etc/systemd/system/nftables.service.d/vc4all.conf");
    let lines: Vec<_> = drop_in.lines().filter(|line| line.starts_with("ExecStop=")).collect();
    assert_eq!(lines, ["ExecStop=", "ExecStop=-/usr/sbin/nft delete table inet vc4all"]);
    assert!(!text(&claims, RULES).contains("flush ruleset"));
}

fn kept(days: u16) -> Vec<Claim> {
    render(&Deployment { retention: Retention { logs_days: days }, ..deployment() }, Release::Debian12).unwrap()
}

/// Turns a log day after day, also when nothing more is written, and returns after how many turns a line was gone.
fn turns_until_gone(days: u16) -> usize {
    let folder = open_folder();
    let log = folder.path().join("error.log");
    put(&log, "somebody\n");
    let rotation = text(&kept(days), "/etc/logrotate.d/nginx").replace("/var/log/nginx/*.log", log.to_str().unwrap());
    let rotation = rotation.replace("www-data adm", "root root");
    let (conf, state) = (folder.path().join("conf"), folder.path().join("state"));
    put(&conf, &rotation);
    for turn in 1..=usize::from(days) + 3 {
        run("logrotate", &["--force", "--state", state.to_str().unwrap(), conf.to_str().unwrap()]);
        let script = "cd \"$1\"; for f in error.log*; do case $f in *.gz) zcat \"$f\";; *) cat \"$f\";; esac; done | grep -c somebody || true";
        let left = run("sh", &["-c", script, "sh", folder.path().to_str().unwrap()]);
        if String::from_utf8_lossy(&left.stdout).trim() == "0" {
            return turn;
        }
    }
    usize::MAX
}

#[test]
fn no_line_outlives_the_days_of_the_statement() {
    if !have(&["logrotate"]) {
        return;
    }
    // A line waits at most a day for its first turn, so the last of N turns comes at most N days after it.
    for days in [1, 2, 7, 30] {
        assert_eq!(turns_until_gone(days), usize::from(days), "{days} days");
    }
}

#[test]
fn every_rotation_is_one_that_logrotate_understands() {
    if !have(&["logrotate"]) {
        return;
    }
    let claims = kept(7);
    let mut seen = 0;
    for file in files(&claims).filter(|file| file.path.as_str().starts_with("/etc/logrotate.d/")) {
        let folder = open_folder();
        let conf = folder.path().join("conf");
        put(&conf, &file.content.text().replace("/var/log", folder.path().to_str().unwrap()));
        let state = folder.path().join("state");
        let output = run("logrotate", &["--debug", "--state", state.to_str().unwrap(), conf.to_str().unwrap()]);
        let words = String::from_utf8_lossy(&output.stderr).to_lowercase();
        assert!(!words.contains("error:") && !words.contains("unknown"), "{}: {words}", file.path);
        for rule in ["daily", "rotate 6", "maxage 7", "ifempty", "missingok"] {
            assert!(file.content.text().lines().any(|line| line.trim() == rule), "{} lacks {rule}", file.path);
        }
        seen += 1;
    }
    assert_eq!(seen, 10);
}

#[test]
fn the_journal_keeps_no_entry_longer() {
    for days in [1, 2, 7, 90] {
        let claims = kept(days);
        let journal = text(&claims, "/etc/systemd/journald.conf.d/vc4all.conf");
        let hours = |key: &str| -> u32 {
            let value = journal.lines().find_map(|line| line.strip_prefix(key)).unwrap();
            value.trim_end_matches('h').parse().unwrap()
        };
        assert!(hours("MaxRetentionSec=") > 0, "nothing would mean for ever");
        assert_eq!(hours("MaxRetentionSec=") + hours("MaxFileSec="), u32::from(days) * 24);
        for code in ["nl", "en"] {
            let statement = text(&claims, &format!("/usr/local/share/vc4all/www/{code}/privacy.html"));
            let words = match (code, days) {
                ("nl", 1) => "1 dag".to_owned(),
                ("nl", _) => format!("{days} dagen"),
                (_, 1) => "1 day".to_owned(),
                _ => format!("{days} days"),
            };
            assert!(statement.contains(&words), "{code} does not say {words}");
        }
    }
}

#[test]
fn apt_takes_security_updates_alone() {
    if !have(&["apt-config"]) {
        return;
    }
    let dump = |updates: Updates, release| {
        let claims = render(&Deployment { updates, ..deployment() }, release).unwrap();
        let folder = open_folder();
        lay(&claims, folder.path());
        let base = "Unattended-Upgrade::Origins-Pattern { \"origin=Debian\"; };\nUnattended-Upgrade::Allowed-Origins { \"x:y\"; };\n";
        put(&folder.path().join("etc/apt/apt.conf.d/50unattended-upgrades"), base);
        let parts = folder.path().join("etc/apt/apt.conf.d");
        let main = folder.path().join("apt.conf");
        put(&main, &format!("Dir::Etc::parts \"{}\";\n", parts.display()));
        let output = std::process::Command::new("apt-config").arg("dump").env("APT_CONFIG", &main).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let automatic = deployment().updates;
    let debian = dump(automatic.clone(), Release::Debian12);
    assert!(debian.contains("APT::Periodic::Unattended-Upgrade \"1\";"), "{debian}");
    assert!(debian.contains("Unattended-Upgrade::Automatic-Reboot-Time \"04:05\";"));
    let origins: Vec<_> =
        debian.lines().filter(|line| line.contains("-Pattern::") || line.contains("Allowed-Origins::")).collect();
    assert_eq!(
        origins,
        [
            "Unattended-Upgrade::Origins-Pattern:: \"origin=Debian,codename=${distro_codename}-security,label=Debian-Security\";"
        ]
    );
    assert!(dump(automatic, Release::Ubuntu2404).contains("origin=Ubuntu,archive=${distro_codename}-security"));
    let never = dump(Updates { security: SecurityUpdates::Automatic, reboot_window: None }, Release::Debian13);
    assert!(never.contains("Unattended-Upgrade::Automatic-Reboot \"false\";"), "{never}");
    let manual = dump(Updates { security: SecurityUpdates::Manual, reboot_window: None }, Release::Debian12);
    assert!(
        manual.contains("APT::Periodic::Unattended-Upgrade \"0\";") && manual.contains("Update-Package-Lists \"1\";")
    );
}

#[test]
fn no_path_is_wanted_twice() {
    let claims = render(&deployment(), Release::Debian12).unwrap();
    let mut paths: Vec<_> = claims
        .iter()
        .filter_map(|claim| match &claim.resource {
            Resource::Directory(folder) => Some(folder.path.as_str()),
            Resource::File(file) => Some(file.path.as_str()),
            Resource::Link(link) => Some(link.path.as_str()),
            Resource::Absent(absent) => Some(absent.path.as_str()),
            _ => None,
        })
        .collect();
    paths.sort_unstable();
    let twice: Vec<_> = paths.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]).collect();
    assert!(twice.is_empty(), "wanted twice: {twice:?}");
    assert!(paths.contains(&"/etc/nginx/sites-enabled/default"));
}

#[test]
fn kernel_settings_are_ones_that_the_kernel_has() {
    let claims = render(&deployment(), Release::Debian12).unwrap();
    let settings = text(&claims, "/etc/sysctl.d/90-vc4all.conf");
    let mut seen = 0;
    for line in settings.lines().filter(|line| line.contains(" = ")) {
        let (key, value) = line.strip_prefix('-').unwrap().split_once(" = ").unwrap();
        let entry = fs::metadata(format!("/proc/sys/{}", key.replace('.', "/")));
        // A kernel may be built without Yama; every other key is in each one.
        assert!(entry.is_ok_and(|entry| entry.is_file()) || key.starts_with("kernel.yama."), "{key}");
        assert!(!value.is_empty());
        seen += 1;
    }
    assert!(seen > 25);
}
