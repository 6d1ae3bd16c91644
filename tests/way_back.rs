//! The parts of the host's script that decide whose work is taken back, and who is waited for, run by the shell with a
//! folder in the place of the host's own.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the parts need of a host that is not there.
const STAGE: &str = "set -u
state=$1 run=$1/run/new events=$1/events parts=$2
systemctl() { :; }
. $parts/news.sh; . $parts/lock.sh; . $parts/journal.sh; . $parts/restore.sh; . $parts/packages.sh; . $parts/units.sh
note_packages() { :; }
wait_for_apt() { :; }
unit_files=$1/units
";

/// Runs a script on a stage of its own; gives back what it printed.
fn play(folder: &Path, script: &str) -> String {
    let parts = concat!(env!("CARGO_MANIFEST_DIR"), "/src/apply/host");
    for name in ["run/new", "run/old", "units"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    let script = format!("{STAGE}{script}");
    let output = Command::new("sh").args(["-c", &script, "sh"]).arg(folder).arg(parts).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// A lock whose owner is long gone, and a recovery that ends with this code.
fn leave_lock(folder: &Path, recovery: u8) {
    fs::create_dir_all(folder.join("lock")).unwrap();
    let owner = format!("1\nanother boot\n{}\nsomebody\nup\n", folder.join("run/old").display());
    fs::write(folder.join("lock/owner"), owner).unwrap();
    fs::create_dir_all(folder.join("run/new")).unwrap();
    fs::write(folder.join("run/new/recover.sh"), format!("exit {recovery}\n")).unwrap();
}

#[test]
fn nothing_is_begun_on_top_of_work_that_could_not_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    leave_lock(folder.path(), 1);
    let said = play(folder.path(), "take_lock || { end_without_lock; cat $events; sed -n 3p $lock/owner; }");
    assert!(said.contains("could not be restored yet"), "{said}");
    assert!(said.contains("end 1\n") && !said.contains("end 7"), "{said}");
    assert!(said.ends_with("/run/old\n"), "the lock of the broken work is gone: {said}");
}

#[test]
fn a_lock_is_taken_after_the_broken_work_was_taken_back_and_given_free_whole() {
    let folder = tempfile::tempdir().unwrap();
    leave_lock(folder.path(), 0);
    fs::write(folder.path().join("run/new/who"), "me\nup\n").unwrap();
    let said = play(
        folder.path(),
        "take_lock && sed -n 3p $lock/owner; ls $unit_files; release_lock; find $state -name '*recover-*' -o -name 'lock' -o -name 'lock.gone'",
    );
    let units =
        "multi-user.target.wants\nsysinit.target.wants\nvc4all-recover-new-early.service\nvc4all-recover-new.service\n";
    let (owner, rest) = said.split_once('\n').unwrap();
    assert!(owner.ends_with("/run/new"), "{said}");
    assert_eq!(rest, units, "something of the lock stays");
}

#[test]
fn a_way_back_that_is_not_whole_is_told_so_ever_after() {
    let folder = tempfile::tempdir().unwrap();
    // What cannot be put back is told by the shell too.
    let script = "exec 2> /dev/null; mkdir -p $run/old$state/file && : > $run/old/copy
        printf 'kept %s\\n' $state/gone/file > $run/journal; mkdir -p $run/old$state/gone; echo 1 > $run/old$state/gone/file
        restore $run; echo $?; restore $run; echo $?; ls $run/old/copy";
    let said = play(folder.path(), script);
    let numbers: Vec<&str> = said.lines().take(2).collect();
    assert_eq!(numbers, ["1", "1"], "{said}");
    assert!(said.ends_with("/old/copy\n"), "the last copies are gone: {said}");
}

#[test]
fn a_way_back_that_was_cut_off_before_its_copies_went_takes_them_away() {
    let folder = tempfile::tempdir().unwrap();
    let script = "mkdir -p $run/old && : > $run/old/copy && : > $run/journal.restored; restore $run; echo $?; ls $run";
    assert_eq!(play(folder.path(), script), "0\njournal.restored\n");
}

#[test]
fn a_link_in_the_place_of_a_folder_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("target")).unwrap();
    symlink("target", folder.path().join("link")).unwrap();
    let script = "mkdir -m 700 $state/like; chmod 755 $state/target
        own_as_before $state/like $state/link || echo refused
        own_as_before $state/like $state/target && stat -c %a $state/target";
    assert_eq!(play(folder.path(), script), "refused\n700\n");
}

