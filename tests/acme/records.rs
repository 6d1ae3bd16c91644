//! Names that are proven by records: the operator's hook, and the wait for name servers.

use crate::desk::{Desk, Mishap};
use crate::order;
use crate::pebble::Pebble;
use crate::zone::{Manner, Zone};
use anyhow::{Result, bail, ensure};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use vc4all_deploy::acme::{CertificateOrder, HostDesk, Keeper, Kind, Proof, Reach, Step};
use vc4all_deploy::model::secret::Secret;
use vc4all_deploy::model::subject::SubjectName;
use vc4all_deploy::model::tls::Method;

const NAME: &str = "_acme-challenge.meet.vc4all.example";

/// A hook for a zone that is kept in files, and for the mock DNS of the authority, which it asks over HTTP.
const HOOK: &str = r#"#!/usr/bin/perl
use strict; use warnings; use IO::Socket::INET;
my ($verb, $name, $value) = @ARGV;
die "not alone: @{[sort keys %ENV]}\n" if join(" ", sort keys %ENV) ne "LANG PATH PORT TOKEN ZONE";
die "somebody listens\n" if -t STDIN or defined <STDIN>;
my $file = "$ENV{ZONE}/$name";
my @values = -e $file ? do { open my $old, "<", $file or die; map { chomp; $_ } <$old> } : ();
@values = grep { $_ ne $value } @values;
push @values, $value if $verb eq "present";
open my $new, ">", "$file.new" or die; print $new "$_\n" for @values; close $new; rename "$file.new", $file or die;
sub tell_it { my ($what, $json) = @_;
  my $peer = IO::Socket::INET->new("127.0.0.1:$ENV{PORT}") or die "nobody at the provider\n";
  print $peer "POST /$what HTTP/1.0\r\nContent-Length: " . length($json) . "\r\n\r\n$json";
  local $/; <$peer> =~ m{^HTTP/\S+ 200} or die "the provider says no\n" }
tell_it("clear-txt", qq({"host":"$name."}));
tell_it("set-txt", qq({"host":"$name.","value":"$_"})) for @values;
print "noise\n" x 100000;
"#;

/// A host whose records are written by a hook.
struct Hooked<'a> {
    desk: Desk,
    zone: &'a Zone,
    hook: PathBuf,
    secrets: PathBuf,
}

fn executable(folder: &Path, text: &str) -> PathBuf {
    let hook = folder.join("hook");
    fs::write(&hook, text).expect("written");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o700)).expect("executable");
    hook
}

impl<'a> Hooked<'a> {
    fn new(zone: &'a Zone, pebble: &Pebble, hook: &str) -> Self {
        let desk = Desk::new(Mishap::Nothing);
        let folder = desk.folder.path();
        let (hook, secrets) = (executable(folder, hook), folder.join("secrets"));
        let lines = format!("ZONE={}\nPORT={}\nTOKEN=a=b 'c' $d\n", zone.folder.path().display(), pebble.names);
        fs::write(&secrets, lines).expect("written");
        Self { desk, zone, hook, secrets }
    }

    fn run(&self, verb: &str, proof: &Proof) -> Result<()> {
        let Proof::Record { domain, value } = proof else { bail!("a page") };
        let done = call(&[verb, &format!("_acme-challenge.{domain}"), value], &self.hook, &self.secrets, 20);
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }
}

/// The script that the host runs.
fn call(args: &[&str], hook: &Path, secrets: &Path, patience: u32) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/acme/host/records.sh");
    let mut command = Command::new("dash");
    command.arg(script).args(args).args([hook, secrets]).arg(patience.to_string());
    command.env("AWS_PROFILE", "somebody else's").output().expect("dash")
}

impl Keeper for Hooked<'_> {
    fn account(&mut self) -> Result<Option<Secret<String>>> {
        self.desk.account()
    }

    fn keep_account(&mut self, json: &Secret<String>) -> Result<()> {
        self.desk.keep_account(json)
    }
}

