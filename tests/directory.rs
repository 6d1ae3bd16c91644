//! `directory` as a person runs it: a page of all instances in a folder, or the mistakes of each and no page.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Inventories of the repository with a domain each.
const INSTANCES: [&str; 5] = ["euregio", "keycloak", "portaal", "vereniging", "voorbeeldstad"];

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A folder with inventories below `from`.
fn stage(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("from")).unwrap();
    fs::write(folder.path().join("from/README.md"), "no inventory").unwrap();
    for name in names {
        let file = format!("{name}.yml");
        fs::copy(repository("inventories").join(&file), folder.path().join("from").join(&file)).unwrap();
    }
    folder
}

fn directory(folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vc4all-deploy"));
    command.args(["directory", "from", "--output", "to/"]).current_dir(folder).env("HOME", folder).output().unwrap()
}

/// The words of a refusal, after which nothing is there.
fn refused(folder: &Path) -> String {
    let output = directory(folder);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("to.")), "{left:?}");
    said
}

fn written(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn the_page_is_as_written_down() {
    let folder = stage(&INSTANCES);
    let output = directory(folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let golden = repository("tests/directory");
    let found = written(&folder.path().join("to"));
    // These two stand in `templates/` as they are.
    let is_ours = |name: &str| !["style.css", "icon.svg"].contains(&name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        for (name, text) in found.iter().filter(|(name, _)| is_ours(name)) {
            fs::write(golden.join(name), text).unwrap();
        }
    }
    let known: Vec<String> = written(&golden).into_keys().collect();
    assert_eq!(found.keys().filter(|name| is_ours(name)).cloned().collect::<Vec<_>>(), known);
    for (name, text) in found.iter().filter(|(name, _)| is_ours(name)) {
        let expected = fs::read_to_string(golden.join(name)).unwrap();
        assert!(*text == expected, "{name} is another one: look at it, then run with UPDATE_GOLDEN=1");
    }
    assert!(found.contains_key("style.css") && found.contains_key("icon.svg"));
}

#[test]
fn the_page_by_itself_names_nobody_but_the_instances() {
    let folder = stage(&INSTANCES);
    assert!(directory(folder.path()).status.success());
    let found = written(&folder.path().join("to"));
    let facts: serde_json::Value = serde_json::from_str(&found["directory.json"]).unwrap();
    let instances = facts["instances"].as_array().unwrap();
    assert_eq!(instances.len(), INSTANCES.len());
    let addresses: Vec<_> = instances.iter().map(|one| one["address"].as_str().unwrap()).collect();
    for (name, page) in found.iter().filter(|(name, _)| name.ends_with(".html")) {
        for attribute in ["src=\"", "href=\""] {
            for (at, _) in page.match_indices(attribute) {
                let address = page[at + attribute.len()..].split('"').next().unwrap();
                let instance = addresses.iter().any(|known| address.starts_with(known));
                let own = found.contains_key(address) || address == "#content";
                assert!(own || (instance && attribute == "href=\""), "{name} leads to {address}");
            }
        }
        assert_eq!(page.matches("data-site=").count(), INSTANCES.len(), "{name}");
    }
}

#[test]
fn one_broken_inventory_is_told_with_its_mistakes_and_nothing_is_written() {
    let folder = stage(&["euregio", "vereniging"]);
    fs::write(folder.path().join("from/half.yaml"), "domain: UPPER\nlanguages: [xx]\n").unwrap();
    fs::write(folder.path().join("from/none.yml"), "").unwrap();
    let said = refused(folder.path());
    assert!(said.contains("from/half.yaml:2:13: languages: `xx`"), "{said}");
    assert!(said.contains("from/none.yml"), "{said}");
    assert!(said.contains("error: 2 of 4 inventories in from have mistakes\nhelp: "), "{said}");
    assert!(!folder.path().join("to").exists());
}

#[test]
fn a_folder_without_inventories_and_a_domain_twice_are_refused() {
    let folder = stage(&[]);
    assert!(refused(folder.path()).contains("from holds no inventory"));
    let folder = stage(&["example", "voorbeeldstad"]);
    let said = refused(folder.path());
    let expected = "from/example.yml and from/voorbeeldstad.yml both describe vergaderen.voorbeeldstad.nl";
    assert!(said.contains(expected), "{said}");
    assert!(!folder.path().join("to").exists());
}

#[test]
fn what_stands_there_already_stays() {
    let folder = stage(&["euregio"]);
    let mine = folder.path().join("to/mine.txt");
    fs::create_dir(folder.path().join("to")).unwrap();
    fs::write(&mine, "mine").unwrap();
    assert!(refused(folder.path()).contains("holds something already"));
    assert_eq!(written(&folder.path().join("to")), BTreeMap::from([("mine.txt".to_owned(), "mine".to_owned())]));
}

#[test]
fn a_name_that_is_markup_stays_a_name() {
    let folder = stage(&["vereniging"]);
    let path = folder.path().join("from/vereniging.yml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("Buurtvereniging De Linde", "'</h3><script>alert(1)</script>\"'")).unwrap();
    let output = directory(folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = &written(&folder.path().join("to"))["index.html"];
    assert!(!page.contains("<script>") && page.contains("&lt;/h3&gt;&lt;script&gt;"), "{page}");
}
