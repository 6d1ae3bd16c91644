//! The papers of some inventories and the program that writes them, as files to read: `UPDATE_GOLDEN=1` writes them anew.

use super::{deployment, papers};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use vc4all_deploy::model::deployment::Language;
use vc4all_deploy::papers::{Paper, Written};

#[test]
fn the_papers_are_as_written_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/papers/golden");
    let mut wrong = Vec::new();
    for name in ["keycloak", "voorbeeldstad", "euregio"] {
        for paper in papers(&deployment(name)).into_iter().filter(|paper| name != "euregio" || is_kept(paper)) {
            let path = root.join(name).join(format!("{}.md", paper.stem()));
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &paper.markdown).unwrap();
            } else if fs::read_to_string(&path).unwrap_or_default() != paper.markdown {
                wrong.push(path.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ; run with UPDATE_GOLDEN=1, then read the difference", wrong.join(", "));
}

/// Of the association on the border, the paper that is published and the one that most depends on settings.
fn is_kept(paper: &Written) -> bool {
    [Language::De, Language::Fr].contains(&paper.language) && [Paper::Statement, Paper::Impact].contains(&paper.paper)
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vc4all-deploy")).args(arguments).output().unwrap()
}

fn inventory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories/voorbeeldstad.yml")
}

#[test]
fn the_program_writes_all_papers_and_never_over_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("papers");
    let (inventory, place) = (inventory(), target.display().to_string());
    let arguments = ["papers", "write", inventory.to_str().unwrap(), "--output", &place];
    let first = run(&arguments);
    let said = String::from_utf8_lossy(&first.stdout).into_owned();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    for paper in papers(&deployment("voorbeeldstad")) {
        let line = said.lines().find(|line| line.starts_with(&format!("{} ", paper.stem()))).unwrap();
        assert_eq!(line.split_whitespace().nth(1), Some(paper.blanks.to_string().as_str()), "{line}");
        assert_eq!(fs::read_to_string(target.join(format!("{}.md", paper.stem()))).unwrap(), paper.markdown);
        assert!(target.join(format!("{}.html", paper.stem())).is_file());
    }
    assert!(target.join("index.html").is_file() && target.join("index.md").is_file());
    let second = run(&arguments);
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("holds something already"));
}

#[test]
fn a_language_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let (inventory, place) = (inventory(), folder.path().display().to_string());
    let output = run(&["papers", "write", inventory.to_str().unwrap(), "-o", &place, "--language", "fr"]);
    assert!(output.status.success());
    let names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(
        names.contains(&"statement.fr.md".to_owned()) && !names.iter().any(|name| name.contains(".nl.")),
        "{names:?}"
    );
    assert!(fs::read_to_string(folder.path().join("index.html")).unwrap().contains("lang=\"fr\""));
}

#[test]
fn a_request_for_access_is_refused_before_a_connection_where_it_cannot_be_answered() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("letter.md");
    fs::write(&there, "mine").unwrap();
    let (inventory, letter) = (inventory(), there.display().to_string());
    let ask = |address: &str, at: &str, letter: &str| {
        run(&[
            "papers",
            "access-request",
            inventory.to_str().unwrap(),
            "--address",
            address,
            "--at",
            at,
            "--time-zone",
            "UTC",
            "-o",
            letter,
        ])
    };
    let output = ask("192.0.2.1", "2026-12-01 19:30", &letter);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is there already"), "{output:?}");
    assert_eq!(fs::read_to_string(&there).unwrap(), "mine");
    assert!(String::from_utf8_lossy(&ask("somewhere", "2026-12-01 19:30", "x").stderr).contains("somewhere"));
    assert!(String::from_utf8_lossy(&ask("192.0.2.1", "yesterday", "x").stderr).contains("is no day and time"));
}
