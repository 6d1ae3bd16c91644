//! Builds, shows, applies and proves a private Jitsi Meet.

pub mod accounts;
pub mod acme;
pub mod apply;
#[cfg(feature = "operator")]
pub mod cli;
#[cfg(feature = "operator")]
pub mod commands;
pub mod components;
pub mod door;
pub mod exit;
pub mod inventory;
pub mod invitation;
pub mod model;
pub mod observe;
pub mod papers;
pub mod plan;
pub mod remote;
pub mod render;
pub mod view;
