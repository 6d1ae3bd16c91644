//! Which TCP ports are tried.

/// Which TCP ports are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The well-known ones, and those of [`CHOSEN`].
    Usual,
    /// All 65535.
    All,
}

/// The last of the ports that IANA calls system ports (RFC 6335 §6).
const LAST_SYSTEM: u16 = 1023;

/// Ports above the system ports on which something listens that nobody should find by chance.
const CHOSEN: [&[u16]; 6] = [
    // Jitsi: Prosody's XMPP, HTTP and components, the bridge's and Jicofo's HTTP, media over TCP, Jibri, Jigasi.
    &[4443, 4444, 4445, 5222, 5223, 5269, 5270, 5275, 5280, 5281, 5282, 5347, 5348, 8788, 8888, 8889, 9090, 9091],
    // STUN, TURN, their TLS and coturn's own administration.
    &[3478, 3479, 3480, 5349, 5350, 5766, 8443, 9641],
    // Java: debuggers, JMX, RMI, application servers.
    &[1044, 1090, 1098, 1099, 4447, 4848, 5000, 5005, 7001, 7002, 8000, 8001, 8009, 8787, 9010, 9012, 9999, 11099],
    // Web servers, proxies and development servers on other ports.
    &[
        1080, 1337, 2015, 2375, 2376, 2377, 3000, 3001, 3128, 4000, 4200, 5001, 5173, 5601, 6443, 7000, 7443, 8006,
        8008, 8010, 8060, 8069, 8080, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088, 8089, 8090, 8091, 8096, 8118,
        8123, 8140, 8161, 8180, 8200, 8280, 8300, 8333, 8384, 8441, 8442, 8444, 8500, 8600, 8765, 8834, 8880, 8883,
        8983, 9000, 9001, 9002, 9080, 9092, 9093, 9094, 9100, 9115, 9117, 9187, 9443, 10050, 10051, 10250, 10255,
        16686, 19999,
    ],
    // Databases, caches, queues.
    &[
        1433, 1434, 1521, 2049, 2181, 2379, 2380, 3050, 3260, 3306, 4369, 5432, 5433, 5671, 5672, 5984, 6379, 6380,
        7474, 7687, 8529, 9042, 9160, 9200, 9300, 11211, 15672, 25672, 26257, 27017, 27018, 28015, 28017, 33060, 50000,
        61616,
    ],
    // Remote administration, control panels, tunnels, shells of intruders.
    &[
        1194, 1701, 1723, 2022, 2082, 2083, 2086, 2087, 2095, 2096, 2121, 2200, 2222, 2323, 3389, 3390, 4022, 4899,
        5060, 5061, 5555, 5800, 5900, 5901, 5902, 5938, 5985, 5986, 6000, 6001, 6667, 6697, 7777, 8022, 8291, 8728,
        10000, 12345, 20000, 22222, 31337, 32400, 48101, 49152, 50022, 51413, 51820, 54321, 60000, 62078, 64738,
    ],
];

/// The ports to try, each once, from the lowest to the highest, with those of the deployment among them.
pub(super) fn wanted(reach: Reach, declared: &[u16]) -> Vec<u16> {
    let mut ports: Vec<u16> = match reach {
        Reach::All => (1..=u16::MAX).collect(),
        Reach::Usual => (1..=LAST_SYSTEM).chain(CHOSEN.into_iter().flatten().copied()).collect(),
    };
    ports.extend_from_slice(declared);
    ports.sort_unstable();
    ports.dedup();
    ports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_port_is_tried_once() {
        let usual = wanted(Reach::Usual, &[22, 54_322]);
        assert!(usual.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(usual.contains(&54_322) && !usual.contains(&0));
        assert!((1200..1400).contains(&usual.len()), "{}", usual.len());
        assert_eq!(wanted(Reach::All, &[22]).len(), 65_535);
    }

    #[test]
    fn no_chosen_port_is_a_system_port_or_named_twice() {
        let mut chosen: Vec<u16> = CHOSEN.into_iter().flatten().copied().collect();
        assert!(chosen.iter().all(|port| *port > LAST_SYSTEM));
        let count = chosen.len();
        chosen.sort_unstable();
        chosen.dedup();
        assert_eq!(chosen.len(), count);
    }
}
