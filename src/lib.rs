//! Builds, shows, applies and proves a private Jitsi Meet.

pub mod acme;
pub mod apply;
pub mod cli;
pub mod commands;
pub mod components;
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
