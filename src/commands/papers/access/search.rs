//! One order to the host, which searches its logs, and the reader of its answer, which believes nothing.

use super::addresses;
use super::moment::{self, Window};
use crate::model::advice::Advice;
use crate::papers::gathered::{Gathered, Line, Place};
use crate::remote::{Order, Remote};
use crate::view::inert;
use anyhow::{Context as _, Result};
use jiff::tz::Offset;
use std::net::IpAddr;
use std::time::Duration;

const SCRIPT: &str = include_str!("search.sh");
/// The most lines that a letter holds.
const MOST_LINES: usize = 500;
/// The most places that a letter names.
const MOST_PLACES: usize = 500;
/// The most letters of a line or of a place's name.
const LONGEST: usize = 1000;

/// What is searched for.
pub(super) struct Wanted<'a> {
    /// The person's address.
    pub(super) address: IpAddr,
    /// When.
    pub(super) window: Window,
    /// What stands in the place of somebody else's address.
    pub(super) other: &'a str,
}

/// Searches the host.
pub(super) fn search(remote: &mut dyn Remote, wanted: &Wanted<'_>) -> Result<Gathered> {
    let input = input(wanted);
    let order = Order {
        purpose: "search the logs",
        script: SCRIPT,
        input: input.as_bytes(),
        patience: Duration::from_secs(120),
    };
    let answer = remote.run(&order)?;
    let host = remote.host().to_owned();
    let text = String::from_utf8_lossy(&answer.stdout);
    if answer.code != 0 || !text.ends_with("end\n") {
        let cause = format!("host {host}: the search did not come to its end");
        return Err(Advice::new(cause, "try again; nothing was changed and no letter was written").into());
    }
    read(&text, wanted).with_context(|| format!("host {host}"))
}

/// The words, on standard input alone.
fn input(wanted: &Wanted<'_>) -> String {
    let times = [wanted.window.from, wanted.window.until].map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string());
    let words = addresses::words(wanted.address);
    format!("{}\n{}\n", times.join("\n"), words.join("\n"))
}

fn read(text: &str, wanted: &Wanted<'_>) -> Result<Gathered> {
    let mut gathered = Gathered {
        address: wanted.address.to_string(),
        from: moment::shown(wanted.window.from),
        until: moment::shown(wanted.window.until),
        places: Vec::new(),
        unread: Vec::new(),
        lines: Vec::new(),
        cut: false,
    };
    let mut zone = None;
    for line in text.lines() {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("zone", said) => zone = moment::offset(said),
            ("place", name) if gathered.places.len() < MOST_PLACES => {
                gathered.places.push(Place { name: short(name), found: 0 });
            }
            ("unread", name) if gathered.unread.len() < MOST_PLACES => gathered.unread.push(short(name)),
            ("cut", "") => gathered.cut = true,
            ("line", line) => take(&mut gathered, line, wanted, zone.context("it does not say its time zone")?),
            _ => {}
        }
    }
    Ok(gathered)
}

/// Keeps a line that is about the person and of the time, without others.
fn take(gathered: &mut Gathered, line: &str, wanted: &Wanted<'_>, zone: Offset) {
    let Some(place) = gathered.places.last_mut() else { return };
    let Some(text) = addresses::own_line(line, wanted.address, wanted.other) else { return };
    if !wanted.window.holds(line, zone) {
        return;
    }
    if gathered.lines.len() == MOST_LINES {
        gathered.cut = true;
        return;
    }
    place.found += 1;
    gathered.lines.push(Line { place: place.name.clone(), text: short(&text) });
}

/// One inert line of a bounded length; what the host says may be hostile.
fn short(text: &str) -> String {
    let text: String = inert::line(&text.replace('\t', " ")).chars().take(LONGEST).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::{Answer, Error};

    struct Host(String);

    impl Remote for Host {
        fn host(&self) -> &str {
            "praat.example"
        }

        fn run(&mut self, order: &Order<'_>) -> Result<Answer, Error> {
            assert!(!order.script.contains("192.0.2.1"), "the address travels on standard input");
            assert_eq!(
                order.input,
                b"2026-12-01 17:30:00\n2026-12-01 19:30:00\n192.0.2.1\nffff:c000:\nffff:c000:0201\n"
            );
            Ok(Answer { code: 0, stdout: self.0.clone().into_bytes(), stderr: String::new() })
        }

        fn follow(&mut self, order: &Order<'_>, _: &mut dyn FnMut(&str)) -> Result<Answer, Error> {
            self.run(order)
        }

        fn reconnect(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }

    fn found(answer: &str) -> Result<Gathered> {
        let window = Window::around("2026-12-01T18:30:00Z".parse().unwrap()).unwrap();
        let wanted = Wanted { address: "192.0.2.1".parse().unwrap(), window, other: "(other)" };
        search(&mut Host(answer.to_owned()), &wanted)
    }

    #[test]
    fn lines_of_the_person_and_of_the_time_are_kept_without_others() {
        let answer = "zone +0000\nplace journal\nline 2026-12-01T18:31:00+00:00 x sshd: 192.0.2.1 and 198.51.100.9\n\
            line 2026-12-01T18:31:00+00:00 x sshd: 192.0.2.11\nline 2026-12-01T11:31:00+00:00 x sshd: 192.0.2.1\n\
            place /var/log/a\nunread /var/log/b.xz\nend\n";
        let gathered = found(answer).unwrap();
        assert_eq!(gathered.lines.len(), 1);
        assert_eq!(gathered.lines[0].text, "2026-12-01T18:31:00+00:00 x sshd: 192.0.2.1 and (other)");
        assert_eq!(gathered.places.iter().map(|place| place.found).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(gathered.unread, ["/var/log/b.xz"]);
        assert!(!gathered.cut);
        let cut = found(&answer.replace("place /var", "cut\nplace /var")).unwrap();
        assert!(cut.cut && cut.lines.len() == 1, "the host left lines out");
    }

    #[test]
    fn an_answer_without_its_end_is_no_answer() {
        assert!(found("zone +0000\nplace journal\n").is_err());
        assert!(found("place journal\nline 192.0.2.1\nend\n").is_err(), "no time zone");
    }

    #[test]
    fn a_hostile_answer_is_bounded_and_inert() {
        let many = "line 192.0.2.1 \u{1b}[31m \u{202e}\n".repeat(5000);
        let places = "place p\n".repeat(5000);
        let gathered = found(&format!("zone +0000\n{places}{many}end\n")).unwrap();
        assert_eq!((gathered.lines.len(), gathered.places.len(), gathered.cut), (MOST_LINES, MOST_PLACES, true));
        assert!(gathered.lines.iter().all(|line| !line.text.contains(['\u{1b}', '\u{202e}'])));
        let long = found(&format!("zone +0000\nplace p\nline 192.0.2.1 {}\nend\n", "x".repeat(100_000))).unwrap();
        assert!(long.lines[0].text.len() <= LONGEST);
    }
}
