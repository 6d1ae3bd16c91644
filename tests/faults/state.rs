//! How a host stands: every path that a run could have changed, every unit, the packages, and what is in force.

use crate::lab::Host;
use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// A name, and what was seen there; secrets do not stand in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// The number of the generation in force.
    pub(crate) generation: u32,
    pub(crate) seen: BTreeMap<String, String>,
    /// What must not be there when nobody is at work.
    pub(crate) left: BTreeSet<String>,
    /// Installed packages, and those that are half installed.
    pub(crate) packages: BTreeSet<String>,
}

/// Where everything is looked at.
const PLACES: [&str; 7] = [
    "etc",
    "usr/local",
    "usr/share/jitsi-meet",
    "var/www",
    "var/lib/vc4all-door",
    "var/lib/vc4all/tls",
    "var/lib/vc4all/accounts",
];

/// What is made anew by whoever makes it, so that only its owner and rights can be compared: keys and certificates, what
/// packages gather from other files, what the system writes for itself, and what names the authority: each run has its own.
const OWN_CONTENT: [&str; 15] = [
    "etc/vc4all/renewal.json",
    "etc/ssl/private",
    "var/lib/vc4all/accounts",
    "etc/ssl/certs",
    "etc/prosody/certs",
    "etc/ld.so.cache",
    "etc/vc4all/secrets",
    "etc/passwd",
    "etc/group",
    "etc/shadow",
    "etc/gshadow",
    "etc/resolv.conf",
    "var/lib/vc4all/tls",
    "etc/ca-certificates.conf",
    "etc/mailcap",
];

/// What changes by itself, or is nobody's.
const NOT_OURS: [&str; 6] =
    ["etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/.pwd.lock", "etc/subuid-"];

