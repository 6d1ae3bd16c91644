//! Hosts that `tests/lab/lab` boots, and what is asked of them from within.

use anyhow::{Context as _, Result, ensure};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    Bookworm,
    Trixie,
}

impl Release {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bookworm => "bookworm",
            Self::Trixie => "trixie",
        }
    }

    pub(crate) fn number(self) -> &'static str {
        match self {
            Self::Bookworm => "12",
            Self::Trixie => "13",
        }
    }
}

/// The lab of this checkout, or the one that `LAB_DIR` names.
pub(crate) struct Lab {
    pub(crate) folder: PathBuf,
}

/// Somebody else's apt: a real lock of the kind that apt takes.
pub(crate) const OTHER_APT: &str = r#"cat > /root/other-apt.pl << 'END'
use Fcntl;
$0 = "other-apt";
open(my $lock, "+<", "/var/lib/dpkg/lock-frontend") or die $!;
my $wish = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
fcntl($lock, F_SETLK, $wish) or die $!;
mkdir "/run/other-apt" or die $!;
sleep 600;
END
rm -rf /run/other-apt
systemd-run --quiet --collect --unit=other-apt perl /root/other-apt.pl
tries=0
until [ -d /run/other-apt ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { journalctl -q -n 5 -u other-apt; exit 1; }
    sleep 0.1
done"#;

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Lab {
    /// The operator's machine, as hosts reach it.
    pub(crate) const GATEWAY: &'static str = "10.87.0.1";
    /// The name by which they find it.
    pub(crate) const GATEWAY_NAME: &'static str = "pebble.vc4all.test";
    /// The certificate and the key for that name, `api.pem` and `api.key`.
    pub(crate) const PKI: &'static str = "/run/vc4all-lab/pki";

    /// The lab with its network and services up.
    pub(crate) fn open() -> Result<Self> {
        lab(&["check"]).context("the lab cannot run here")?;
        lab(&["up"])?;
        let folder = PathBuf::from(lab(&["dir"])?.trim());
        Ok(Self { folder })
    }

    /// Takes network and services down, unless a host of somebody else uses them.
    pub(crate) fn close(&self) {
        if lab(&["list"]).is_ok_and(|hosts| hosts.is_empty()) {
            // What stays is used by the next run.
            let _ = lab(&["down"]);
        }
    }

    /// A fresh host at a free address.
    pub(crate) fn host(&self, name: &str, release: Release) -> Result<Host> {
        self.boot(name, release, "6g")
    }

    /// A fresh host whose disk holds hardly more than its system.
    pub(crate) fn small_host(&self, name: &str, release: Release) -> Result<Host> {
        self.boot(name, release, "600m")
    }

    fn boot(&self, name: &str, release: Release, disk: &str) -> Result<Host> {
        let mut hasher = DefaultHasher::new();
        repository().hash(&mut hasher);
        // Two checkouts on one machine must not take each other's hosts for their own.
        let name = format!("{name}-{:04x}", hasher.finish() & 0xffff);
        lab(&["host", "down", &name])?;
        succeed(lab_command(&["host", "up", &name, release.name()]).env("LAB_HOST_DISK", disk))?;
        let list = lab(&["list"])?;
        let line = list.lines().find(|line| line.split(' ').next() == Some(&name)).context("the host is not listed")?;
        let v4 = line.split(' ').nth(2).context("no address")?.to_owned();
        let number = v4.rsplit('.').next().unwrap_or_default().to_owned();
        Ok(Host {
            home: self.folder.join("hosts").join(&name),
            v6: format!("fd87::{number}"),
            name,
            release,
            v4,
            number,
        })
    }

    /// Lets a name point at a host, or at any address.
    pub(crate) fn point(&self, domain: &str, addresses: &[&str]) -> Result<()> {
        lab(&[&["name", "set", domain], addresses].concat()).map(drop)
    }

    pub(crate) fn forget(&self, domain: &str) -> Result<()> {
        lab(&["name", "del", domain]).map(drop)
    }
}

pub(crate) fn lab(arguments: &[&str]) -> Result<String> {
    succeed(&mut lab_command(arguments))
}

fn lab_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(repository().join("tests/lab/lab"));
    command.args(arguments);
    command
}

/// Runs a command that must end well: what it printed.
pub(crate) fn succeed(command: &mut Command) -> Result<String> {
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    ensure!(done.status.success(), "{command:?} ended with {}\n{out}{err}", done.status);
    Ok(out.into_owned())
}

/// A host; it is taken down when it is dropped.
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) release: Release,
    pub(crate) v4: String,
    pub(crate) v6: String,
    /// The last part of both addresses, alone on this machine.
    pub(crate) number: String,
    pub(crate) home: PathBuf,
}

impl Host {
    /// Runs a shell script as root inside.
    pub(crate) fn run(&self, script: &str) -> Result<String> {
        lab(&["host", "exec", &self.name, "sh", "-euc", script])
    }

    /// Cuts the power and boots again.
    pub(crate) fn restart(&self) -> Result<()> {
        lab(&["host", "restart", &self.name]).map(drop)
    }

    /// The password of the user `beheer`.
    pub(crate) fn password(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.home.join("beheer.password"))?.trim().to_owned())
    }

    /// Everything that a run could have changed, in text: packages, units, and each path with its owner and content.
    pub(crate) fn state(&self) -> Result<Vec<String>> {
        let text = self.run(STATE)?;
        Ok(text.lines().map(str::to_owned).collect())
    }
}

// Secrets stay once they were made, whatever becomes of a run. The unit of a run lives a moment longer than its news.
const STATE: &str = r#"
dpkg-query -W -f 'package ${Package} ${Version} ${db:Status-Abbrev}\n'
systemctl list-unit-files --no-legend --no-pager | grep -v -e '\.scope ' -e '^vc4all-apply-' | awk '{ print "unit", $1, $2 }'
ls -d /var/lib/vc4all/lock /usr/sbin/policy-rc.d 2> /dev/null || :
places="/etc /usr/local /usr/share/jitsi-meet /var/www /var/lib/vc4all/tls"
find $places -path /etc/vc4all -prune -o -printf 'path %p %y %M %u %g %l\n' 2> /dev/null | sort
find $places -path /etc/vc4all -prune -o -type f -exec sha256sum {} + 2> /dev/null | sort
"#;

impl Drop for Host {
    fn drop(&mut self) {
        if std::env::var_os("END_TO_END_KEEP").is_none() {
            // A host that cannot be ended is replaced by the next run.
            let _ = lab(&["host", "down", &self.name]);
        }
    }
}

/// Fails with the lines that only one of two states has.
pub(crate) fn same_state(before: &[String], after: &[String]) -> Result<()> {
    let gone = before.iter().filter(|line| !after.contains(line)).map(|line| format!("- {line}"));
    let new = after.iter().filter(|line| !before.contains(line)).map(|line| format!("+ {line}"));
    let differ: Vec<String> = gone.chain(new).take(20).collect();
    ensure!(differ.is_empty(), "the host is not as it was before:\n{}", differ.join("\n"));
    Ok(())
}
