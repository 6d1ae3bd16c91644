//! What `up` does in the door's folder as root: with the door's rights, with a way back, and without a copy that stays.

use std::io::{Write as _, stderr};
use std::path::Path;
use std::process::Command;

/// A host with a door that holds jo's account, and a run that may begin; the parts of the script are the real ones.
const HOST: &str = r#"
    set -e
    mount -t tmpfs none /var/lib
    mkdir -m 700 /var/lib/private /var/lib/own
    mkdir -p /var/lib/private/vc4all-door/accounts /var/lib/vc4all/run/1/data
    ln -s private/vc4all-door /var/lib/vc4all-door
    accounts=/var/lib/private/vc4all-door/accounts
    echo '{"name":"Jo","passphrase":"hush"}' > "$accounts/jo.json"
    chmod -R go= /var/lib/private && chown -R 64321:64322 /var/lib/private/vc4all-door
    run=/var/lib/vc4all/run/1
    cp "$0"/*.sh "$run" && sed '$d' "$0/apply.sh" > "$run/parts.sh"
    touch "$run/who" "$run/steps" "$run/plan" "$run/units" "$run/record" "$run/programs"
    echo 'secret focus -' > "$run/wanted" && echo 10 > "$run/keep"
    set -- "$run" && . "$run/parts.sh"
    set -e
    restore_units() { :; }
    systemctl() { :; }
    fail() { echo "$*"; cat "$events"; exit 1; }
    hushes() { grep -rl hush /var/lib || :; }
    # The way back ends with the run's data.
    begin() {
        mkdir -p "$run/data" && printf 'remove jo\nadd noor {"name":"Noor"}\n' > "$run/data/1"
        begin_journal && begin_manifest
    }
    begin
"#;

fn on_a_host(story: &str) {
    let parts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/apply/host");
    let script = format!("{HOST}{story}");
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "dash", "-c", &script]).arg(parts);
    let output = command.output().unwrap();
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if !root {
        assert!(std::env::var_os("CI").is_none(), "this test needs root");
        let _ = writeln!(stderr(), "left out: what `up` does in the door's folder needs root");
        return;
    }
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn accounts_that_come_and_go_are_the_doors_and_leave_no_copy() {
    on_a_host(
        r#"
        set_roster 1 || fail 'it was not carried out'
        [ ! -e "$accounts/jo.json" ] || fail 'jo is still there'
        [ "$(stat -c %u:%g:%a "$accounts/noor.json")" = 64321:64322:600 ] || fail "noor's file is not the door's"
        [ "$(hushes)" = "$accounts/.jo.json.aside" ] || fail "it stands in $(hushes)"
        commit && tidy || fail 'no generation'
        [ -z "$(hushes)" ] || fail "it stands in $(hushes)"
        [ "$(ls -A "$accounts")" = noor.json ] || fail "$(ls -A "$accounts")"
    "#,
    );
}

#[test]
fn a_failure_brings_back_who_was_removed_and_takes_back_who_has_no_credentials() {
    on_a_host(
        r#"
        set_roster 1 && restore "$run" || fail 'no way back'
        [ "$(ls -A "$accounts")" = jo.json ] || fail "$(ls -A "$accounts")"
        [ "$(stat -c %u:%g:%a "$accounts/jo.json") $(cat "$accounts/jo.json")" = \
          '64321:64322:600 {"name":"Jo","passphrase":"hush"}' ] || fail "jo's account is not what it was"
        begin
        set_roster 1 || fail 'a second time'
        echo '{"name":"Noor","passphrase":"new"}' > "$accounts/noor.json"
        restore "$run" || fail 'no way back'
        [ -e "$accounts/jo.json" ] && [ -e "$accounts/noor.json" ] || fail "$(ls -A "$accounts")"
    "#,
    );
}

#[test]
fn what_an_interrupted_commit_left_behind_stays_dead() {
    on_a_host(
        r#"
        mv "$accounts/jo.json" "$accounts/.jo.json.aside"
        set_roster 1 && restore "$run" || fail 'no way back'
        [ -z "$(ls -A "$accounts")" ] || fail "$(ls -A "$accounts")"
    "#,
    );
}

#[test]
fn links_and_pipes_in_the_doors_folder_lead_root_nowhere() {
    on_a_host(
        r#"
        echo own > /var/lib/own/jo.json
        mv "$accounts" "$accounts.old"
        ln -s /var/lib/own "$accounts"
        ! set_roster 1 || fail 'it went through the link'
        restore "$run" || :
        [ "$(ls -A /var/lib/own) $(cat /var/lib/own/jo.json)" = 'jo.json own' ] || fail "$(ls -A /var/lib/own)"
        rm "$accounts" && mv "$accounts.old" "$accounts"
        rm "$accounts/jo.json" && mkfifo "$accounts/jo.json" && ln -s /var/lib/own/jo.json "$accounts/noor.json"
        begin
        set_roster 1 && restore "$run" || fail 'a pipe or a link held it up'
        [ -p "$accounts/jo.json" ] && [ "$(cat /var/lib/own/jo.json)" = own ] || fail 'not as before'
    "#,
    );
}
