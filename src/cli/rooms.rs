//! What can be said about rooms and invitations.

use super::Tongue;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Verbs about rooms.
#[derive(Debug, Subcommand)]
pub enum Rooms {
    /// Print a new room with an invitation for its guests; without --host-link no connection is made
    New(NewRoom),
}

/// Arguments of `rooms new`.
#[derive(Debug, Args)]
pub struct NewRoom {
    /// The inventory
    pub inventory: PathBuf,
    /// A name of your own instead of 20 random digits
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Ask the host for a link that opens the room without logging in, for who has no account
    #[arg(long)]
    pub host_link: bool,
    /// For how many hours the link of --host-link works
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=24))]
    pub hours: u8,
    /// What the meeting is called in the invitation; no part of the address
    #[arg(long, value_name = "TEXT")]
    pub subject: Option<String>,
    /// When it begins, as '2026-12-01 19:30'
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The time zone of --at, such as Europe/Amsterdam; otherwise that of this machine
    #[arg(long, value_name = "ZONE", requires = "at")]
    pub time_zone: Option<String>,
    /// How many minutes it takes; a calendar shows an hour where nothing is said
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1440))]
    pub minutes: Option<u16>,
    /// The language of the invitation; otherwise the first one of the inventory
    #[arg(long)]
    pub language: Option<Tongue>,
    /// Write the invitation to this file instead of printing it; never overwrites one
    #[arg(long, value_name = "FILE")]
    pub invitation: Option<PathBuf>,
    /// Also write a calendar file (.ics); never overwrites one
    #[arg(long, value_name = "FILE", requires = "at")]
    pub calendar: Option<PathBuf>,
}
