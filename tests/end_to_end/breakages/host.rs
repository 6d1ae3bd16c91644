//! What goes wrong on the host.

use super::{Breakage, of};

pub(super) const ALL: &[Breakage] = &[
    of(
        "an undeclared port answers",
        &["open-ports"],
        "nft insert rule inet vc4all input tcp dport 8443 accept
        systemd-run --quiet --unit=stray perl -MIO::Socket::INET -e '@s = IO::Socket::INET->new(Listen => 9, LocalPort => 8443); sleep 600'; listening 8443",
        "systemctl stop stray.service; nft -f /etc/nftables.conf",
    ),
    of(
        "a daemon listens to the network behind the firewall",
        &["listeners"],
        "systemd-run --quiet --unit=stray --socket-property=ListenStream=0.0.0.0:6379 cat",
        "systemctl stop stray.socket",
    ),
    of(
        "the firewall is off",
        &["units"],
        "systemctl stop nftables.service",
        "systemctl start nftables.service",
    ),
    of(
        "a unit of the system failed",
        &["units"],
        "systemd-run --quiet --unit=stray false; sleep 0.5",
        "systemctl reset-failed stray.service",
    ),
    of(
        "a file was edited by hand",
        &["drift"],
        "cp -a $site /root/site; echo '# changed by hand' >> $site",
        "cp -a /root/site $site; rm /root/site",
    ),
    of(
        "a secret may be read by everybody",
        &["secrets-locked"],
        "chmod 644 /etc/vc4all/secrets/turn",
        "chmod 600 /etc/vc4all/secrets/turn",
    ),
    of(
        "the web server keeps a list of visitors",
        &["logs-name-nobody"],
        "dim nginx.service /etc/nginx/nginx.conf 's#access_log off#access_log /var/log/nginx/access.log#'; wake nginx.service",
        "lighten nginx.service; rm -f /var/log/nginx/access.log",
    ),
    of(
        "security updates do not come by themselves",
        &["security-updates"],
        "systemctl stop apt-daily-upgrade.timer",
        "systemctl start apt-daily-upgrade.timer",
    ),
    of(
        "security updates are switched off",
        &["security-updates"],
        "echo 'APT::Periodic::Unattended-Upgrade \"0\";' > /etc/apt/apt.conf.d/99stray",
        "rm /etc/apt/apt.conf.d/99stray",
    ),
    of(
        "nobody wakes the renewal of the certificate",
        &["renewal"],
        "systemctl stop vc4all-renew.timer",
        "systemctl start vc4all-renew.timer",
    ),
    of(
        "a rehearsal of a renewal fails",
        &["renewal"],
        "lonely; ! systemctl start vc4all-rehearse.service 2> /dev/null",
        "in_company; systemctl start vc4all-rehearse.service",
    ),
    of(
        "renewals fail three times in a row",
        &["renewal"],
        "lonely; for _ in 1 2 3; do ! systemctl start vc4all-renew-now.service 2> /dev/null; done",
        "in_company; systemctl start vc4all-renew-now.service",
    ),
    of(
        "the bridge does not answer",
        &["bridge"],
        "systemctl kill -s STOP jitsi-videobridge2.service",
        "systemctl kill -s CONT jitsi-videobridge2.service; settled",
    ),
    of(
        "the journal is kept for a year",
        &["retention"],
        "mkdir -p /run/systemd/journald.conf.d; printf '[Journal]\nMaxRetentionSec=1year\n' > /run/systemd/journald.conf.d/zz.conf",
        "rm /run/systemd/journald.conf.d/zz.conf",
    ),
    of(
        "an old log lies about",
        &["retention"],
        "echo old > /var/log/old.log; touch -d '30 days ago' /var/log/old.log",
        "rm /var/log/old.log",
    ),
    of(
        "a daemon may take more memory than there is",
        &["memory"],
        "mkdir -p /run/dimmed $drop_ins/jitsi-videobridge2.service.d
        echo VIDEOBRIDGE_MAX_MEMORY=\"$(awk '$1 == \"MemTotal:\" { print int($2 / 1024) }' /proc/meminfo)m\" > /run/dimmed/heap
        printf '[Service]\nEnvironmentFile=/run/dimmed/heap\n' > $drop_ins/jitsi-videobridge2.service.d/dimmed.conf; wake jitsi-videobridge2.service",
        "lighten jitsi-videobridge2.service",
    ),
    of(
        "a package is no longer held",
        &["drift"],
        "apt-mark unhold jicofo > /dev/null",
        "apt-mark hold jicofo > /dev/null",
    ),
    of(
        "a file names a stranger",
        &["egress", "drift"],
        "cp -a $site /root/site; echo '# https://secure.gravatar.com/avatar' >> $site",
        "cp -a /root/site $site; rm /root/site",
    ),
    of(
        "Jicofo writes down which rooms there are",
        &["logs-name-nobody"],
        "dim jicofo.service /etc/jitsi/jicofo/logging.properties 's/WARNING/INFO/' 's/^.level.*/.level=INFO/'; wake jicofo.service",
        "lighten jicofo.service; truncate -s 0 /var/log/jitsi/jicofo.log",
    ),
];