impl HostDesk for Hooked<'_> {
    fn request(&mut self, names: &[SubjectName]) -> Result<Vec<u8>> {
        self.desk.request(names)
    }

    fn show(&mut self, proof: &Proof) -> Result<()> {
        self.run("present", proof)
    }

    fn look(&mut self, _: &SubjectName, proof: &Proof) -> Result<Reach> {
        let Proof::Record { domain, value } = proof else { bail!("a page") };
        let name = format!("_acme-challenge.{domain}");
        self.zone.watch().wait(Instant::now(), (&name, value), &mut || Ok(()))
    }

    fn hide(&mut self, proof: &Proof) -> Result<()> {
        self.run("remove", proof)
    }

    fn install(&mut self, chain_pem: &str) -> Result<()> {
        self.desk.install(chain_pem)
    }
}

fn by_record(pebble: &Pebble, names: &[&str]) -> CertificateOrder {
    CertificateOrder { method: Method::Record, ..order(pebble, names) }
}

#[test]
fn a_hook_proves_a_domain_and_all_below_it_where_one_name_server_lags_and_port_80_is_closed() {
    let zone = Zone::of(&[Manner::Late(0), Manner::Late(4)]);
    let pebble = Pebble::start(1, None);
    let mut host = Hooked::new(&zone, &pebble, HOOK);
    let names = ["meet.vc4all.example", "*.meet.vc4all.example", "video.vc4all.example"];
    let mut steps = Vec::new();
    let issued = vc4all_deploy::acme::issue(&by_record(&pebble, &names), &mut host, &mut |step| steps.push(step));
    issued.expect("a certificate");
    assert!(host.desk.pair_fits());
    assert_eq!(steps.iter().filter(|step| matches!(step, Step::ProofShown(_))).count(), 3, "{steps:?}");
    assert!(zone.values(NAME).is_empty() && zone.folder.path().join(NAME).exists());
    // A resolver that was asked too early would say for a while that there is nothing, to the authority too.
    assert!(!zone.asked().is_empty() && zone.asked().iter().all(|name| !name.contains('_')), "{:?}", zone.asked());
}

#[test]
fn a_hook_that_fails_ends_the_order_and_is_told_with_its_last_words() {
    let zone = Zone::of(&[Manner::Late(0)]);
    let pebble = Pebble::start(1, None);
    let refused = HOOK.replace("my $file", "die \"no zone of yours, $ENV{TOKEN}\\n\" if $verb eq 'present'; my $file");
    let mut host = Hooked::new(&zone, &pebble, &refused);
    let order = by_record(&pebble, &["meet.vc4all.example"]);
    let error = vc4all_deploy::acme::issue(&order, &mut host, &mut |_| ()).expect_err("a failure");
    assert_eq!(error.kind, Kind::Host, "{error}");
    assert!(error.to_string().ends_with("ended with 255: no zone of yours, (secret)\n"), "{error}");
    assert_eq!(host.desk.installed, None);
}

#[test]
fn a_record_that_stays_is_told_and_keeps_nobody_from_a_certificate() {
    let zone = Zone::of(&[Manner::Late(0)]);
    let pebble = Pebble::start(1, None);
    let mut host = Hooked::new(&zone, &pebble, &HOOK.replace("my $file", "exit 3 if $verb eq 'remove'; my $file"));
    let mut left = Vec::new();
    let order = by_record(&pebble, &["meet.vc4all.example"]);
    vc4all_deploy::acme::issue(&order, &mut host, &mut |step| left.push(step.to_string())).expect("a certificate");
    let told = left.iter().find(|step| step.contains("is left behind")).expect("told");
    assert!(told.contains("ended with 3, and said nothing"), "{told}");
}

fn failure(hook: &str, patience: u32) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let (hook, secrets) = (executable(folder.path(), hook), folder.path().join("secrets"));
    fs::write(&secrets, "TOKEN=t0ken\nLONG=t0ken-and-more\n").expect("written");
    let done = call(&["present", NAME, "value"], &hook, &secrets, patience);
    assert_eq!((done.status.code(), done.stdout.len()), (Some(1), 0));
    String::from_utf8(done.stderr).expect("text")
}

