//! Where a secret must never stand: in what is said, told, logged, kept of a plan, or shown of a process.

use crate::ground::Ground;
use crate::state;
use anyhow::{Result, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Every command line that any process of this machine, and so of its hosts, shows while this value lives.
pub(crate) struct Processes {
    over: Arc<AtomicBool>,
    seen: Arc<Mutex<BTreeSet<Vec<u8>>>>,
    looker: Option<JoinHandle<()>>,
}

impl Processes {
    pub(crate) fn watch() -> Self {
        let (over, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(BTreeSet::new())));
        let (stop, list) = (Arc::clone(&over), Arc::clone(&seen));
        let looker = std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                look(&list);
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        Self { over, seen, looker: Some(looker) }
    }

    fn show(&self, word: &str) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().any(|line| holds(line, word))
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(looker) = self.looker.take() {
            // A look that panicked has seen nothing more.
            let _ = looker.join();
        }
    }
}

fn look(list: &Mutex<BTreeSet<Vec<u8>>>) {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = processes.filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit());
    let lines: Vec<Vec<u8>> = lines.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok()).collect();
    list.lock().unwrap_or_else(PoisonError::into_inner).extend(lines.into_iter().filter(|line| !line.is_empty()));
}

fn holds(text: &[u8], word: &str) -> bool {
    String::from_utf8_lossy(text).contains(word)
}

/// What must not stand anywhere: the secrets of a host before and after, and its private keys.
pub(crate) fn words(tree: &Path) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = state::secrets(tree).into_iter().collect();
    for folder in ["etc/prosody/certs", "var/lib/vc4all/tls"] {
        keys(&tree.join(folder), &mut words);
    }
    words
}

fn keys(path: &Path, words: &mut BTreeSet<String>) {
    if path.is_dir() && !path.is_symlink() {
        fs::read_dir(path).into_iter().flatten().flatten().for_each(|entry| keys(&entry.path(), words));
    } else if let Ok(text) = fs::read_to_string(path)
        && text.contains("PRIVATE KEY")
    {
        words.extend(text.lines().filter(|line| line.len() == 64).take(1).map(str::to_owned));
    }
}

/// None of the words stands where it must not.
pub(crate) fn none(ground: &Ground<'_>, words: &BTreeSet<String>, said: &str, processes: &Processes) -> Result<()> {
    let journal =
        ground.host.run("journalctl --no-pager -q -o cat -b all 2> /dev/null || journalctl --no-pager -q -o cat")?;
    let mut guilty = BTreeSet::new();
    for word in words {
        for (place, text) in [("what was said", said), ("the journal", &journal)] {
            if text.contains(word.as_str()) {
                guilty.insert(place.to_owned());
            }
        }
        if processes.show(word) {
            guilty.insert("a process".to_owned());
        }
    }
    let tree = ground.host.tree();
    for place in ["var/log", "var/lib/vc4all/run", "var/lib/vc4all/generations"] {
        search(&tree.join(place), words, &mut guilty);
    }
    ensure!(guilty.is_empty(), "a secret stands in {}", guilty.into_iter().collect::<Vec<_>>().join(", "));
    Ok(())
}

/// Copies of files that hold secrets are as private as these; everything beside them is what somebody may be shown.
fn search(path: &Path, words: &BTreeSet<String>, guilty: &mut BTreeSet<String>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if path.is_symlink() || matches!(name.as_str(), "old" | "new" | "stage") {
        return;
    }
    if path.is_dir() {
        fs::read_dir(path).into_iter().flatten().flatten().for_each(|entry| search(&entry.path(), words, guilty));
    } else if let Ok(bytes) = fs::read(path)
        && let text = String::from_utf8_lossy(&bytes)
        && words.iter().any(|word| text.contains(word.as_str()))
    {
        guilty.insert(path.display().to_string());
    }
}
