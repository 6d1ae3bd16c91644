//! The nouns of the project; this room imports nothing of ours.

pub mod account;
pub mod advice;
pub mod agreed;
pub mod backup;
pub mod deployment;
pub mod digest;
pub mod egress;
pub mod estate;
pub mod event;
pub mod finding;
pub mod history;
pub mod identity;
pub mod known;
pub mod marks;
pub mod names;
pub mod objection;
pub mod observed;
pub mod plan;
pub mod ports;
pub mod program;
pub mod reach;
pub mod resource;
pub mod secret;
pub mod traits;
pub mod values;
pub mod version;