#[test]
fn whatever_a_hook_does_is_told_in_words() {
    let told = |hook: &str| failure(hook, 20);
    let is = |words: &str| format!("the hook for the DNS, `present {NAME}`, {words}\n");
    assert_eq!(told("#!/bin/sh\nexit 7\n"), is("ended with 7, and said nothing"));
    assert_eq!(told("#!/bin/sh\nkill -9 $$\n"), is("was killed by signal 9, and said nothing"));
    assert_eq!(told("#!/nowhere/at/all\n"), is("ended with 126: No such file or directory"));
    let environment = told("#!/bin/sh\nset -x\n: $TOKEN $LONG\nenv >&2\nexit 1\n");
    assert!(!environment.contains("t0ken") && environment.contains("LONG=(secret)"), "{environment}");
    let many = told("#!/bin/sh\ni=0; while [ $i -lt 9000 ]; do i=$((i+1)); echo line $i >&2; done; exit 1\n");
    assert_eq!(many, is("ended with 1: line 8996 / line 8997 / line 8998 / line 8999 / line 9000"));
    let binary = told("#!/bin/sh\nhead -c 100000 /dev/urandom >&2; printf '\\377\\033[31mend\\n' >&2; exit 1\n");
    assert!(binary.len() < 2000 && binary.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)), "{binary:?}");
    assert_eq!(told("#!/bin/sh\necho 'geen zone für één' >&2; exit 1\n"), is("ended with 1: geen zone für één"));
}

#[test]
fn a_hook_that_hangs_or_leaves_somebody_behind_keeps_nobody_waiting() {
    let begin = Instant::now();
    let late = failure("#!/bin/sh\necho asking >&2\ntrap '' TERM\nsleep 300 & sleep 300\n", 1);
    assert!(late.contains("did not end within 1 seconds: asking"), "{late}");
    let left = failure("#!/bin/sh\nsetsid sleep 20 &\nsleep 300 &\necho gone >&2\nexit 1\n", 20);
    assert!(left.contains("ended with 1: gone"), "{left}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    let nowhere = call(&["remove", NAME, "value"], Path::new("/nowhere/hook"), Path::new("/nowhere"), 5);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("is not on the host"));
}

/// What a wait ends with where the value is there from the beginning.
fn waited(manners: &[Manner], at: &str) -> Reach {
    let zone = Zone::of(manners);
    fs::write(zone.folder.path().join(at), "other\nright\n").expect("written");
    let patience = Duration::from_secs(2);
    let watch = vc4all_deploy::acme::Watch { patience, ..zone.watch() };
    let mut looks = 0;
    let reach = watch.wait(Instant::now(), (NAME, "right"), &mut || {
        looks += 1;
        Ok(())
    });
    assert!(looks > 0);
    reach.expect("a wait")
}

#[test]
fn aliases_and_zones_below_are_followed() {
    let alias = [Manner::Alias("meet.acme.other.example."), Manner::Late(0)];
    assert_eq!(waited(&alias, "meet.acme.other.example"), Reach::Served);
    let below = [Manner::Below(NAME, "ns3.vc4all.example."), Manner::Late(0)];
    assert_eq!(waited(&below, NAME), Reach::Served);
    let Reach::Unseen(why) = waited(&[Manner::Alias(NAME)], NAME) else { panic!("an alias of itself leads nowhere") };
    assert!(why.contains("without an end"), "{why}");
}

#[test]
fn silent_name_servers_are_waited_for_a_while_and_lagging_ones_to_the_end() {
    assert_eq!(waited(&[Manner::Late(0), Manner::Silent], NAME), Reach::Served);
    assert_eq!(waited(&[Manner::Late(0), Manner::OnTheWay], NAME), Reach::Served);
    let Reach::Unseen(why) = waited(&[Manner::OnTheWay], NAME) else { panic!("somebody on the way is believed") };
    assert!(why.contains("not responsible"), "{why}");
    let Reach::Other(why) = waited(&[Manner::Late(0), Manner::Late(10_000)], NAME) else { panic!("ns3 has nothing") };
    assert!(why.contains("the record is not there at ns3.vc4all.example (127.0.0.3)"), "{why}");
}
