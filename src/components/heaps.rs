//! How much of the host's memory the two Java daemons may take.

/// The most that either daemon gets, in MiB; upstream's own default.
const MOST: u32 = 3072;
/// Heaps are whole multiples of this many MiB, so that a new kernel's few missing pages change nothing.
const STEP: u32 = 64;

/// Jicofo's heap: 18 % of the memory.
pub(super) fn jicofo(memory_mib: u32) -> String {
    share(memory_mib, 18)
}

/// The bridge's heap: 38 % of the memory; together they stay below 60 %.
pub(super) fn videobridge(memory_mib: u32) -> String {
    share(memory_mib, 38)
}

/// A share in the form of Java's `-Xmx`; never below one step, or the daemon would not start at all.
fn share(memory_mib: u32, percent: u32) -> String {
    let exact = memory_mib / 100 * percent;
    format!("{}m", (exact / STEP * STEP).clamp(STEP, MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mib(heap: &str) -> u32 {
        heap.trim_end_matches('m').parse().unwrap()
    }

    #[test]
    fn both_heaps_leave_two_fifths_of_the_memory() {
        for memory in (512..70_000).step_by(37) {
            let sum = mib(&jicofo(memory)) + mib(&videobridge(memory));
            assert!(sum * 10 < memory * 6, "{memory} MiB: {sum}");
        }
    }

    #[test]
    fn a_common_server_gets_round_heaps() {
        assert_eq!((jicofo(4096).as_str(), videobridge(4096).as_str()), ("704m", "1472m"));
        assert_eq!((jicofo(64_000).as_str(), videobridge(64_000).as_str()), ("3072m", "3072m"));
    }
}
