//! What the operator's program refuses before it asks any host.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

const INVENTORY: &str = "domain: vergaderen.voorbeeldstad.nl
operator:
  name: Gemeente Voorbeeldstad
  kind: municipality
  address: Raadhuisplein 1, 1234 AB Voorbeeldstad
  country: NL
  email: privacy@voorbeeldstad.nl
host:
  address: 203.0.113.10
";

const LISTED: &str = "meeting_hosts:
  - account: jo.voorbeeld
    name: Jo Voorbeeld
";

const ELSEWHERE: &str = "access:
  meeting_hosts: oidc
  oidc:
    issuer: https://inloggen.voorbeeldstad.nl/realms/medewerkers
    client: overleg
    operator: Dienst ICT Voorbeeldstad
    country: NL
";

/// What the program says on standard error; it has to fail.
fn refused(inventory: &str, words: &[&str], typed: &str) -> String {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("inventory.yml");
    fs::write(&file, inventory).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vc4all-deploy"))
        .args(["--ssh-config", "/dev/null", "users", words[0]])
        .arg(&file)
        .args(&words[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty() && said.contains("\nhelp: "), "{said}");
    said
}

#[test]
fn a_listed_instance_is_changed_in_its_list() {
    let inventory = format!("{INVENTORY}{LISTED}");
    let said = refused(&inventory, &["add", "noor", "--name", "Noor Voorbeeld"], "");
    assert!(said.contains("noor is not among them") && said.contains("`meeting_hosts`"), "{said}");
    let said = refused(&inventory, &["add", "jo.voorbeeld", "--name", "Jo de Voorbeeld"], "");
    assert!(said.contains("calls jo.voorbeeld `Jo Voorbeeld`"), "{said}");
    let said = refused(&inventory, &["remove", "jo.voorbeeld"], "");
    assert!(said.contains("the inventory lists jo.voorbeeld") && said.contains("run `vc4all-deploy up`"), "{said}");
}

#[test]
fn an_account_needs_a_name_and_a_second_factor() {
    assert!(refused(INVENTORY, &["add", "jo"], "").contains("needs a name"));
    assert!(refused(INVENTORY, &["add", "Jo Voorbeeld", "--name", "Jo"], "").contains("is not the name of an account"));
    for words in
        [["add", "jo", "--name", "Jo", "--no-second-factor"].as_slice(), &["reset", "jo", "--no-second-factor"]]
    {
        assert!(refused(INVENTORY, words, "").contains("every account of this instance has a second factor"));
    }
}

#[test]
fn a_bad_passphrase_is_refused_here_and_not_repeated() {
    for bad in ["hush", "vergaderen.voorbeeldstad", "wachtwoord2026", "Jo Voorbeeld 123", ""] {
        let words = ["add", "jo", "--name", "Jo Voorbeeld", "--typed"];
        let said = refused(INVENTORY, &words, &format!("{bad}\n"));
        assert!(said.contains("error: the passphrase") && (bad.is_empty() || !said.contains(bad)), "{said}");
    }
}

#[test]
fn an_instance_whose_meeting_hosts_log_in_elsewhere_has_no_accounts() {
    let said = refused(&format!("{INVENTORY}{ELSEWHERE}"), &["list"], "");
    assert!(said.contains("log in at an identity provider"), "{said}");
}

#[test]
fn flags_that_contradict_each_other_are_no_command() {
    for words in [
        ["--second-factor-only", "--passphrase-only"],
        ["--second-factor-only", "--typed"],
        ["--second-factor-only", "--no-second-factor"],
        ["--passphrase-only", "--no-second-factor"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_vc4all-deploy"))
            .args(["users", "reset", "inventory.yml", "jo"])
            .args(words)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}");
    }
}
