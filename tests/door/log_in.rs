//! Logging in: who is admitted, who is not, and that nobody learns more from a refusal than that it is one.

use crate::reply::Reply;
use crate::service::{DOMAIN, House, ROOM, SECRET, Service, code, now};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use vc4all_deploy::accounts::{App, Credentials};
use vc4all_deploy::model::secret::Secret;

/// A door with the account `anna`.
fn open(second_factor: &str, app: App) -> (Service, Credentials) {
    let house = House::new(second_factor);
    let credentials = house.account("anna", app);
    (house.open(), credentials)
}

fn revealed(secret: &Option<Secret<String>>) -> &str {
    secret.as_ref().unwrap().reveal()
}

/// HMAC with SHA-256 by its definition (RFC 2104 §2).
fn hmac(message: &[u8]) -> Vec<u8> {
    let pad = |mask: u8| (0..64).map(|at| SECRET.as_bytes().get(at).unwrap_or(&0) ^ mask).collect::<Vec<u8>>();
    let inner = Sha256::digest([pad(0x36), message.to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}

/// The claims of the token to which the answer leads, once its signature is found right.
pub(crate) fn claims(reply: &Reply) -> Value {
    assert_eq!(reply.status, 303, "{}", reply.body);
    let fragment = reply.header("location").strip_prefix(&format!("/{ROOM}#jwt=%22")).unwrap();
    let token = fragment.split("%22").next().unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap(), hmac(message.as_bytes()));
    let (head, claims) = message.split_once('.').unwrap();
    let part = |text| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    assert_eq!(part(head), json!({ "typ": "JWT", "alg": "HS256" }));
    part(claims)
}

/// The same for everybody, but for the name that they typed themselves.
fn anonymous(reply: Reply, account: &str) -> Reply {
    let body = reply.body.replace(&format!("value=\"{account}\""), "value=\"…\"");
    assert_ne!(body, reply.body);
    Reply { body, ..reply.timeless() }
}

#[test]
fn who_proves_to_be_a_meeting_host_gets_a_token_for_this_room() {
    let (door, anna) = open("required", App::SetUp);
    let begun = now();
    let reply = door.log_in("anna", revealed(&anna.passphrase), &code(revealed(&anna.app_key), 0));
    let claims = claims(&reply);
    let issued = claims["iat"].as_u64().unwrap();
    assert!((begun..=now()).contains(&issued));
    let id = claims["context"]["user"]["id"].as_str().unwrap();
    assert!(id.len() >= 12 && !id.contains("anna"), "{id}");
    let expected = json!({
        "aud": "jitsi", "iss": "vc4all", "sub": DOMAIN, "room": ROOM, "iat": issued, "nbf": issued - 10, "exp": issued + 7200,
        "context": { "user": { "name": "Anna de Vries", "id": id } }
    });
    assert_eq!(claims, expected);
    assert!(reply.header("location").ends_with("&config.prejoinConfig.enabled=false"));
    assert_eq!((reply.all("set-cookie").len(), reply.body.as_str()), (0, ""));
    assert_eq!(door.journal(), "log-in admitted\n");
}

#[test]
fn of_the_state_only_switches_reach_the_room() {
    let (door, anna) = open("optional", App::Without);
    let state = r#"{"config.startWithVideoMuted":true,"config.prejoinConfig.enabled":true,"config.hosts":"x","jwt":"y","room":"z"}"#;
    let fields = [("room", ROOM), ("state", state), ("account", "anna"), ("passphrase", revealed(&anna.passphrase))];
    let reply = door.post("/door", &fields, &[]);
    let (_, switches) = reply.header("location").split_once('&').unwrap();
    assert_eq!(switches, "config.prejoinConfig.enabled=true&config.startWithVideoMuted=true");
}

#[test]
fn a_wrong_passphrase_an_unknown_account_and_a_wrong_code_look_the_same() {
    let (door, anna) = open("required", App::SetUp);
    let good = code(revealed(&anna.app_key), 0);
    let replies = [
        ("anna", anonymous(door.log_in("anna", "een andere zin dan de ware", &good), "anna")),
        ("bert", anonymous(door.log_in("bert", revealed(&anna.passphrase), &good), "bert")),
        ("anna", anonymous(door.log_in("anna", revealed(&anna.passphrase), "000000"), "anna")),
        ("B(t)", anonymous(door.log_in("B(t)", "x", "x"), "B(t)")),
    ];
    for (account, reply) in &replies {
        assert_eq!(reply.status, 403, "{account}");
        assert_eq!(reply, &replies[0].1, "{account}");
        assert!(reply.body.contains("role=\"alert\"") && reply.body.contains("Dat klopt niet."), "{}", reply.body);
    }
    assert_eq!(door.journal(), "log-in refused\n".repeat(4));
}

#[test]
fn a_known_and_an_unknown_account_rest_alike() {
    let (door, _) = open("required", App::SetUp);
    // After five attempts the rests are 1, 2, 4 … seconds: on the slowest machine one of them is not over yet.
    let until_told_to_wait = |account: &str| {
        let attempt = || door.log_in(account, "een andere zin", "123456");
        let mut refused = 0;
        loop {
            let reply = attempt();
            match reply.status {
                403 => refused += 1,
                _ => return (refused, anonymous(reply, account)),
            }
            assert!(refused < 12, "{account} never rests");
        }
    };
    let (refused, known) = until_told_to_wait("anna");
    let (refused_as_well, unknown) = until_told_to_wait("bert");
    assert!(refused >= 5 && refused_as_well >= 5, "{refused} {refused_as_well}");
    assert_eq!((known.status, unknown.status), (429, 429));
    for reply in [known, unknown] {
        assert!(reply.body.contains("Er is te vaak iets verkeerds ingevuld."), "{}", reply.body);
        assert!((1..=128).contains(&reply.header("retry-after").parse::<u64>().unwrap()));
    }
}

#[test]
fn a_code_works_once() {
    let (door, anna) = open("required", App::SetUp);
    let code = code(revealed(&anna.app_key), 0);
    assert_eq!(door.log_in("anna", revealed(&anna.passphrase), &code).status, 303);
    assert_eq!(door.log_in("anna", revealed(&anna.passphrase), &code).status, 403);
}

#[test]
fn a_clock_may_be_one_step_behind_or_ahead_but_not_more() {
    let (door, anna) = open("required", App::SetUp);
    for (steps, status) in [(-3, 403), (3, 403), (-1, 303), (1, 303)] {
        let reply = door.log_in("anna", revealed(&anna.passphrase), &code(revealed(&anna.app_key), steps));
        assert_eq!(reply.status, status, "{steps} steps");
    }
}

#[test]
fn a_recovery_code_works_once_in_its_own_field() {
    let (door, anna) = open("required", App::SetUp);
    let recovery = anna.recovery_codes[0].reveal();
    let fields =
        [("room", ROOM), ("account", "anna"), ("passphrase", revealed(&anna.passphrase)), ("recovery", recovery)];
    claims(&door.post("/door", &fields, &[]));
    assert_eq!(door.post("/door", &fields, &[]).status, 403);
}

#[test]
fn the_second_factor_is_asked_for_where_it_is_required_or_set_up() {
    let (door, anna) = open("required", App::Without);
    assert_eq!(door.log_in("anna", revealed(&anna.passphrase), "123456").status, 403, "required, and not set up");
    let empty = door.log_in("anna", revealed(&anna.passphrase), "");
    assert_eq!(empty.status, 400);
    assert!(empty.body.contains("Vul uw account, uw wachtzin en de code in."), "{}", empty.body);
    let (door, anna) = open("optional", App::SetUp);
    assert_eq!(door.log_in("anna", revealed(&anna.passphrase), "").status, 403, "optional, but set up");
    let (door, anna) = open("optional", App::Without);
    claims(&door.log_in("anna", revealed(&anna.passphrase), ""));
}

#[test]
fn whom_the_inventory_lists_is_called_as_it_says() {
    let house = House::new("optional");
    let anna = house.account("anna", App::Without);
    let text = std::fs::read_to_string(house.path("door.json")).unwrap();
    let named = text.replace('}', ",\"names\":{\"anna\":\"A. de Vries, griffie\",\"bert\":\"Bert\"}}");
    std::fs::write(house.path("door.json"), named).unwrap();
    let door = house.open();
    let fields = [("room", ROOM), ("account", "anna"), ("passphrase", revealed(&anna.passphrase)), ("stay", "yes")];
    let reply = door.post("/door", &fields, &[]);
    assert_eq!(claims(&reply)["context"]["user"]["name"], "A. de Vries, griffie");
    let cookie = reply.header("set-cookie").split(';').next().unwrap();
    let page = door.get(&format!("/door?room={ROOM}"), &[("Cookie", cookie)]);
    assert!(page.body.contains("<strong>A. de Vries, griffie</strong>"), "{}", page.body);
}

#[test]
fn empty_fields_are_not_judged() {
    let (door, _) = open("optional", App::Without);
    for (account, passphrase) in [("", "x"), ("anna", ""), ("", "")] {
        let reply = door.log_in(account, passphrase, "");
        assert_eq!(reply.status, 400);
        assert!(reply.body.contains("Vul uw account en uw wachtzin in."), "{}", reply.body);
    }
    assert_eq!(door.journal(), "");
}

#[test]
fn who_stays_signed_in_opens_rooms_until_signing_out() {
    let (door, anna) = open("required", App::SetUp);
    let code = code(revealed(&anna.app_key), 0);
    let fields = [
        ("room", ROOM),
        ("account", "anna"),
        ("passphrase", revealed(&anna.passphrase)),
        ("code", &code),
        ("stay", "yes"),
    ];
    let reply = door.post("/door", &fields, &[]);
    claims(&reply);
    let line = reply.header("set-cookie");
    let (cookie, attributes) = line.split_once("; ").unwrap();
    assert!(cookie.starts_with("__Host-vc4all-door=") && cookie.len() > 60, "{cookie}");
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=604800");

    let signed_in = [("Cookie", cookie)];
    let page = door.get(&format!("/door?room={ROOM}&lang=en"), &signed_in);
    assert!(
        page.body.contains("<strong>Anna de Vries</strong>") && page.body.contains("action=\"/door/open\""),
        "{}",
        page.body
    );
    assert!(!page.body.contains("name=\"passphrase\""));
    let room = [("room", ROOM), ("lang", "en")];
    let opened = claims(&door.post("/door/open", &room, &signed_in));
    assert_eq!(opened["context"]["user"]["name"], "Anna de Vries");
    let mut changed = cookie.to_owned();
    let last = changed.pop().unwrap();
    changed.push(if last == 'A' { 'B' } else { 'A' });
    assert_eq!(door.post("/door/open", &room, &[("Cookie", &changed)]).status, 403);

    let out = door.post("/door/out", &room, &signed_in);
    assert_eq!((out.status, out.header("location")), (303, format!("/door?room={ROOM}&lang=en").as_str()));
    assert_eq!(out.header("set-cookie"), "__Host-vc4all-door=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    let refused = door.post("/door/open", &room, &signed_in);
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("no longer signed in") && refused.header("set-cookie").ends_with("Max-Age=0"));
    let form = door.get(&format!("/door?room={ROOM}"), &signed_in);
    assert!(form.body.contains("name=\"passphrase\"") && form.header("set-cookie").ends_with("Max-Age=0"));
}

#[test]
fn the_journal_knows_nobody() {
    let (door, anna) = open("required", App::SetUp);
    door.log_in("anna", "een andere zin", "123456");
    door.log_in("anna", revealed(&anna.passphrase), &code(revealed(&anna.app_key), 0));
    let journal = door.journal();
    assert_eq!(journal, "log-in refused\nlog-in admitted\n");
    for word in ["anna", "Anna", ROOM, "192.0.2", revealed(&anna.passphrase)] {
        assert!(!journal.contains(word));
    }
}
