//! `vc4all-agent renew`: one look at the host's certificate, and what it came to.

use anyhow::{Context as _, Result};
use clap::Args;
use std::fs;
use std::io::{Write as _, stderr};
use std::os::linux::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;
use vc4all_deploy::exit::Exit;
use vc4all_deploy::model::advice::Advice;
use vc4all_deploy::model::ledger;
use vc4all_deploy::model::renewal::{WEEKLY, moment};
use vc4all_deploy::model::standing::{self, StandingOrder};
use vc4all_deploy::remote::local::Local;
use vc4all_deploy::renewal::{self, Done, News, Task, Upkeep, disk};
use vc4all_deploy::view::inert;

/// Arguments of `renew`; the defaults are where `up` puts things.
#[derive(Debug, Args)]
pub(super) struct Renew {
    /// Renew now, due or not
    #[arg(long, conflicts_with = "rehearse")]
    now: bool,
    /// Play a renewal through, and leave everything as it is
    #[arg(long)]
    rehearse: bool,
    /// The standing order
    #[arg(long, value_name = "FILE", default_value = standing::PATH)]
    order: PathBuf,
    /// The host's notes about renewals
    #[arg(long, value_name = "FILE", default_value = ledger::PATH)]
    ledger: PathBuf,
}

/// Somebody else works on the host, or a rehearsal has to wait (EX_TEMPFAIL of sysexits.h): nothing was done, and nothing is wrong.
const LATER: u8 = 75;
/// The pair in force.
const LIVE: &str = "/var/lib/vc4all/tls/live";
/// The most bytes of a standing order; it holds roots.
const LONGEST: u64 = 1024 * 1024;

/// Looks, and says how it ended: 0 where all is well, 75 where it has to wait for somebody or something, 1 where it failed or an earlier
/// failure is not mended yet.
pub(super) fn run(args: &Renew) -> Result<ExitCode> {
    let standing = standing(&args.order)?;
    let task = match (args.now, args.rehearse) {
        (_, true) => Task::Rehearse,
        (true, false) => Task::Now,
        (false, false) => Task::WhereDue,
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("read the clock")?.as_secs();
    let author = format!("the host itself since {}", jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC"));
    let upkeep = Upkeep {
        standing: &standing,
        ledger: &args.ledger,
        live: Path::new(LIVE),
        author: &author,
        now: i64::try_from(now).context("read the clock")?,
    };
    let mut voice = Voice::new();
    let done = renewal::carry_out(task, &upkeep, &mut Local, &mut |news| voice.hear(&news));
    match done {
        Ok(done) => Ok(voice.end(&done, &standing)),
        Err(error) => {
            voice.say(Severity::Error, &format!("error: {error:#}"));
            if let Some(advice) = error.downcast_ref::<Advice>() {
                voice.say(Severity::Error, &format!("help: {}", advice.help));
            }
            Ok(Exit::Error.into())
        }
    }
}

fn standing(path: &Path) -> Result<StandingOrder> {
    let help = "run `vc4all-deploy up INVENTORY`";
    let refuse = |why: String| Advice::new(format!("the standing order {} {why}", path.display()), help);
    let bytes = disk::read(path, LONGEST)?.ok_or_else(|| refuse("is not there".to_owned()))?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(StandingOrder::read(&text).map_err(|error| refuse(format!("makes no sense: {error}")))?)
}

/// How bad it is, as sd-daemon(3) writes it before a line.
#[derive(Clone, Copy)]
enum Severity {
    Error = 3,
    Warning = 4,
    Notice = 5,
    Info = 6,
}

/// One line a piece of news, for a person or for the journal.
struct Voice {
    journal: bool,
}

impl Voice {
    fn new() -> Self {
        Self { journal: is_journal() }
    }

    fn hear(&mut self, news: &News) {
        let severity = match news {
            News::NotTold(_) => Severity::Error,
            News::NoAdvice(_) | News::OtherClock(_) => Severity::Warning,
            News::Due(_) | News::Told(_) => Severity::Notice,
            News::Step(_) => Severity::Info,
        };
        self.say(severity, &news.to_string());
    }

    fn end(&mut self, done: &Done, standing: &StandingOrder) -> ExitCode {
        let (severity, text, exit) = match done {
            Done::Kept { due } => (
                Severity::Info,
                format!("the certificate for {} is good, and is renewed after {}", standing.domain, moment(*due)),
                Exit::Done.code(),
            ),
            Done::Renewed => {
                (Severity::Notice, format!("a new certificate for {} is in force", standing.domain), Exit::Done.code())
            }
            Done::Rehearsed => (
                Severity::Notice,
                format!("a renewal at {} works; nothing was changed", standing.rehearsal),
                Exit::Done.code(),
            ),
            Done::Spared { until } => (
                Severity::Warning,
                format!(
                    "nothing was rehearsed: it would cost the last of {WEEKLY} certificates that this host asks {} for in a \
                     week, which is left for a renewal; it can be rehearsed after {}",
                    standing.rehearsal,
                    moment(*until)
                ),
                LATER,
            ),
            Done::Paused { until } => (
                Severity::Error,
                format!("the certificate for {} waits for its next attempt after {}", standing.domain, moment(*until)),
                Exit::Error.code(),
            ),
            Done::Busy(owner) => (Severity::Notice, format!("somebody else is at work on this host: {owner}"), LATER),
        };
        self.say(severity, &text);
        exit.into()
    }

    /// Text of others moves no cursor; a line of the journal holds no line break.
    fn say(&mut self, severity: Severity, text: &str) {
        let mark = if self.journal { format!("<{}>", severity as u8) } else { String::new() };
        for line in text.lines() {
            // Somebody who does not listen must not stop the work.
            let _ = writeln!(stderr(), "{mark}{}", inert::line(line));
        }
    }
}

/// Whether standard error is the journal's (`JOURNAL_STREAM` of systemd.exec(5)).
fn is_journal() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else { return false };
    fs::metadata("/proc/self/fd/2").is_ok_and(|about| stream == format!("{}:{}", about.st_dev(), about.st_ino()))
}
