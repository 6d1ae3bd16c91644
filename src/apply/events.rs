//! Reads the lines that the script on the host writes about its work.

use crate::model::event::Event;

/// How many of the last lines of a failed command are told.
const SHOWN: usize = 4;

/// The longest time that a host may ask for.
const MOST_SECONDS: u32 = 600;

/// Keeps count of the lines and remembers how it ended.
pub(super) struct Follower<'a> {
    labels: &'a [&'a str],
    lines: usize,
    end: Option<i32>,
    generation: Option<u32>,
    why: String,
    said: Vec<String>,
    current: usize,
    awaited: Option<u32>,
    asked: usize,
    holds: bool,
}

impl<'a> Follower<'a> {
    pub(super) fn new(labels: &'a [&'a str]) -> Self {
        Self {
            labels,
            lines: 0,
            end: None,
            generation: None,
            why: String::new(),
            said: Vec::new(),
            current: 0,
            awaited: None,
            asked: 0,
            holds: false,
        }
    }

    /// How many lines were heard; after a cut the next one is wanted.
    pub(super) fn heard(&self) -> usize {
        self.lines
    }

    pub(super) fn ended(&self) -> bool {
        self.end.is_some()
    }

    /// Whether the host holds its lock for us until we give it free.
    pub(super) fn holds(&self) -> bool {
        self.holds
    }

    /// The seconds within which the host wants to hear from a second connection, while it does.
    pub(super) fn awaits(&self) -> Option<u32> {
        self.awaited
    }

    /// How often it wanted to hear from one.
    pub(super) fn asked(&self) -> usize {
        self.asked
    }

    /// A second connection has said that people still get in.
    pub(super) fn confirmed(&mut self) {
        self.awaited = None;
    }

    /// Exit code, committed generation, and the reason for a failure.
    pub(super) fn into_end(self) -> (i32, Option<u32>, String) {
        (self.end.unwrap_or(1), self.generation, self.why)
    }

    /// Takes a line and says what it means to people. One that begins with `+` is not of the script itself: the host
    /// tells how it ended the work of a script that was killed.
    pub(super) fn hear(&mut self, line: &str) -> Option<Event> {
        let line = line.strip_prefix("+ ").unwrap_or_else(|| {
            self.lines += 1;
            line
        });
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "started" => {
                self.current = rest.parse().unwrap_or(0);
                self.said.clear();
                Some(Event::Started { step: self.current, of: self.labels.len(), what: self.label() })
            }
            "done" => {
                self.awaited = None;
                let millis = rest.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
                Some(Event::Done { step: self.current, millis })
            }
            "output" => {
                self.said.push(rest.to_owned());
                // A host may talk without end.
                if self.said.len() > SHOWN {
                    self.said.remove(0);
                }
                Some(Event::Output { line: rest.to_owned() })
            }
            "note" => Some(Event::Noted { what: rest.to_owned() }),
            "confirm" => {
                self.asked += 1;
                self.awaited = rest.parse().ok().filter(|seconds| *seconds <= MOST_SECONDS);
                None
            }
            "held" => {
                self.holds = true;
                None
            }
            "waiting" => Some(Event::Waiting { what: rest.to_owned() }),
            "failed" => {
                // A failed step is named as people know it; other failures stand beside the steps.
                let is_step = rest == format!("step {} failed", self.current);
                self.why = if is_step { self.label() } else { rest.to_owned() };
                if !self.said.is_empty() {
                    self.why = format!("{}: {}", self.why, self.said.join("\n"));
                }
                Some(Event::Failed { why: self.why.clone() })
            }
            "locked" => {
                self.why = rest.to_owned();
                None
            }
            "restored" => Some(Event::Restored),
            "committed" => {
                self.generation = rest.parse().ok();
                self.generation.map(|generation| Event::Committed { generation })
            }
            "end" => {
                self.end = Some(rest.parse().unwrap_or(1));
                None
            }
            _ => None,
        }
    }

    fn label(&self) -> String {
        let label = self.current.checked_sub(1).and_then(|at| self.labels.get(at));
        label.map_or_else(|| "unknown step".to_owned(), |label| (*label).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_step_and_the_last_line() {
        let labels = ["write a", "prove b"];
        let mut follower = Follower::new(&labels);
        for line in ["started 2", "output nginx: [emerg] no", "failed step 2 failed", "restored", "end 6"] {
            follower.hear(line);
        }
        assert_eq!(follower.heard(), 5);
        assert_eq!(follower.into_end(), (6, None, "prove b: nginx: [emerg] no".to_owned()));
    }

    #[test]
    fn a_failure_beside_the_steps_is_told_as_it_is() {
        let mut follower = Follower::new(&["write a"]);
        for line in ["started 1", "done 1 5", "failed the generation could not be recorded", "restored", "end 6"] {
            follower.hear(line);
        }
        assert_eq!(follower.into_end().2, "the generation could not be recorded");
    }

    #[test]
    fn the_host_waits_for_a_confirmation_until_its_step_is_done() {
        let mut follower = Follower::new(&["confirm"]);
        follower.hear("confirm 99999999");
        assert_eq!(follower.awaits(), None);
        follower.hear("confirm 90");
        assert_eq!(follower.awaits(), Some(90));
        follower.hear("done 1 300");
        assert_eq!(follower.awaits(), None);
    }

    #[test]
    fn what_the_host_adds_is_heard_and_not_counted() {
        let mut follower = Follower::new(&["write a"]);
        for line in ["started 1", "+ failed the work on the host was killed", "+ restored", "+ end 6"] {
            follower.hear(line);
        }
        assert_eq!(follower.heard(), 1);
        assert_eq!(follower.into_end(), (6, None, "the work on the host was killed".to_owned()));
    }

    #[test]
    fn nonsense_from_the_host_is_no_event() {
        let mut follower = Follower::new(&[]);
        assert_eq!(follower.hear("\u{fffd} \t"), None);
        assert!(!follower.ended());
    }
}
