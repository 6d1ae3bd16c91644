# Lets the operator's program write or remove a record: records.sh VERB NAME VALUE [HOOK SECRETS SECONDS]
# The program gets the lines of its secrets as its environment and nothing else of ours. What it says is repeated without
# them where it fails. Perl is part of every Debian.
set -eu
set -- "$1" "$2" "$3" "${4:-/usr/local/lib/vc4all/hooks/dns}" "${5:-/etc/vc4all/secrets/dnshook}" "${6:-120}"
exec perl -MIO::Select -MPOSIX=:sys_wait_h -e '
  use strict;
  my ($verb, $name, $value, $hook, $file, $patience) = @ARGV;
  my $fail = sub { print STDERR "the hook for the DNS, `$verb $name`, $_[0]\n"; exit 1 };
  -f $hook && -x _ or $fail->("is not on the host");
  my %given;
  if (open my $lines, "<", $file) {
    while (<$lines>) { chomp; $given{$1} = $2 if /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/ }
  }
  pipe my $ear, my $mouth or $fail->("got no pipe: $!");
  my $child = fork // $fail->("could not be started: $!");
  if (!$child) {
    setpgrp;
    close $ear;
    open STDIN, "<", "/dev/null";
    open STDOUT, ">", "/dev/null";
    open STDERR, ">&", $mouth;
    chdir "/";
    %ENV = (PATH => "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG => "C.UTF-8", %given);
    { no warnings; exec { $hook } $hook, $verb, $name, $value; }
    print STDERR "$!\n";
    POSIX::_exit(126);
  }
  close $mouth;
  my ($said, $until, $ended, $open) = ("", time + $patience, 0, 1);
  my $select = IO::Select->new($ear);
  # Only the end is kept, whatever the program says; whoever it left behind keeps nobody waiting.
  my $listen = sub {
    $open && $select->can_read($_[0]) or return 0;
    $open = sysread $ear, my $part, 8192 or return 0;
    $said = substr $said . $part, -16384;
    return 1;
  };
  while (!$ended && time < $until) {
    $listen->(0.1) or $open or select undef, undef, undef, 0.1;
    $ended = 1 if waitpid($child, WNOHANG) == $child;
  }
  my $status = $?;
  kill "KILL", -$child;
  waitpid $child, 0 if !$ended;
  my $rest = 64;
  1 while $rest-- && $listen->(0);
  exit 0 if $ended && $status == 0;
  $said =~ s/^[^\n]*\n// if length $said == 16384;
  # A long one first: a short one may be a part of it.
  for my $secret (sort { length $b <=> length $a } grep { length } values %given) { $said =~ s/\Q$secret\E/(secret)/g }
  utf8::decode(my $text = $said) or $said =~ s/[^\n\x20-\x7e]/?/g;
  my @lines = grep { /\S/ } split /\n/, $said;
  @lines = map { substr $_, 0, 300 } @lines[($#lines > 4 ? $#lines - 4 : 0) .. $#lines];
  my $words = @lines ? ": " . join(" / ", @lines) : ", and said nothing";
  $fail->("did not end within $patience seconds$words") if !$ended;
  $fail->("was killed by signal " . ($status & 127) . $words) if $status & 127;
  $fail->("ended with " . ($status >> 8) . $words);
' "$@"
