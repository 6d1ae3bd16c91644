//! How the door opens, what keeps it shut, and how it ends.

use crate::reply::{Reply, form, send};
use crate::service::{House, ROOM, own, request};
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// What the door says when it does not open, without the folder's own path.
fn refusal(house: &House, arguments: &[&str]) -> String {
    let output = house.command().args(arguments).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
    String::from_utf8(output.stderr).unwrap().replace(house.path("").to_str().unwrap(), "…/")
}

#[test]
fn a_configuration_that_is_wrong_is_named() {
    let good = fs::read_to_string(House::new("required").path("door.json")).unwrap();
    let cases = [
        ("", "EOF while parsing a value"),
        ("{}", "missing field `domain`"),
        (&good.replace("\"domain\"", "\"domein\""), "unknown field `domein`"),
        (&good.replace("required", "sometimes"), "unknown variant `sometimes`"),
        (&good.replace("\"nl\",\"en\"", ""), "`languages` is empty"),
        (&good.replace("\"nl\"", "\"sv\""), "unknown variant `sv`"),
        (&good.replace("120", "4"), "`token_minutes` is not between 5 and 720"),
        (&good.replace(":40", ":129"), "`room_name_bits` is more than 128"),
        (&good.replace("overleg.", "over leg."), "`domain` is not a name of a host"),
        (&good.replace("Gemeente Voorbeeldstad & omstreken", " "), "`operator` is empty"),
    ];
    for (text, expected) in cases {
        let house = House::new("required");
        fs::write(house.path("door.json"), text).unwrap();
        let said = refusal(&house, &["--credentials", house.path("").to_str().unwrap()]);
        assert!(said.starts_with("error: the configuration …/door.json: ") && said.contains(expected), "{said}");
    }
    let house = House::new("required");
    fs::remove_file(house.path("door.json")).unwrap();
    let said = refusal(&house, &["--credentials", "/"]);
    assert_eq!(said, "error: the configuration …/door.json: No such file or directory (os error 2)\n");
}

#[test]
fn a_secret_that_is_not_there_or_none_is_named_and_never_shown() {
    let house = House::new("required");
    let said = refusal(&house, &[]);
    assert!(
        said.starts_with("error: no folder with the secret `token` is named\nhelp: start the door as a unit"),
        "{said}"
    );
    let folder = house.path("").to_str().unwrap().to_owned();
    for secret in ["", "kort-geheim", &"é".repeat(40), &format!("{} {}", "a".repeat(20), "b".repeat(20))] {
        fs::write(house.path("token"), secret).unwrap();
        let said = refusal(&house, &["--credentials", &folder]);
        assert_eq!(said, "error: the secret …/token is not 32 or more printable characters\n");
    }
    fs::remove_file(house.path("token")).unwrap();
    let said = refusal(&house, &["--credentials", &folder]);
    assert!(said.starts_with("error: the secret …/token cannot be read: No such file"), "{said}");
    assert!(said.contains("\nhelp: the unit hands it over with LoadCredential="), "{said}");
}

#[test]
fn without_a_socket_the_door_says_who_hands_it_over() {
    let house = House::new("required");
    let folder = house.path("").to_str().unwrap().to_owned();
    let said = refusal(&house, &["--credentials", &folder]);
    assert!(said.starts_with("error: nobody handed over a socket\nhelp: start vc4all-door.socket"), "{said}");
    let taken = house.path("token");
    let said = refusal(&house, &["--credentials", &folder, "--socket", taken.to_str().unwrap()]);
    assert!(said.starts_with("error: make the socket …/token: Address already in use"), "{said}");
}

#[test]
fn a_socket_of_its_own_works_as_well() {
    let house = House::new("required");
    let (folder, socket) = (house.path(""), house.path("own"));
    let mut command = house.command();
    command.arg("--credentials").arg(&folder).arg("--socket").arg(&socket);
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    while UnixStream::connect(&socket).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the socket does not listen");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(send(&socket, request("GET", "/door", &[], "").as_bytes()).unwrap().status, 200);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_help_names_every_place() {
    let output = House::new("required").command().arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for word in ["/etc/vc4all/door.json", "/var/lib/vc4all-door/accounts", "$CREDENTIALS_DIRECTORY", "--socket"] {
        assert!(help.contains(word), "{word} in {help}");
    }
}

#[test]
fn the_signal_to_end_lets_an_open_request_come_to_its_end() {
    let mut door = House::new("required").open();
    let body = form(&[("room", ROOM), ("account", "anna"), ("passphrase", "een zin"), ("code", "123456")]);
    let headers =
        [&[("Content-Type", "application/x-www-form-urlencoded"), ("Expect", "100-continue")], &own()[..]].concat();
    let text = request("POST", "/door", &headers, &body);
    let (head, body) = text.split_at(text.len() - body.len());
    let mut open = UnixStream::connect(door.socket()).unwrap();
    open.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    open.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    door.signal_to_end();
    let begun = Instant::now();
    while UnixStream::connect(door.socket()).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(10), "the door still takes requests");
        std::thread::sleep(Duration::from_millis(10));
    }
    open.write_all(body.as_bytes()).unwrap();
    assert_eq!(Reply::read(open).unwrap().status, 403);
    assert_eq!(door.wait_for_end().code(), Some(0));
    assert_eq!(door.journal(), "log-in refused\n");
}
