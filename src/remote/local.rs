//! This machine as a host: the same scripts without SSH, for work that the host does by itself.

use super::lines::Lines;
use super::shell::{Ear, Listener, Mark};
use super::{Answer, Error, ErrorKind, Order, Remote};
use anyhow::{Context, Result, anyhow};
use std::io::{ErrorKind as IoKind, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;

/// The machine that runs this program, with the rights of the user who runs it; an order's patience does not matter.
pub struct Local;

impl Local {
    fn perform(&self, order: &Order<'_>, listener: Listener<'_>) -> Result<Answer, Error> {
        let failed = |e: anyhow::Error| {
            let cause = format!("could not {}: {e:#}", order.purpose);
            Error::new(ErrorKind::BadAnswer, self.host(), cause, "Check that this machine has sh and head")
        };
        let mark = Mark::new().map_err(failed)?;
        let mut child = Command::new("sh")
            .args(["-c", &mark.program(order.script)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("start sh")
            .map_err(failed)?;
        let mut ear = Ear::new(&mark, listener);
        match converse(&mut child, order, &mut ear) {
            Ok(Heard::All(status)) => {
                let (stdout, stderr) = ear.finish();
                let code = status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(255);
                Ok(Answer { code, stdout, stderr })
            }
            Ok(Heard::TooMuch(error)) => Err(error),
            Err(e) => Err(failed(e)),
        }
    }
}

enum Heard {
    All(ExitStatus),
    TooMuch(Error),
}

fn converse(child: &mut Child, order: &Order<'_>, ear: &mut Ear<'_>) -> Result<Heard> {
    let (Some(stdin), Some(mut stdout), Some(mut stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(anyhow!("open its streams"));
    };
    let (error, said, errors) = thread::scope(|scope| {
        let said = scope.spawn(move || say(stdin, order));
        let errors = scope.spawn(move || {
            let mut tail = super::lines::Tail::default();
            let mut buffer = [0; 8 * 1024];
            while let Ok(count @ 1..) = stderr.read(&mut buffer) {
                tail.take(&buffer[..count]);
            }
            tail
        });
        let mut error = None;
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = stdout.read(&mut buffer) {
            if let Err(long) = ear.hear(&buffer[..count]) {
                error = Some(long.told("localhost", order));
                let _ = child.kill();
                break;
            }
        }
        drop(stdout);
        (error, said.join(), errors.join())
    });
    let status = child.wait().context("wait for its end")?;
    ear.hear_error(errors.unwrap_or_default().text().as_bytes());
    said.map_err(|_| anyhow!("write its input"))?.context("write its input")?;
    Ok(error.map_or(Heard::All(status), Heard::TooMuch))
}

/// Writes script and input; a script that ends without reading all of it is no error.
fn say(mut stdin: ChildStdin, order: &Order<'_>) -> std::io::Result<()> {
    match stdin.write_all(order.script.as_bytes()).and_then(|()| stdin.write_all(order.input)) {
        Err(e) if e.kind() == IoKind::BrokenPipe => Ok(()),
        done => done,
    }
}

impl Remote for Local {
    fn host(&self) -> &str {
        "localhost"
    }

    fn run(&mut self, order: &Order<'_>) -> Result<Answer, Error> {
        self.perform(order, Listener::Whole(Vec::new()))
    }

    fn follow(&mut self, order: &Order<'_>, heard: &mut dyn FnMut(&str)) -> Result<Answer, Error> {
        self.perform(order, Listener::EachLine(Lines::default(), heard))
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn another(&self) -> Result<Box<dyn Remote>, Error> {
        Ok(Box::new(Self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::LONGEST_ANSWER;
    use std::time::Duration;

    fn order<'a>(script: &'a str, input: &'a [u8]) -> Order<'a> {
        Order { purpose: "try", script, input, patience: Duration::from_secs(5) }
    }

    #[test]
    fn script_and_input_arrive_whole() {
        let input: Vec<u8> = (0..3_000_000_u32).map(|n| n as u8).collect();
        let answer = Local.run(&order("echo 'it''s' \"$PATH\" >&2; cat\nexit 7\n", &input)).unwrap();
        assert_eq!((answer.code, answer.stdout == input), (7, true));
        assert!(answer.stderr.starts_with("its /usr/local/sbin:"), "{}", answer.stderr);
    }

    #[test]
    fn a_script_that_reads_nothing_or_is_killed_still_answers() {
        assert_eq!(Local.run(&order("exit 3", &[0; 1_000_000])).unwrap().code, 3);
        assert_eq!(Local.run(&order("kill -9 $$", b"")).unwrap().code, 137);
    }

    #[test]
    fn an_endless_answer_is_refused() {
        let error = Local.run(&order("cat /dev/zero", b"")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadAnswer);
        assert!(error.cause.contains(&format!("{} MiB", LONGEST_ANSWER >> 20)), "{}", error.cause);
    }

    #[test]
    fn lines_are_told_as_they_come() {
        let mut lines = Vec::new();
        let answer =
            Local.follow(&order("read a; echo \"$a\"; echo two", b"one\n"), &mut |line| lines.push(line.to_owned()));
        assert_eq!((answer.unwrap().stdout, lines), (Vec::new(), vec!["one".to_owned(), "two".to_owned()]));
    }
}
