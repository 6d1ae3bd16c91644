//! Papers about an instance.

pub(super) mod egress;
