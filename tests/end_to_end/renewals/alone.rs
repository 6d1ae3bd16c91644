//! Certificates of minutes, and nobody there: the timer alone renews them, and no visitor notices.

use super::ground::{Ground, Task};
use super::handshakes::{Load, Seen};
use crate::lab::succeed;
use crate::story::{Story, print};
use anyhow::{Result, ensure};
use std::process::Command;
use std::time::{Duration, Instant};

pub(crate) fn tell(story: &mut Story, ground: &Ground<'_>) {
    story.check("the timer is on, and nobody has to log in for what it starts", || timer(ground));
    let seen = story.check(
        "the timer renews a certificate of minutes, and a person's order two more, with half of all nonces rejected",
        || {
            let load = Load::on(ground.deployment, &ground.authority.roots)?;
            let swapped = alone(ground);
            let seen = load.end()?;
            swapped.map(|swaps| (swaps, seen))
        },
    );
    if let Some((swaps, seen)) = seen {
        story
            .check("no TLS handshake fails while certificates change, at 443 or 5349", || nobody_noticed(swaps, &seen));
    }
    story.check("who comes by the host's address is shown a certificate for that address", || by_address(ground));
}

fn timer(ground: &Ground<'_>) -> Result<()> {
    let state = ground.run("systemctl is-enabled vc4all-renew.timer; systemctl is-active vc4all-renew.timer")?;
    ensure!(state == "enabled\nactive\n", "{state}");
    let next = ground.run("systemctl show -p NextElapseUSecRealtime --value vc4all-renew.timer")?;
    ensure!(!next.trim().is_empty(), "the timer never elapses");
    Ok(())
}

/// The timer every three seconds instead of twice a day.
const OFTEN: &str = r"mkdir -p /run/systemd/system/vc4all-renew.timer.d
printf '[Timer]\nOnCalendar=\nOnActiveSec=1\nOnUnitInactiveSec=3\nRandomizedDelaySec=0\nAccuracySec=1s\n' > /run/systemd/system/vc4all-renew.timer.d/lab.conf
systemctl daemon-reload
systemctl restart vc4all-renew.timer";

/// How often anybody logged in, and whether somebody is there.
const LOGINS: &str = "journalctl -q -o cat -t sshd -t sshd-session | grep -c -e Accepted || :
ss -Htn state established '( sport = :22 )' | wc -l";

/// How many certificates followed each other.
fn alone(ground: &Ground<'_>) -> Result<usize> {
    let (first, logins) = (ground.in_force()?, ground.run(LOGINS)?);
    ground.run(OFTEN)?;
    let second = other_than(ground, &first);
    ground.put_off_timer()?;
    second?;
    let mut serial = ground.in_force()?;
    for _ in 0..2 {
        ground.renew(Task::Now)?.well()?;
        let next = ground.in_force()?;
        ensure!(next != serial, "there is no new certificate");
        serial = next;
    }
    ensure!(ground.run(LOGINS)? == logins, "somebody logged in meanwhile");
    let pairs = ground.run("ls /var/lib/vc4all/tls/pairs")?;
    let old = first.trim_start_matches("serial=");
    ensure!(!pairs.contains(old) && pairs.lines().count() <= 2, "old pairs are kept: {pairs}");
    ensure!(ground.ledger()?.failing.is_none(), "{:?}", ground.ledger()?);
    Ok(4)
}

fn other_than(ground: &Ground<'_>, first: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(180);
    while ground.deployment.serial(443)?.trim() == first {
        if Instant::now() > deadline {
            let said = ground.run("journalctl -q -n 40 -o cat -u vc4all-renew.service")?;
            anyhow::bail!("the certificate was not renewed in time:\n{said}");
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    Ok(())
}

fn nobody_noticed(certificates: usize, [web, turn]: &[Seen; 2]) -> Result<()> {
    print(&format!(
        "    {} handshakes at 443, {} at 5349, through {} certificates; the slowest took {} ms",
        web.handshakes,
        turn.handshakes,
        web.certificates.len(),
        web.slowest.max(turn.slowest).as_millis()
    ));
    let failures: Vec<&str> = [web, turn].iter().flat_map(|seen| seen.failures.iter()).map(String::as_str).collect();
    ensure!(failures.is_empty(), "{} failed: {}", failures.len(), failures[..failures.len().min(5)].join("\n"));
    for (port, seen) in [(443, web), (5349, turn)] {
        ensure!(seen.handshakes > 300, "only {} handshakes at {port}", seen.handshakes);
        ensure!(seen.certificates.len() >= certificates, "{port} showed {} certificates", seen.certificates.len());
    }
    Ok(())
}

/// Nobody names a server to which they come by its address.
fn by_address(ground: &Ground<'_>) -> Result<()> {
    let address = &ground.deployment.host.v4;
    let mut visit = Command::new("openssl");
    visit.args(["s_client", "-connect", &format!("{address}:443"), "-noservername", "-verify_return_error"]);
    visit.args(["-verify_ip", address, "-CAfile"]).arg(&ground.authority.roots);
    succeed(&mut visit).map(drop)
}
