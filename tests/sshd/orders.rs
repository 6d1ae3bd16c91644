//! What travels: scripts, input, answers, lines.

use crate::server::{Server, order, signal, sshd, wait_for};
use std::fs;
use std::time::{Duration, Instant};
use vc4all_deploy::remote::{Error, ErrorKind, LONGEST_ANSWER, Order, Remote};

#[test]
fn script_input_answer_and_code_arrive_whole() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let mut ssh = server.connect();
    let script =
        "printf 'it'\\''s \"%s\" $(pwd) $(umask)\\n' \"$LC_ALL\"; printf 'warn\\033[2Jing\\n' >&2; cat; exit 7\n\n";
    let answer = ssh.run(&order(script, b"\0\xff in\nput")).unwrap();
    assert_eq!(answer.stdout, b"it's \"C.UTF-8\" $(pwd) $(umask)\n\0\xff in\nput");
    assert_eq!((answer.code, answer.stderr.as_str()), (7, "warn[2Jing\n"));
    assert_eq!(
        ssh.run(&order("pwd; umask; echo \"$PATH\"", b"")).unwrap().stdout.split(|b| *b == b'\n').next(),
        Some(&b"/"[..])
    );
    let long = format!("# {}\necho {}", "x".repeat(700_000), "done");
    assert_eq!(ssh.run(&order(&long, b"")).unwrap().stdout, b"done\n");
    assert_eq!(ssh.run(&order("if", b"")).unwrap().code, 2);
    assert_eq!(ssh.run(&order("kill -9 $$", b"")).unwrap().code, 137);
}

#[test]
fn five_megabytes_travel_both_ways_at_once() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let mut ssh = server.connect();
    let input: Vec<u8> = (0..5_000_000_u32).map(|n| (n ^ (n >> 8)) as u8).collect();
    let answer = ssh.run(&order("tee /dev/stderr", &input)).unwrap();
    assert!(answer.stdout == input);
    assert!(answer.stderr.len() <= 32 * 1024);
    let mut read_late = order("head -c 5000000 /dev/zero; cat", &input);
    read_late.patience = Duration::from_secs(30);
    assert_eq!(ssh.run(&read_late).unwrap().stdout.len(), 10_000_000);
    assert_eq!(ssh.run(&order("head -c 10; exit 4", &input)).unwrap().code, 4);
    assert_eq!(ssh.run(&order("exec 0<&-; head -c 3000000 /dev/zero; exit 5", &input)).unwrap().code, 5);
}

#[test]
fn an_answer_ends_at_16_mib_and_the_connection_lives_on() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let mut ssh = server.connect();
    let exact = format!("head -c {LONGEST_ANSWER} /dev/zero");
    assert_eq!(ssh.run(&order(&exact, b"")).unwrap().stdout.len(), LONGEST_ANSWER);
    let error = ssh.run(&order("cat /dev/zero", b"")).unwrap_err();
    assert!(
        error.kind == ErrorKind::BadAnswer && error.cause == "could not try it: the answer is longer than 16 MiB",
        "{error}"
    );
    assert_eq!(ssh.run(&order("echo alive", b"")).unwrap().stdout, b"alive\n");
}

#[test]
fn lines_are_told_while_the_script_still_runs() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let flag = server.path("flag");
    let script = format!(
        "echo one; until [ -e '{}' ]; do sleep 0.01; done; printf 't\\033wo\\377\\nend'; exit 3",
        flag.display()
    );
    let mut told = Vec::new();
    let answer = server.connect().follow(&order(&script, b""), &mut |line| {
        if told.is_empty() {
            fs::write(&flag, "").unwrap();
        }
        told.push(line.to_owned());
    });
    let answer = answer.unwrap();
    assert_eq!(
        (told, answer.code, answer.stdout.len()),
        (vec!["one".into(), "two\u{fffd}".into(), "end".into()], 3, 0)
    );
    let mut lengths = Vec::new();
    let script = "head -c 50000 /dev/zero | tr '\\0' x; echo; echo short";
    server.connect().follow(&order(script, b""), &mut |line| lengths.push(line.len())).unwrap();
    assert_eq!(lengths, [16 * 1024, 5]);
}

