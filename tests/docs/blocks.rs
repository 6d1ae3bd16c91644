//! Runs the console blocks of the documents and compares what they show.

use super::pages::{self, Page};
use clap::Parser as _;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use vc4all_deploy::cli::Cli;

/// A command as a document shows it.
struct Shown {
    line: usize,
    command: String,
    output: Vec<String>,
    needs_host: bool,
}

#[test]
fn what_documents_show_is_what_the_program_says() {
    let mut faults = String::new();
    let mut run = 0;
    for page in pages::all() {
        let commands = commands(&page);
        let mut stage = None;
        for shown in commands.iter().filter(|shown| !shown.needs_host) {
            let stage = stage.get_or_insert_with(Stage::new);
            let said = stage.run(&shown.command);
            run += 1;
            if !alike(&shown.output, &said) {
                let Page { name, .. } = &page;
                let _ = writeln!(faults, "{name}:{}: $ {} says\n{}", shown.line, shown.command, said.join("\n"));
            }
        }
    }
    assert!(run >= 8, "only {run} commands were found");
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn the_program_understands_every_command_that_documents_show() {
    let mut understood = 0;
    for page in pages::all() {
        for shown in commands(&page) {
            let Some(words) = shown.command.strip_prefix("vc4all-deploy ") else { continue };
            let words = words.split(['|', '>', ';', '&']).next().unwrap();
            let parsed = Cli::try_parse_from(std::iter::once("vc4all-deploy".to_owned()).chain(split(words)));
            if let Err(error) = parsed {
                assert!(!error.use_stderr(), "{}:{}: {error}", page.name, shown.line);
            }
            understood += 1;
        }
    }
    assert!(understood > 10, "only {understood} commands were found");
}

/// The words as `sh` splits them, where single quotes are the only ones and stand around a whole word.
fn split(command: &str) -> Vec<String> {
    let quoted = |(at, part): (usize, &str)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    };
    command.split('\'').enumerate().flat_map(quoted).collect()
}

#[test]
fn a_command_of_ours_stands_in_no_other_kind_of_block() {
    for page in pages::all() {
        for (kind, line, text) in blocks(&page) {
            let shown = text.iter().any(|line| line.starts_with("$ vc4all-deploy"));
            assert!(!shown || kind.starts_with("console"), "{}:{line}: a block `{kind}`", page.name);
        }
    }
}

#[test]
fn dots_stand_for_any_lines() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (shown, said, fine) in [
        ("a\n...\nd", "a\nb\nc\nd", true),
        ("a\n...", "a", true),
        ("...\nd", "a\nd\ne", false),
        ("a", "a\nb", false),
        ("a\n...\nc\n...\ne", "a\nb\nc\nc\nd\ne", true),
        ("", "", true),
    ] {
        assert_eq!(alike(&lines(shown), &lines(said)), fine, "{shown:?} {said:?}");
    }
}

/// The fenced blocks: their kind, the line at which they begin, their lines.
fn blocks(page: &Page) -> Vec<(String, usize, Vec<String>)> {
    let mut found: Vec<(String, usize, Vec<String>)> = Vec::new();
    let mut inside = false;
    for (at, line) in page.text.lines().enumerate() {
        if let Some(kind) = line.strip_prefix("```") {
            inside = !inside;
            if inside {
                found.push((kind.trim().to_owned(), at + 1, Vec::new()));
            }
        } else if inside && let Some((_, _, lines)) = found.last_mut() {
            lines.push(line.to_owned());
        }
    }
    assert!(!inside, "{}: a block does not end", page.name);
    found
}

fn commands(page: &Page) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    for (kind, begin, lines) in blocks(page).into_iter().filter(|(kind, ..)| kind.starts_with("console")) {
        let needs_host = match kind.as_str() {
            "console" => false,
            "console host" => true,
            _ => panic!("{}:{begin}: no block is of the kind `{kind}`", page.name),
        };
        for (at, line) in lines.iter().enumerate() {
            match line.strip_prefix("$ ") {
                Some(command) => found.push(Shown {
                    line: begin + at + 1,
                    command: command.to_owned(),
                    output: Vec::new(),
                    needs_host,
                }),
                None if at == 0 => panic!("{}:{begin}: the block begins without a command", page.name),
                None => found.last_mut().unwrap().output.push(line.trim_end().to_owned()),
            }
        }
    }
    found
}

/// A folder in which the commands of one document run one after the other, with the project's inventories in it.
struct Stage {
    folder: tempfile::TempDir,
    last_code: i32,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inventories = folder.path().join("inventories");
        fs::create_dir(&inventories).unwrap();
        for entry in fs::read_dir(pages::root().join("inventories")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, inventories.join(path.file_name().unwrap())).unwrap();
        }
        Self { folder, last_code: 0 }
    }

    /// What the command says on both outputs, without spaces at the ends of lines.
    fn run(&mut self, command: &str) -> Vec<String> {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_vc4all-deploy"));
        let beside = program.parent().unwrap_or(Path::new("/")).display().to_string();
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {}", command.replace("$?", &self.last_code.to_string()))])
            .current_dir(self.folder.path())
            .env("PATH", format!("{beside}:/usr/bin:/bin"))
            .env("HOME", self.folder.path())
            .env_remove("SSH_AUTH_SOCK")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        self.last_code = output.status.code().unwrap_or(-1);
        String::from_utf8(output.stdout).unwrap().lines().map(|line| line.trim_end().to_owned()).collect()
    }
}

fn alike(shown: &[String], said: &[String]) -> bool {
    match shown.split_first() {
        None => said.is_empty(),
        Some((dots, rest)) if dots == "..." => (0..=said.len()).any(|skipped| alike(rest, &said[skipped..])),
        Some((line, rest)) => said.first().is_some_and(|first| first == line) && alike(rest, &said[1..]),
    }
}
