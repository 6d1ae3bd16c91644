//! Builds, shows, applies and proves a private Jitsi Meet.

pub mod components;
pub mod model;
pub mod papers;
pub mod remote;
pub mod render;
