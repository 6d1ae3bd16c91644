//! Tries many ports at once.

use super::Host;
use anyhow::{Context as _, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long a port may be silent: a lost first segment is sent again after one second (RFC 6298 §2.1), and that one
/// is still heard.
const PATIENCE: Duration = Duration::from_millis(1300);
/// Connections at one time, for all addresses together: home routers remember some thousands, each for minutes.
const AT_ONCE: u64 = 1500;
/// The same when all ports are tried, which nobody does without wanting it.
const AT_ONCE_OF_ALL: u64 = 6000;
/// Files that other looks need meanwhile.
const SPARE: u64 = 200;

/// What one port said.
enum Said {
    Open,
    Refused,
    Silent,
    Untried(String),
}

/// Tries each port of each address once.
pub(super) fn scan(addresses: &[IpAddr], ports: &[u16]) -> Result<Vec<Host>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the runtime")?;
    let most = if ports.len() == usize::from(u16::MAX) { AT_ONCE_OF_ALL } else { AT_ONCE };
    let room = Arc::new(Semaphore::new(usize::try_from(at_once(most)).unwrap_or(1)));
    Ok(runtime.block_on(async {
        let mut tries = JoinSet::new();
        // Each address has its turn, so that one that is silent does not hold up the other.
        for port in ports {
            for (at, address) in addresses.iter().enumerate() {
                let (room, target) = (Arc::clone(&room), SocketAddr::new(*address, *port));
                tries.spawn(async move { (at, target.port(), attempt(&room, target).await) });
            }
        }
        let mut hosts: Vec<Host> = addresses.iter().map(|address| unheard(*address)).collect();
        while let Some(done) = tries.join_next().await {
            // A try that broke off is not counted as tried.
            let Ok((at, port, said)) = done else { continue };
            note(&mut hosts[at], port, said);
        }
        for host in &mut hosts {
            host.open.sort_unstable();
            host.refused.sort_unstable();
        }
        hosts
    }))
}

fn unheard(address: IpAddr) -> Host {
    Host { address, open: Vec::new(), refused: Vec::new(), silent: 0, untried: 0, why: None }
}

async fn attempt(room: &Semaphore, target: SocketAddr) -> Said {
    let Ok(_place) = room.acquire().await else { return Said::Untried("no room".to_owned()) };
    match timeout(PATIENCE, TcpStream::connect(target)).await {
        Err(_) => Said::Silent,
        Ok(Ok(_)) => Said::Open,
        Ok(Err(error)) => match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Said::Refused,
            ErrorKind::TimedOut => Said::Silent,
            _ => Said::Untried(error.to_string()),
        },
    }
}

fn note(host: &mut Host, port: u16, said: Said) {
    match said {
        Said::Open => host.open.push(port),
        Said::Refused => host.refused.push(port),
        Said::Silent => host.silent += 1,
        Said::Untried(why) => {
            host.untried += 1;
            host.why.get_or_insert(why);
        }
    }
}

/// As many as this machine allows; what the system calls a soft limit may be raised by anybody.
fn at_once(most: u64) -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let wanted = most + SPARE;
    let Some(soft) = limit.current else { return most };
    let reached = limit.maximum.map_or(wanted, |hard| hard.min(wanted)).max(soft);
    let raised = reached > soft
        && setrlimit(Resource::Nofile, Rlimit { current: Some(reached), maximum: limit.maximum }).is_ok();
    let files = if raised { reached } else { soft };
    files.saturating_sub(SPARE).clamp(1, most)
}
