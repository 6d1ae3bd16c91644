//! Hostile strings in every language of the signalling side: thousands of them, each inert or refused.

use crate::needs::have;
use crate::support;
use crate::tool::{folder, succeed, write};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;
use vc4all_deploy::model::traits::Release;
use vc4all_deploy::model::values::{Address, Domain, Email, Line, WebAddress};
use vc4all_deploy::render::Renderer;

/// Pieces of text that mean something to one of the readers.
const PIECES: [&str; 40] = [
    "\"",
    "'",
    "`",
    "$",
    "$(id)",
    "${HOME}",
    "${?x}",
    "\\",
    "\\\"",
    "]]",
    "[[",
    "--",
    "--[[",
    "]=]",
    "\n",
    "\r\n",
    "\t",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "</script>",
    "<!--",
    "#",
    "//",
    "/*",
    "*/",
    ";",
    "&&",
    "|",
    "%s",
    "%n",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "é",
    "😀",
    "\\n",
    "\"\"\"",
];
const CASES: usize = 3000;

/// The same strings in each run.
fn hostile() -> Vec<String> {
    let piece = prop_oneof![
        6 => prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
        2 => "[a-z0-9.]{1,8}",
        1 => "\\PC{1,4}",
    ];
    let texts = prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::deterministic();
    let mut all: Vec<String> = (0..CASES).map(|_| texts.new_tree(&mut runner).unwrap().current()).collect();
    all.extend(PIECES.map(str::to_owned));
    all.extend(["\"]]$'`".repeat(2000), "x".repeat(10_000)]);
    all
}

/// Every name that the template asks for, with the same text; numbers and lists stay what they are.
fn scope(names: &[&str], text: &str) -> Map<String, Value> {
    let mut scope: Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), json!(text))).collect();
    for number in [
        "stun_port",
        "turns_port",
        "turn_ttl",
        "login_rate",
        "join_rate",
        "participants",
        "room_name_bits",
        "media_port",
        "relay_first",
    ] {
        scope.insert(number.to_owned(), json!(1));
    }
    let tokens =
        json!({ "issuer": text, "audience": text, "secret": text, "mark": text, "keys": text, "one_room": true });
    scope.insert("tokens".to_owned(), tokens);
    for flag in ["private_network", "public_network"] {
        scope.insert(flag.to_owned(), json!(true));
    }
    scope.insert("mappings".to_owned(), json!([{ "local": text, "public": text, "name": text }]));
    scope
}

/// Renders the template with each string and writes the results beside what they stand for.
fn render_all(folder: &Path, template: &str, names: &[&str]) -> usize {
    let renderer = Renderer::new().unwrap();
    let texts = hostile();
    for (index, text) in texts.iter().enumerate() {
        write(&folder.join(format!("{index}.in")), text);
        write(&folder.join(format!("{index}.out")), &renderer.text(template, &scope(names, text)).unwrap());
    }
    texts.len()
}

