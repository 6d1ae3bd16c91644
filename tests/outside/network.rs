//! A network of one's own, in which a daemon and the test stand alone with their addresses.

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::fd::AsFd as _;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SCRIPT: &str = "
    ip link set lo up
    while [ $# -gt 0 ]; do
      case $1 in *:*) family=-6 bits=128 now=nodad ;; *) family=-4 bits=32 now= ;; esac
      for address in $1 $2; do ip addr add $address/$bits dev lo $now; done
      # The kernel makes this route a moment after the address.
      tries=0
      until ip $family route del local $1 dev lo table local 2>/dev/null; do
        tries=$((tries + 1)); [ $tries -lt 500 ]; sleep 0.01
      done
      ip $family route add local $1 dev lo src $2 table local
      shift 2
    done
    echo ready
    exec sleep 600";

/// It ends with everything that was started in it.
pub(crate) struct Network {
    keeper: Child,
    daemons: Vec<Child>,
}

impl Network {
    /// With these addresses of a host on loopback, each with the one from which its visitors come.
    pub(crate) fn with(addresses: &[(&str, &str)]) -> Self {
        let mut unshare = Command::new("unshare");
        unshare.args(["--net", "sh", "-ec", SCRIPT, "sh"]).stdout(Stdio::piped());
        for (host, visitor) in addresses {
            unshare.args([host, visitor]);
        }
        let mut keeper = unshare.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self { keeper, daemons: Vec::new() }
    }

    /// Does something in it, on a thread of its own: the threads that it starts stand in it too.
    pub(crate) fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let place = File::open(format!("/proc/{}/ns/net", self.keeper.id())).unwrap();
        let enter = || {
            move_into_link_name_space(place.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
            work()
        };
        thread::scope(|scope| scope.spawn(enter).join().unwrap())
    }

    /// Starts a daemon in it.
    pub(crate) fn start(&mut self, command: &mut Command) {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let daemon = self.inside(|| command.spawn().unwrap());
        self.daemons.push(daemon);
    }

    /// Waits until `done` says so in it.
    pub(crate) fn wait(&mut self, what: &str, done: impl Fn() -> bool + Send + Sync) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.inside(&done) {
            for daemon in &mut self.daemons {
                assert!(daemon.try_wait().unwrap().is_none(), "{what}: a daemon ended");
            }
            assert!(Instant::now() < deadline, "{what}: never");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for child in self.daemons.iter_mut().chain([&mut self.keeper]) {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
