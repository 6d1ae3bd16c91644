//! What TLS promises.
//!
//! One fault breaks one promise. Where one setting shows in several places, it is the fault of one of them: the suites that
//! an old version needs belong to `tls-versions`; groups over a prime before TLS 1.3 belong to their suites; a chain that
//! is signed with SHA-1 belongs to `tls-signatures`; dates belong to `certificate-days` alone; whoever shows another
//! certificate than the web server breaks `same-certificate` and nothing else. `tls-grade` is broken only by what lowers the
//! grade and is no other promise's; where another promise is broken, the grade is noted.

mod certificate_days;
mod certificate_key;
mod certificate_trusted;
mod grading;
mod looked;
mod same_certificate;
mod tls_details;
mod tls_grade;
mod tls_groups;
mod tls_signatures;
mod tls_suites;
mod tls_versions;

#[cfg(test)]
mod example;

use super::Promise;

/// The promises of this chapter in the order in which they are shown.
pub(super) const ALL: &[Promise] = &[
    tls_versions::PROMISE,
    tls_suites::PROMISE,
    tls_groups::PROMISE,
    tls_signatures::PROMISE,
    tls_details::PROMISE,
    tls_grade::PROMISE,
    certificate_trusted::PROMISE,
    certificate_key::PROMISE,
    certificate_days::PROMISE,
    same_certificate::PROMISE,
];

/// What to do where the host's files and the rendered ones may differ.
const UP: &str = "Run `vc4all-deploy up`; it writes the TLS settings anew";