#[test]
fn lua_reads_back_what_was_put_in() {
    const NAMES: [&str; 22] = [
        "host",
        "guest",
        "auth",
        "conference",
        "breakout",
        "lobby",
        "brewery",
        "focus_component",
        "metadata",
        "speakerstats",
        "endconference",
        "avmoderation",
        "polls",
        "focus",
        "jvb",
        "host_key",
        "host_certificate",
        "auth_key",
        "auth_certificate",
        "guests",
        "languages",
        "extra",
    ];
    const CHECK: &str = r#"
local count, files = tonumber(arg[1]), arg[2]
local function read(name) local f = assert(io.open(files .. "/" .. name, "rb")); local t = f:read("a"); f:close(); return t end
for i = 0, count - 1 do
  local text, seen = read(i .. ".in"), {}
  local function host(name) seen[#seen + 1] = name; return function () end end
  local env = setmetatable({ VirtualHost = host, Component = host },
    { __index = function (_, name) error(i .. ": reads " .. name) end })
  assert(load(read(i .. ".out"), "=" .. i, "t", env))()
  assert(env.muc_mapper_domain_base == text and rawget(env, "guests") == nil and #seen == 13, i)
  for _, name in ipairs(seen) do assert(name == text, i) end
  assert(env.unlimited_jids[1] == text, i)
  assert(env.app_secret == text and env.app_id == text and env.allow_empty_token == false, i)
  assert(env.asap_accepted_issuers[1] == text and env.asap_accepted_audiences[1] == text, i)
end
"#;
    if !have(&["lua5.4"]) {
        return;
    }
    let folder = folder();
    let count = render_all(folder.path(), "prosody/host.cfg.lua", &NAMES);
    let script = folder.path().join("check.lua");
    write(&script, CHECK);
    succeed(Command::new("lua5.4").arg(script).arg(count.to_string()).arg(folder.path()));
}

#[test]
fn lua_reads_back_what_the_gate_reads_anew() {
    const CHECK: &str = r#"
local count, files = tonumber(arg[1]), arg[2]
local function read(name) local f = assert(io.open(files .. "/" .. name, "rb")); local t = f:read("a"); f:close(); return t end
for i = 0, count - 1 do
  local text, env = read(i .. ".in"), {}
  assert(load(read(i .. ".out"), "=" .. i, "t", env))()
  assert(env.vc4all_gate_guests == text and env.vc4all_gate_room_name_bits == 1 and env.vc4all_gate_language, i)
end
"#;
    if !have(&["lua5.4"]) {
        return;
    }
    let folder = folder();
    let count = render_all(folder.path(), "prosody/reloaded.cfg.lua", &["guests", "languages"]);
    let script = folder.path().join("check.lua");
    write(&script, CHECK);
    succeed(Command::new("lua5.4").arg(script).arg(count.to_string()).arg(folder.path()));
}

#[test]
fn hocon_reads_back_what_was_put_in() {
    const CHECK: &str = r##"
require "hocon"; require "hocon/config_factory"
count, files, key = Integer(ARGV[0]), ARGV[1], ARGV[2].split(".")
# The parser is slow: each of the two files takes every other string.
(Integer(ARGV[3])...count).step(2) do |i|
  tree = Hocon::ConfigFactory.parse_file("#{files}/#{i}.out.conf").resolve.root.unwrapped
  want = File.read("#{files}/#{i}.in", encoding: "UTF-8")
  raise "#{i}: #{tree.dig(*key).inspect}" unless tree.dig(*key) == want
end
"##;
    if !have(&["ruby"]) {
        return;
    }
    for (template, key, first) in [
        ("jicofo/jicofo.conf", "jicofo.xmpp.client.xmpp-domain", "0"),
        ("videobridge/jvb.conf", "videobridge.apis.xmpp-client.configs.own.MUC_NICKNAME", "1"),
    ] {
        let folder = folder();
        let names = ["host", "auth", "conference", "focus", "brewery", "nickname"];
        let count = render_all(folder.path(), template, &names);
        for index in 0..count {
            let out = folder.path().join(format!("{index}.out"));
            std::fs::rename(&out, folder.path().join(format!("{index}.out.conf"))).unwrap();
        }
        succeed(Command::new("ruby").args(["-e", CHECK]).arg(count.to_string()).arg(folder.path()).args([key, first]));
    }
}

#[test]
fn a_shell_reads_back_what_was_put_in() {
    // One shell for all: each file in a subshell of its own, whose variables go to a file as they are.
    const CHECK: &str = r#"
cd "$2"; i=0
while [ $i -lt "$1" ]; do
  ( unset JICOFO_HOSTNAME; . "./$i.out"; printf %s "$JICOFO_HOSTNAME" > "$i.seen" ) || exit 1
  i=$((i + 1))
done
"#;
    let folder = folder();
    let count = render_all(folder.path(), "jicofo/config", &["host", "auth", "heap"]);
    succeed(Command::new("sh").args(["-eu", "-c", CHECK, "sh"]).arg(count.to_string()).arg(folder.path()));
    for index in 0..count {
        let [text, seen] =
            ["in", "seen"].map(|kind| std::fs::read(folder.path().join(format!("{index}.{kind}"))).unwrap());
        assert_eq!(text, seen, "case {index}");
    }
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 3 * count, "a shell made or removed a file");
}

#[test]
fn files_without_quoting_refuse_what_does_not_fit() {
    let renderer = Renderer::new().unwrap();
    for text in hostile() {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:@/+-[]=~".contains(&b));
        let mut turn = scope(&["host"], &text);
        for (name, value) in [("relay_last", json!(2)), ("total_quota", json!(3)), ("external", json!([]))] {
            turn.insert(name.to_owned(), value);
        }
        for list in ["listening", "peers", "denied"] {
            turn.insert(list.to_owned(), json!([]));
        }
        assert_eq!(renderer.text("turn/turnserver.conf", &turn).is_ok(), plain, "{text:?}");
        let source = json!({ "mirror": text, "suite": "stable", "keyring": "/keyring" });
        let one_line = text.trim() == text && !text.chars().any(char::is_control);
        match renderer.text("apt/jitsi.sources", &source) {
            Ok(file) => {
                assert!(one_line, "{text:?}");
                assert!(file.lines().any(|line| line == format!("URIs: {text}")), "{text:?}");
            }
            Err(_) => assert!(!one_line, "{text:?}"),
        }
    }
}

/// Texts that are nearly right, so that many of them are taken.
fn nearly_right() -> Vec<[String; 4]> {
    let texts = (
        "[a-z0-9]{1,3}[a-z0-9.-]{0,20}\\.[a-z]{2,3}",
        "https?://[a-z.]{1,9}[a-z0-9._~:/?#\\[\\]@!&*+,=%'$-]{0,20}",
        "[a-z0-9.+_-]{1,9}@[a-z0-9.-]{1,9}\\.nl",
        "\\PC{1,30}",
    );
    let mut runner = TestRunner::deterministic();
    (0..400)
        .map(|_| {
            let (domain, address, mail, line) = texts.new_tree(&mut runner).unwrap().current();
            [domain, address, mail, line]
        })
        .collect()
}

#[test]
fn what_an_inventory_may_say_can_be_rendered() {
    let renderer = Renderer::new().unwrap();
    let (_, plain) = support::deployments().swap_remove(0);
    let mut taken = [0; 4];
    for [domain, address, mail, line] in nearly_right() {
        let mut deployment = plain.clone();
        if let Ok(domain) = Domain::parse(&domain) {
            deployment.host.address = Address::Name(domain.as_str().to_owned());
            deployment.domain = domain;
            taken[0] += 1;
        }
        if let Ok(address) = WebAddress::parse(&address) {
            deployment.packages.jitsi = address.clone();
            deployment.packages.key_url = address.clone();
            deployment.operator.website = Some(address);
            taken[1] += 1;
        }
        if let Ok(mail) = Email::parse(&mail) {
            deployment.operator.email = mail.clone();
            deployment.tls.contact = Some(mail);
            taken[2] += 1;
        }
        if let Ok(line) = Line::parse(&line) {
            deployment.operator.name = line.clone();
            deployment.operator.address = line;
            taken[3] += 1;
        }
        // Panics with the component and the reason when a value is refused only here.
        assert!(!support::claims(&renderer, &deployment, Release::Debian13).is_empty());
    }
    assert!(taken.iter().all(|count| *count > 50), "too few were taken to say anything: {taken:?}");
}
