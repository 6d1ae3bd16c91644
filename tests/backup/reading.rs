//! The reader of the archive, for any bytes: whoever knows a recipient can write one.

use crate::stage::{self, HUSH};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::OnceLock;
use tar::{Builder, EntryType, Header};
use vc4all_deploy::backup;
use vc4all_deploy::model::digest::Digest;

type Files = Vec<(String, Vec<u8>)>;

fn label(files: &Files) -> Value {
    let digests: serde_json::Map<String, Value> =
        files.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes).as_str().into())).collect();
    json!({ "format": "vc4all-backup", "form": 1, "domain": stage::DOMAIN, "made": "2026-11-22T10:00:00Z",
        "program": "0.1.0", "generation": 7, "files": digests })
}

fn header(name: &str, kind: EntryType, size: usize) -> Header {
    let mut header = Header::new_gnu();
    // As it stands: names that the crate would refuse to write are among them.
    header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_mode(0o600);
    header.set_cksum();
    header
}

fn tar(label: &Value, files: &Files) -> Vec<u8> {
    let mut archive = Builder::new(Vec::new());
    let label = label.to_string();
    archive.append(&header("vc4all-backup.json", EntryType::Regular, label.len()), label.as_bytes()).unwrap();
    for (name, bytes) in files {
        archive.append(&header(name, EntryType::Regular, bytes.len()), bytes.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

fn refused(bytes: &[u8]) -> String {
    let error = format!("{:#}", backup::unpack(bytes).map(|_| ()).unwrap_err());
    assert!(!error.contains(HUSH) && error.len() < 400 && !error.contains('\u{1b}'), "{error}");
    error
}

#[test]
fn what_is_packed_is_read() {
    let contents = stage::contents();
    let packed = backup::pack(&contents).unwrap();
    assert_eq!(backup::unpack(packed.reveal()).unwrap(), contents);
    let files: Files = vec![("secrets/focus".to_owned(), HUSH.into())];
    assert_eq!(backup::unpack(&tar(&label(&files), &files)).unwrap().listing().secrets.len(), 1);
}

#[test]
fn an_account_of_another_version_keeps_its_digest() {
    let file = "{ \"name\": \"Jo Voorbeeld\", \"colour\": 3 }".as_bytes().to_vec();
    let files: Files = vec![("accounts/jo.json".to_owned(), file)];
    assert_eq!(backup::unpack(&tar(&label(&files), &files)).unwrap().listing().accounts.len(), 1);
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "../secrets/focus",
        "/etc/shadow",
        "secrets/../../shadow",
        "secrets/",
        "secrets/focus/",
        "./secrets/focus",
        "secrets//focus",
        "secrets/Focus",
        "accounts/.json",
        "accounts/..json",
        "accounts/-rf.json",
        "pairs/../key.pem",
        "pairs/key.pem",
        "generation/../../who",
        "vc4all-backup.json",
        "a\u{1b}[2J",
        "",
    ] {
        let files: Files = vec![(name.to_owned(), HUSH.into())];
        refused(&tar(&label(&files), &files));
    }
}

#[test]
fn only_plain_files_are_taken() {
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Fifo,
        EntryType::Char,
        EntryType::Block,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::GNULongName,
        EntryType::GNULongLink,
        EntryType::GNUSparse,
        EntryType::Continuous,
    ] {
        let files: Files = vec![("secrets/focus".to_owned(), HUSH.into())];
        let mut bytes = tar(&label(&files), &Vec::new());
        bytes.truncate(bytes.len() - 1024);
        let mut rest = Builder::new(bytes);
        rest.append(&header("secrets/focus", kind, HUSH.len()), HUSH.as_bytes()).unwrap();
        assert!(refused(&rest.into_inner().unwrap()).contains("no plain file"), "{kind:?}");
    }
}

#[test]
fn the_label_and_the_files_have_to_agree() {
    let files: Files = vec![("secrets/focus".to_owned(), HUSH.into()), ("secrets/jvb".to_owned(), HUSH.into())];
    let whole = label(&files);
    let less: Files = files[..1].to_vec();
    let mut twice = files.clone();
    twice.push(files[0].clone());
    let mut other = files.clone();
    other[0].1[0] ^= 1;
    for (label, files) in [(&whole, &less), (&label(&less), &files), (&whole, &twice), (&whole, &other)] {
        refused(&tar(label, files));
    }
    for (key, value) in [
        ("format", json!("other")),
        ("form", json!(2)),
        ("form", json!("1")),
        ("domain", json!("-")),
        ("made", json!("\u{1b}[2J")),
        ("generation", json!(-1)),
        ("files", json!([])),
        ("more", json!(HUSH)),
    ] {
        let mut changed = whole.clone();
        changed[key] = value;
        refused(&tar(&changed, &files));
    }
    let mut newer = whole.clone();
    newer["form"] = json!(2);
    newer["files"] = json!({ "new/thing": 1 });
    assert!(refused(&tar(&newer, &files)).contains("form 2"));
}

#[test]
fn sizes_that_are_not_there_cost_nothing() {
    for size in [1_usize << 20, 1 << 33, 1 << 62] {
        let mut archive = Builder::new(Vec::new());
        let claimed = header("vc4all-backup.json", EntryType::Regular, size);
        archive.append(&claimed, b"{}".as_slice()).unwrap();
        refused(&archive.into_inner().unwrap());
    }
    for bytes in [Vec::new(), vec![0; 1024], vec![0; 10_000], vec![b'x'; 10_000], vec![0; 65 << 20]] {
        refused(&bytes);
    }
}

fn packed() -> &'static [u8] {
    static PACKED: OnceLock<Vec<u8>> = OnceLock::new();
    PACKED.get_or_init(|| backup::pack(&stage::contents()).unwrap().reveal().clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn no_bytes_make_the_reader_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(backup::unpack(&bytes).is_err());
    }

    #[test]
    fn a_changed_archive_is_the_same_or_refused(at in 0_usize..10_000_000, byte in any::<u8>(), cut in 0_u8..10) {
        let mut bytes = packed().to_vec();
        let at = at % bytes.len();
        if cut == 0 { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(read) = backup::unpack(&bytes) {
            let (was, is) = (stage::contents().listing(), read.listing());
            prop_assert_eq!((was.accounts, was.secrets, was.pairs), (is.accounts, is.secrets, is.pairs));
        }
    }

    #[test]
    fn blocks_in_another_order_are_the_same_or_refused(from in 0_usize..400, to in 0_usize..400) {
        let mut blocks: Vec<&[u8]> = packed().chunks(512).collect();
        let (from, to) = (from % blocks.len(), to % blocks.len());
        blocks.swap(from, to);
        if let Ok(read) = backup::unpack(&blocks.concat()) {
            prop_assert_eq!(read.listing().accounts, stage::contents().listing().accounts);
        }
    }
}
