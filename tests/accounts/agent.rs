//! The real program on the host: one order on standard input, one answer on standard output.

use proptest::prelude::*;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Barrier;
use std::thread;
use tempfile::TempDir;
use vc4all_deploy::accounts::{Accounts, Answer, Attempt, Order, Outcome, Verdict, code_at};
use vc4all_deploy::model::deployment::SecondFactor;

struct Machine {
    place: TempDir,
}

impl Machine {
    fn new(second_factor: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let config = format!(r#"{{"domain":"vergaderen.voorbeeldstad.nl","second_factor":"{second_factor}"}}"#);
        fs::write(place.path().join("door.json"), config).unwrap();
        Self { place }
    }

    fn folder(&self) -> PathBuf {
        self.place.path().join("vc4all-door/accounts")
    }

    fn run(&self, order: &[u8]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vc4all-agent"))
            .arg("users")
            .arg("--accounts")
            .arg(self.folder())
            .arg("--config")
            .arg(self.place.path().join("door.json"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(order).unwrap();
        child.wait_with_output().unwrap()
    }

    fn answer(&self, order: &str) -> Answer {
        let output = self.run(order.as_bytes());
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        Answer::read(&output.stdout).unwrap()
    }

    fn done(&self, order: &str) -> Outcome {
        match self.answer(order) {
            Answer::Done { ok } => ok,
            Answer::Failed { error, .. } => panic!("{order}: {error}"),
        }
    }

    fn failed(&self, order: &str) -> (String, String) {
        match self.answer(order) {
            Answer::Failed { error, help } => (error, help.unwrap_or_default()),
            Answer::Done { .. } => panic!("{order} was done"),
        }
    }
}

#[test]
fn an_account_lives_from_its_first_order_to_its_last() {
    let machine = Machine::new("required");
    assert_eq!(machine.done(r#"{"do":"list"}"#).accounts.unwrap(), []);
    let given =
        machine.done(r#"{"do":"add","account":"jo","name":"Jo Voorbeeld","passphrase":null,"second_factor":true}"#);
    assert_eq!(fs::metadata(machine.folder().join("jo.json")).unwrap().permissions().mode() & 0o777, 0o600);
    let (passphrase, key) = (given.passphrase.unwrap().0, given.app_key.unwrap().0);
    let accounts = Accounts::at(&machine.folder(), SecondFactor::Required);
    let now = 1_800_000_000;
    let code = code_at(key.reveal(), now).unwrap();
    let attempt = Attempt { account: "jo", passphrase: passphrase.reveal(), code: &code };
    assert!(matches!(accounts.admit(&attempt, now).unwrap(), Verdict::Admitted(_)), "the price is that of the door");
    machine.done(r#"{"do":"unlock","account":"jo"}"#);
    let listed = machine.done(r#"{"do":"list"}"#).accounts.unwrap();
    assert!(listed.len() == 1 && listed[0].second_factor && listed[0].passphrase);
    machine.done(r#"{"do":"remove","account":"jo"}"#);
    assert_eq!(machine.done(r#"{"do":"list"}"#).accounts.unwrap(), []);
}

#[test]
fn what_cannot_be_done_says_why_and_what_to_do() {
    let machine = Machine::new("required");
    let add = r#"{"do":"add","account":"jo","name":"Jo Voorbeeld","passphrase":"hush","second_factor":true}"#;
    let (error, help) = machine.failed(add);
    assert_eq!(error, "the passphrase is shorter than 12 characters");
    assert!(help.contains("four or more words"), "{help}");
    let (error, help) = machine.failed(r#"{"do":"add","account":"jo","hush":"hush"}"#);
    assert!(error.starts_with("the order is not understood") && !error.contains("hush") && help.contains("up"));
    fs::remove_file(machine.place.path().join("door.json")).unwrap();
    let (error, help) = machine.failed(r#"{"do":"list"}"#);
    assert!(error.contains("is not there") && help == "run `vc4all-deploy up` first", "{error}");
    fs::write(machine.place.path().join("door.json"), r#"{"second_factor":"sometimes"}"#).unwrap();
    assert!(machine.failed(r#"{"do":"list"}"#).0.contains("second_factor is odd"));
}

#[test]
fn an_order_that_is_too_long_or_no_text_is_refused() {
    let machine = Machine::new("optional");
    for order in [vec![b'['; 60_000], vec![0xff; 100], Vec::new(), br#"{"do":"list"} {"do":"list"}"#.to_vec()] {
        let output = machine.run(&order);
        assert!(matches!(Answer::read(&output.stdout).unwrap(), Answer::Failed { .. }));
    }
    assert!(!machine.folder().join("jo.json").exists());
}

#[test]
fn of_two_programs_that_make_the_same_account_one_makes_it() {
    let machine = Machine::new("required");
    let start = Barrier::new(3);
    let order = r#"{"do":"add","account":"jo","name":"Jo Voorbeeld","second_factor":true}"#;
    let made = thread::scope(|scope| {
        let programs = [(); 3].map(|()| {
            scope.spawn(|| {
                start.wait();
                matches!(machine.answer(order), Answer::Done { .. })
            })
        });
        programs.map(|program| program.join().unwrap()).into_iter().filter(|made| *made).count()
    });
    assert_eq!(made, 1);
}

#[test]
fn an_administrator_who_resets_and_a_host_who_logs_in_do_not_undo_each_other() {
    let machine = Machine::new("optional");
    machine.done(r#"{"do":"add","account":"jo","name":"Jo Voorbeeld","passphrase":"zeven paarse fietsen","second_factor":false}"#);
    let order = r#"{"do":"reset_passphrase","account":"jo","passphrase":"acht groene molens"}"#;
    thread::scope(|scope| {
        let program = scope.spawn(|| machine.done(order));
        let accounts = Accounts::at(&machine.folder(), SecondFactor::Optional);
        let mut now = 1_800_000_000;
        let attempt = Attempt { account: "jo", passphrase: "zeven paarse fietsen", code: "" };
        while !program.is_finished() {
            let _ = accounts.admit(&attempt, now).unwrap();
            now += 900;
        }
        program.join().unwrap();
        assert_eq!(accounts.admit(&attempt, now).unwrap(), Verdict::Refused, "the new passphrase stays");
    });
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_of_orders_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Order::read(&bytes);
        let _ = Answer::read(&bytes);
    }

    #[test]
    fn no_words_in_the_places_of_an_order_make_a_file_outside_of_the_folder(account in ".{0,40}", name in ".{0,40}") {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("door/accounts");
        let accounts = Accounts::with_cost(&folder, SecondFactor::Optional, crate::stage::LIGHT);
        let order = serde_json::json!({"do": "add", "account": account, "name": name, "second_factor": false});
        let done = Order::read(order.to_string().as_bytes()).and_then(|order| accounts.carry_out(order, 0));
        let files = fs::read_dir(&folder).map(Iterator::count).unwrap_or_default();
        prop_assert_eq!(files, usize::from(done.is_ok()));
        prop_assert!(fs::read_dir(place.path()).unwrap().count() <= 1);
    }
}
