//! The time servers, which the statement names; the policy keeps their list.

pub use crate::policy::time::{TIME_SERVERS, TimeServer};
