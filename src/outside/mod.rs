//! The instance as the world sees it: looks from the operator's machine, which bring facts and judge nothing.

pub mod fetch;
pub mod names;
pub mod ports;
pub mod relay;
pub mod talk;
pub mod tls;
mod trusting;
pub mod way;
pub mod web;

pub use way::{ToldBy, Way};
