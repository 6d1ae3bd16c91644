//! How often a property is tried, and with what.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// As many tries as wanted, the same ones in every run. `PROPTEST_CASES` says another number, and then each run tries
/// others.
pub(crate) fn tries(cases: u32) -> ProptestConfig {
    let plain = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => plain,
        None => ProptestConfig { cases, rng_seed: RngSeed::Fixed(20_261_122), ..plain },
    }
}
