//! Whom the instance may name and ask: every foreign host with its purpose, operator and country.

pub mod address;
pub mod country;
