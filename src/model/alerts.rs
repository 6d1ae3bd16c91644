//! Who is told when the host cannot renew its certificate.

/// Where the news goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alerts {}