#[test]
fn a_quiet_script_is_not_a_silent_host() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let quiet = Order { purpose: "wait", script: "sleep 3.6; echo up", input: b"", patience: Duration::from_secs(3) };
    assert_eq!(server.connect().run(&quiet).unwrap().stdout, b"up\n");
}

#[test]
fn nothing_of_script_or_input_stands_in_a_process_list() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let mut ssh = server.connect();
    let script = "hidden=Geheim1; ps_seen=$(cat /proc/[0-9]*/cmdline | tr '\\0' ' '); case $ps_seen in *Gehe'im'*) echo seen ;; esac; cat >/dev/null; echo looked";
    assert_eq!(ssh.run(&order(script, b"Geheim2")).unwrap().stdout, b"looked\n");
}

#[test]
fn what_a_login_shell_prints_is_not_the_answer() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "ForceCommand echo 'Welcome to the machine!'; sh -c \"$SSH_ORIGINAL_COMMAND\"");
    let mut ssh = server.connect();
    assert_eq!(ssh.run(&order("echo answer", b"")).unwrap().stdout, b"answer\n");
    let server = Server::start(sshd, "ForceCommand echo 'Only sftp here'; echo 'no shell' >&2");
    let error = server.connect().run(&order("echo answer", b"")).unwrap_err();
    assert!(error.kind == ErrorKind::BadAnswer && error.cause.ends_with("did not run the script: no shell"), "{error}");
}

#[test]
fn a_cut_in_the_middle_is_noticed_at_once_and_a_new_connection_works() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let mut ssh = server.connect();
    let mut cut = None;
    let error = ssh.follow(&order("echo running; exec sleep 60", b""), &mut |_| {
        cut.get_or_insert_with(Instant::now);
        server.children().into_iter().for_each(|child| signal("KILL", child));
    });
    let error = error.unwrap_err();
    assert!(
        error.kind == ErrorKind::Unreachable && error.cause.starts_with("could not try it: the connection broke"),
        "{error}"
    );
    assert!(cut.unwrap().elapsed() < Duration::from_secs(3));
    ssh.reconnect().unwrap();
    assert_eq!(ssh.run(&order("echo back", b"")).unwrap().stdout, b"back\n");
}

#[test]
fn a_connection_that_ended_while_nobody_used_it_is_renewed() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let mut ssh = server.connect();
    for _ in 0..2 {
        server.children().into_iter().for_each(|child| signal("KILL", child));
        wait_for("the connection to end", || server.children().is_empty());
        assert_eq!(ssh.run(&order("echo back", b"")).unwrap().stdout, b"back\n");
    }
    server.write_known("user");
    server.children().into_iter().for_each(|child| signal("KILL", child));
    wait_for("the connection to end", || server.children().is_empty());
    assert_eq!(ssh.run(&order("echo back", b"")).unwrap_err().kind, ErrorKind::ChangedKey);
}

#[test]
fn a_silent_host_is_noticed_by_patience() {
    let Some(sshd) = sshd() else { return };
    let server = Server::start(sshd, "");
    let (mut busy, mut idle) = (server.connect(), server.connect());
    let patient = Order { patience: Duration::from_secs(3), ..order("echo running; exec sleep 60", b"") };
    let judge = |error: Error, begun: Instant| {
        assert!(error.kind == ErrorKind::Unreachable && error.cause.contains("no sign of life for 3 s"), "{error}");
        assert!((Duration::from_millis(2_500)..Duration::from_secs(8)).contains(&begun.elapsed()), "{begun:?}");
    };
    let (stop, stopped) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let (idle, patient) = (&mut idle, &patient);
        scope.spawn(move || {
            let begun = stopped.recv().unwrap();
            judge(idle.run(patient).unwrap_err(), begun);
        });
        let mut begun = None;
        let error = busy.follow(patient, &mut |_| {
            server.children().into_iter().for_each(|child| signal("STOP", child));
            stop.send(*begun.insert(Instant::now())).unwrap();
        });
        judge(error.unwrap_err(), begun.unwrap());
    });
    let begun = Instant::now();
    drop((busy, idle));
    assert!(begun.elapsed() < Duration::from_secs(2), "letting go waited for a host that is gone");
}
