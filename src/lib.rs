//! Builds, shows, applies and proves a private Jitsi Meet.

pub mod components;
pub mod inventory;
pub mod model;
pub mod remote;
pub mod render;
