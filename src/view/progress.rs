//! Shows a running apply: a bar on a terminal, plain lines elsewhere.

use super::inert;
use crate::model::event::Event;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, Write};
use std::time::Duration;

/// Tells a person what happens.
pub struct Progress<'a> {
    out: Out<'a>,
    step: String,
}

enum Out<'a> {
    Bar(ProgressBar),
    Lines(&'a mut dyn Write),
}

impl<'a> Progress<'a> {
    /// A bar on the terminal behind standard error.
    pub fn on_terminal() -> Self {
        let progress = Self::on(ProgressDrawTarget::stderr());
        if let Out::Bar(bar) = &progress.out {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        progress
    }

    fn on(target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(waiting());
        Self { out: Out::Bar(bar), step: String::new() }
    }

    /// One line for each piece of news.
    pub fn lines(out: &'a mut dyn Write) -> Self {
        Self { out: Out::Lines(out), step: String::new() }
    }

    /// Shows a piece of news.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn show(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Started { what, .. } = event {
            self.step = inert::line(what);
        }
        let Self { out, step } = self;
        match out {
            Out::Lines(out) => lines(event, step).map_or(Ok(()), |line| writeln!(out, "{line}")),
            Out::Bar(bar) => {
                draw(bar, event, step);
                Ok(())
            }
        }
    }

    /// Takes the bar away.
    pub fn finish(self) {
        if let Out::Bar(bar) = self.out {
            bar.finish_and_clear();
        }
    }
}

/// The line for a piece of news; output of a step is left out, because a failure brings its end along.
fn lines(event: &Event, step: &str) -> Option<String> {
    match event {
        Event::HostReached { host } => Some(format!("reached {}", inert::line(host))),
        Event::Waiting { what } => Some(format!("waiting: {}", inert::line(what))),
        Event::Noted { what } => Some(format!("note: {}", inert::line(what))),
        Event::Started { step: number, of, .. } => Some(format!("[{number}/{of}] {step}")),
        Event::Done { millis, .. } if *millis >= SLOW => Some(format!("  done in {} s", millis / 1000)),
        Event::Output { .. } | Event::Done { .. } => None,
        Event::Failed { why } => Some(format!("failed: {}", inert::lines(why))),
        Event::Restored => Some("everything that was changed is as it was before".to_owned()),
        Event::Committed { generation } => Some(format!("generation {generation} is in force")),
    }
}

/// Milliseconds from which on a plain line tells how long a step took.
const SLOW: u64 = 5000;

fn draw(bar: &ProgressBar, event: &Event, step: &str) {
    match event {
        Event::Started { step: number, of, .. } => {
            if bar.length().is_none() {
                bar.set_style(counting());
            }
            bar.set_length(*of as u64);
            bar.set_position(number.saturating_sub(1) as u64);
            bar.set_message(step.to_owned());
        }
        Event::Done { step: number, .. } => bar.set_position(*number as u64),
        Event::Output { line } => bar.set_message(format!("{step} · {}", inert::line(line))),
        Event::Waiting { what } => bar.set_message(format!("waiting: {}", inert::line(what))),
        Event::HostReached { .. }
        | Event::Noted { .. }
        | Event::Failed { .. }
        | Event::Restored
        | Event::Committed { .. } => {
            if let Some(line) = lines(event, step) {
                bar.println(line);
            }
        }
    }
}

fn waiting() -> ProgressStyle {
    style("{spinner} {wide_msg}")
}

fn counting() -> ProgressStyle {
    style("{spinner} {pos}/{len} {bar:24} {wide_msg}")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .progress_chars("━╸─")
        .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::sync::{Arc, Mutex};

    #[test]
    fn plain_lines_tell_the_steps_and_no_control_character() {
        let mut out = Vec::new();
        let mut progress = Progress::lines(&mut out);
        let started = Event::Started { step: 3, of: 9, what: "install \u{1b}[2Jprosody".to_owned() };
        let events = [
            Event::HostReached { host: "203.0.113.10".to_owned() },
            Event::Waiting { what: "apt is locked by unattended-upgrades (process 812)".to_owned() },
            started,
            Event::Output { line: "Unpacking".to_owned() },
            Event::Done { step: 3, millis: 12_345 },
            Event::Failed { why: "nginx -t refused\nline 3".to_owned() },
            Event::Restored,
        ];
        for event in &events {
            progress.show(event).unwrap();
        }
        progress.finish();
        let expected = "reached 203.0.113.10\nwaiting: apt is locked by unattended-upgrades (process 812)\n\
                        [3/9] install \\u{1b}[2Jprosody\n  done in 12 s\nfailed: nginx -t refused\nline 3\n\
                        everything that was changed is as it was before\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    /// A terminal of 120 columns that keeps what is written to it.
    #[derive(Debug, Clone, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            120
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write_str(&format!("{line}\n"))
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_terminal_shows_the_step_the_output_and_the_failure() {
        let screen = Screen::default();
        let mut progress = Progress::on(ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), 255));
        let failed = Event::Failed { why: "prove nginx: unknown directive".to_owned() };
        let events = [
            Event::Started { step: 2, of: 9, what: "install prosody".to_owned() },
            Event::Output { line: "Unpacking \u{202e}prosody".to_owned() },
            failed,
            Event::Restored,
        ];
        for event in &events {
            progress.show(event).unwrap();
            if let Out::Bar(bar) = &progress.out {
                bar.force_draw();
            }
        }
        progress.finish();
        let shown = screen.0.lock().unwrap().clone();
        for words in ["1/9", "install prosody", "Unpacking \\u{202e}prosody", "failed: prove nginx", "as it was before"]
        {
            assert!(shown.contains(words), "{words:?} is not in {shown:?}");
        }
    }
}