#[test]
fn room_for_the_way_back_is_set_aside_before_anything_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let begin = ": > $run/units; begin_journal; echo $?; stat -c %s $run/room; cat $run/journal";
    assert_eq!(play(folder.path(), begin), "0\n33554432\n");
    let full = tempfile::tempdir().unwrap();
    let begin =
        "fallocate() { return 1; }; : > $run/units; begin_journal; echo $?; ls $run/journal 2> /dev/null; cat $events";
    let said = play(full.path(), begin);
    assert!(said.starts_with("1\n") && said.contains("no 32MiB left for the way back"), "{said}");
    assert!(!said.contains("journal"), "work was begun without room for the way back: {said}");
}

#[test]
fn a_way_back_that_found_no_room_is_done_again_when_there_is_some() {
    let folder = tempfile::tempdir().unwrap();
    let script = "exec 2> /dev/null; mkdir -p $run/old$state/gone; echo 1 > $run/old$state/gone/file; : > $run/room
        printf 'kept %s\\n' $state/gone/file > $run/journal; is_full=yes
        fallocate() { [ -z \"$is_full\" ]; }
        restore $run; echo $?; cat $run/journal; ls $run/room
        mkdir $state/gone; is_full=; restore $run; echo $?; cat $state/gone/file; ls $run/journal $run/old";
    let said = play(folder.path(), script);
    let lines: Vec<&str> = said.lines().collect();
    let kept = format!("kept {}/gone/file", folder.path().display());
    assert_eq!(lines, ["1", &kept, "0", "1"]);
}

#[test]
fn what_a_dead_run_could_not_take_away_goes_with_the_next_commit() {
    let folder = tempfile::tempdir().unwrap();
    let script = "for it in dead waiting fresh; do mkdir -p $state/run/$it/data; : > $state/run/$it/steps; done
        touch -d '1 minute ago' $state/run/*/data
        touch $state/run/fresh/data
        systemctl() { [ \"$3\" = vc4all-apply-waiting.service ]; }
        forget_dead_runs; cd $state/run && echo */data */steps";
    let kept = "fresh/data waiting/data dead/steps fresh/steps waiting/steps\n";
    assert_eq!(play(folder.path(), script), kept);
}

#[test]
fn a_unit_whose_switch_was_cut_off_is_switched_back_though_it_looks_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let script = "systemctl() { case $1 in is-enabled) echo enabled ;; *) echo \"$*\" ;; esac; }
        printf 'unit a.service enabled active\nunit b.service enabled active\nunit c.service disabled inactive\n' > $run/journal
        restore_enablement $run; note_switch b.service; restore_enablement $run";
    let said = play(folder.path(), script);
    let lines: Vec<&str> = said.lines().collect();
    let c = "disable --quiet c.service";
    assert_eq!(lines, [c, "enable --quiet b.service", c]);
}

/// Holds a lock on the file of its argument, by the call of its name, until its standard input ends.
const HOLDER: &str = r#"
use Fcntl qw(:DEFAULT :flock);
open my $file, "+>", $ARGV[0] or die;
my $whole = pack "s! s! x![q] q q i x![q]", F_WRLCK, 0, 0, 0, 0;
($ARGV[1] eq "fcntl" ? fcntl $file, F_SETLK, $whole : flock $file, LOCK_EX) or die;
$| = 1;
print "held\n";
<STDIN>;
"#;

#[test]
fn only_who_holds_a_lock_as_apt_takes_it_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lock-frontend");
    let holder = || play(folder.path(), &format!("lock_holder {} || echo nobody", file.display()));
    assert_eq!(holder(), "nobody\n", "there is no such file");
    for (call, is_apt_s) in [("fcntl", true), ("flock", false)] {
        let mut held = Command::new("perl")
            .args(["-e", HOLDER])
            .arg(&file)
            .arg(call)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(held.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "held\n");
        let wanted = if is_apt_s { held.id().to_string() } else { "nobody\n".to_owned() };
        assert_eq!(holder(), wanted, "{call}");
        drop(held.stdin.take());
        held.wait().unwrap();
        assert_eq!(holder(), "nobody\n", "{call}: given free");
    }
}
