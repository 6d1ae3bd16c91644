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
#[cfg(feature = "operator")]
pub mod inside;
pub mod inventory;
pub mod invitation;
pub mod model;
pub mod observe;
#[cfg(feature = "operator")]
pub mod outside;
pub mod papers;
pub mod plan;
pub mod policy;
pub mod remote;
pub mod render;
#[cfg(feature = "operator")]
pub mod verify;
pub mod view;