impl State {
    pub(crate) fn of(host: &Host) -> Result<Self> {
        let told = host.run(LOOK).context("look at the state")?;
        let mut state = Self::default();
        let tree = host.tree();
        let secrets = secrets(&tree);
        for place in PLACES {
            state.walk(&tree, &tree.join(place), &secrets);
        }
        for line in told.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "generation" => state.generation = rest.parse().context("the generation is no number")?,
                "left" => _ = state.left.insert(rest.to_owned()),
                "package" => _ = state.packages.insert(rest.to_owned()),
                _ => {
                    let (name, value) = line.split_once(" = ").unwrap_or((line, ""));
                    state.seen.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        Ok(state)
    }

    fn walk(&mut self, tree: &Path, path: &Path, secrets: &[String]) {
        let Ok(about) = fs::symlink_metadata(path) else { return };
        let Ok(name) = path.strip_prefix(tree).map(|name| name.to_string_lossy().into_owned()) else { return };
        if NOT_OURS.contains(&name.as_str()) {
            return;
        }
        if name.contains(".vc4all-") {
            self.left.insert(format!("/{name}"));
        }
        let access = format!("{:o} {}:{}", about.mode() & 0o7777, about.uid(), about.gid());
        let kind = about.file_type();
        let own = OWN_CONTENT.iter().any(|own| name == *own || name.starts_with(&format!("{own}/")));
        let seen = if kind.is_dir() {
            for entry in fs::read_dir(path).into_iter().flatten().flatten() {
                self.walk(tree, &entry.path(), secrets);
            }
            format!("folder {access}")
        } else if kind.is_symlink() {
            let target = fs::read_link(path).unwrap_or_default();
            if own { "link".to_owned() } else { format!("link to {}", target.display()) }
        } else if kind.is_file() {
            let content = if own { String::new() } else { digest(path, secrets) };
            format!("file {access} {content}")
        } else {
            format!("other {access} {}", kind.is_socket())
        };
        // The folder of a pair is named by its serial.
        if !name.starts_with("var/lib/vc4all/tls/pairs/") {
            self.seen.insert(format!("/{name}"), seen);
        }
    }

    /// What differs, in lines; a path that a package brought which only one of them has does not count.
    pub(crate) fn differs(&self, other: &Self, tolerated: &BTreeSet<String>) -> Vec<String> {
        let names: BTreeSet<&String> = self.seen.keys().chain(other.seen.keys()).collect();
        let differ = names.into_iter().filter(|name| self.seen.get(*name) != other.seen.get(*name));
        let nothing = "nothing".to_owned();
        let line = |name: &String| {
            let show = |state: &Self| state.seen.get(name).unwrap_or(&nothing).clone();
            format!("{name}: wanted {}, found {}", show(self), show(other))
        };
        differ.filter(|name| !tolerated.contains(*name)).map(line).collect()
    }
}

/// The secrets of a host, as they stand on its disk.
pub(crate) fn secrets(tree: &Path) -> Vec<String> {
    let files = fs::read_dir(tree.join("etc/vc4all/secrets")).into_iter().flatten().flatten();
    let text = files.filter_map(|file| fs::read_to_string(file.path()).ok());
    text.map(|text| text.trim().to_owned()).filter(|text| text.len() >= 16).collect()
}

fn digest(path: &Path, secrets: &[String]) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    for secret in secrets {
        if text.contains(secret.as_str()) {
            text = text.replace(secret.as_str(), "SECRET");
        }
    }
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What a look at the files does not tell. Counters and handles of the rules in force are nobody's decision.
const LOOK: &str = r#"
state=/var/lib/vc4all
echo "generation $(basename "$(readlink $state/current 2> /dev/null || echo 0)")"
dpkg-query -W -f 'package ${Package} ${Version} ${db:Status-Status}\n'
echo "held = $(apt-mark showhold | tr '\n' ' ')"
dpkg --audit | sed 's/^/left dpkg: /'
ls -A /var/lib/dpkg/updates | sed 's/^/left dpkg update: /'
for path in $state/lock /usr/sbin/policy-rc.d $state/run/*/data $state/run/*/new $state/run/*/stage \
    $state/run/*/old $state/run/*/room $state/try $state/run/*/answers $state/run/*/gnupg /etc/vc4all/secrets/*.new; do
    [ ! -e $path ] || echo "left $path"
done
systemctl list-units --all --plain --no-legend 'vc4all-*' | awk '{ print $1, $3 }' | while read -r unit active; do
    # A unit without a file that systemd still remembers is none.
    case $unit.$active in
        *.inactive) ;;
        vc4all-apply-* | vc4all-recover-* | vc4all-revert-*) echo "left unit $unit $active" ;;
    esac
done
systemctl list-timers --all --no-legend 'vc4all-re[cv]*' | sed 's/^/left timer /'
systemctl list-units --failed --plain --no-legend | awk '{ print "left failed", $1 }'
for unit in prosody jicofo jitsi-videobridge2 coturn nginx vc4all-door nftables systemd-journald systemd-timesyncd \
    unattended-upgrades; do
    echo "unit $unit.service = $(systemctl is-enabled $unit.service 2> /dev/null) $(systemctl is-active $unit.service)"
done
for unit in vc4all-door.socket vc4all-renew.timer logrotate.timer apt-daily.timer; do
    echo "unit $unit = $(systemctl is-enabled $unit 2> /dev/null) $(systemctl is-active $unit)"
done
if command -v nft > /dev/null; then nft -s -t list ruleset | awk '{ printf "rule %03d = %s\n", NR, $0 }'; fi
"#;

/// Waits until nobody is at work on the host any more, neither of us nor to recover.
pub(crate) fn come_to_rest(host: &Host) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(200);
    loop {
        let busy = host.run(BUSY)?;
        if busy.trim().is_empty() {
            return Ok(());
        }
        anyhow::ensure!(Instant::now() < deadline, "the host does not come to rest by itself: {}", busy.trim());
        std::thread::sleep(Duration::from_millis(200));
    }
}

const BUSY: &str = "systemctl list-units --plain --no-legend --state=active,activating,deactivating 'vc4all-apply-*' 'vc4all-recover-*' 'vc4all-revert-*' | awk '{ print $1 }'
[ ! -e /var/lib/vc4all/lock ] || echo lock
systemctl list-jobs --no-legend";
