//! What can be said on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::IpAddr;
use std::path::PathBuf;

/// Turns a fresh Debian or Ubuntu server into a private Jitsi Meet.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Read this file instead of ~/.ssh/config, as `ssh -F` does
    #[arg(long, global = true, value_name = "FILE")]
    pub ssh_config: Option<PathBuf>,
    /// Put this build of vc4all-agent on the host instead of the one beside this program
    #[arg(long, global = true, value_name = "FILE")]
    pub agent: Option<PathBuf>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented example inventory
    Init(Init),
    /// Print the JSON Schema of the inventory
    Schema,
    /// Write every file of a deployment to a folder, without a server
    Render(Render),
    /// Show what `up` would change on the host; read-only
    Plan(Plan),
    /// Make the host what the inventory says: plan, ask, apply, certificate
    Up(Up),
    /// Look from outside and inside whether every promise holds; exit code 3 when one is broken
    Verify(Verify),
    /// Renew the certificate when it is due
    Renew(Renew),
    /// Rooms and invitations
    #[command(subcommand)]
    Rooms(Rooms),
    /// Accounts of meeting hosts
    #[command(subcommand)]
    Users(Users),
    /// The privacy documents that follow from an inventory
    #[command(subcommand)]
    Papers(Papers),
    /// Write a page of all instances in a folder of inventories, without any connection
    Directory(Directory),
    /// A portal that signs tokens for meeting hosts
    #[command(subcommand)]
    Portal(Portal),
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The file to write; never overwrites one
    #[arg(default_value = "inventory.yml")]
    pub file: PathBuf,
}

/// Arguments of `render`.
#[derive(Debug, Args)]
pub struct Render {
    /// The inventory
    pub inventory: PathBuf,
    /// The folder to write; it must be new or empty
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
}

/// Arguments of `directory`.
#[derive(Debug, Args)]
pub struct Directory {
    /// The folder with one inventory an instance; files that end in .yml or .yaml
    pub folder: PathBuf,
    /// The folder to write; it must be new or empty
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// The inventory
    pub inventory: PathBuf,
    /// Exit with 2 when there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Print JSON for machines
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `up`.
#[derive(Debug, Args)]
pub struct Up {
    /// The inventory
    pub inventory: PathBuf,
    /// Do not ask; needed where there is no terminal
    #[arg(long, short)]
    pub yes: bool,
    /// Show the plan against a fresh host of the declared distribution, without any connection
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
    /// With --dry-run: also write every file to this folder for review
    #[arg(long, short, value_name = "DIR", requires = "dry_run")]
    pub output: Option<PathBuf>,
    /// Do not look afterwards whether every promise holds
    #[arg(long, conflicts_with = "dry_run")]
    pub no_verify: bool,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The inventory
    pub inventory: PathBuf,
    /// Print JSON for machines
    #[arg(long)]
    pub json: bool,
    /// Also write the report as JUnit to this file, which is replaced
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Also write the report as a page for the privacy officer's file; it is replaced
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Exit with 3 also when a promise could not be looked at
    #[arg(long)]
    pub strict: bool,
    /// Ask this DNS server instead of this machine's own
    #[arg(long, value_name = "ADDRESS")]
    pub dns: Option<IpAddr>,
    /// Knock at all 65535 TCP ports instead of those that something is known for; takes minutes
    #[arg(long)]
    pub all_ports: bool,
}

/// Arguments of `renew`.
#[derive(Debug, Args)]
pub struct Renew {
    /// The inventory
    pub inventory: PathBuf,
    /// Renew now, even when it is not due
    #[arg(long)]
    pub now: bool,
}

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
    pub language: Option<InvitationLanguage>,
    /// Write the invitation to this file instead of printing it; never overwrites one
    #[arg(long, value_name = "FILE")]
    pub invitation: Option<PathBuf>,
    /// Also write a calendar file (.ics); never overwrites one
    #[arg(long, value_name = "FILE", requires = "at")]
    pub calendar: Option<PathBuf>,
}

/// Languages of an invitation and of the papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InvitationLanguage {
    /// Dutch
    Nl,
    /// English
    En,
    /// German
    De,
    /// French
    Fr,
}

/// Verbs about the privacy documents.
#[derive(Debug, Subcommand)]
pub enum Papers {
    /// Write every paper as Markdown and as a page to print; without --host no connection is made
    Write(WritePapers),
    /// Search the host for one address and one time, and answer the person who asks (GDPR art. 15)
    AccessRequest(AccessRequest),
    /// Print whom the instance asks and names, with purpose, operator and country; no connection is made
    Egress(EgressPaper),
}

/// Arguments of `papers write`.
#[derive(Debug, Args)]
pub struct WritePapers {
    /// The inventory
    pub inventory: PathBuf,
    /// The folder to write; it must be new or empty
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
    /// Only in this language; may be said more than once
    #[arg(long)]
    pub language: Vec<InvitationLanguage>,
    /// Also look at the host, and name its release and the versions of its programs; read-only
    #[arg(long)]
    pub host: bool,
}

/// Arguments of `papers access-request`.
#[derive(Debug, Args)]
pub struct AccessRequest {
    /// The inventory
    pub inventory: PathBuf,
    /// The IP address that the person says they had
    #[arg(long, value_name = "IP")]
    pub address: IpAddr,
    /// When they were connected, as '2026-12-01 19:30'; an hour before and after is searched
    #[arg(long, value_name = "TIME")]
    pub at: String,
    /// The time zone of --at, such as Europe/Amsterdam; otherwise that of this machine
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// The language of the letter; otherwise the first one of the inventory
    #[arg(long)]
    pub language: Option<InvitationLanguage>,
    /// The letter to write, as Markdown; only you can read it, and nothing is overwritten
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
}

/// Verbs about a portal.
#[derive(Debug, Subcommand)]
pub enum Portal {
    /// Print the secret that the portal signs with, for its administrator
    Secret(PortalSecret),
}

/// Arguments of `portal secret`.
#[derive(Debug, Args)]
pub struct PortalSecret {
    /// The inventory
    pub inventory: PathBuf,
}

/// Arguments of `papers egress`.
#[derive(Debug, Args)]
pub struct EgressPaper {
    /// The inventory
    pub inventory: PathBuf,
    /// Print JSON for machines
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,
    /// Print Markdown for a record of processing
    #[arg(long)]
    pub markdown: bool,
}

/// Verbs about the accounts of meeting hosts.
#[derive(Debug, Subcommand)]
pub enum Users {
    /// Show all accounts
    List(ListUsers),
    /// Make an account, and show once what its person has to be given
    Add(AddUser),
    /// Remove an account
    Remove(OneUser),
    /// Give new credentials, or the first ones where the inventory lists the account; ends every "stay signed in"
    Reset(ResetUser),
    /// Let an account log in again after too many wrong attempts
    Unlock(OneUser),
}

/// Arguments of `users list`.
#[derive(Debug, Args)]
pub struct ListUsers {
    /// The inventory
    pub inventory: PathBuf,
}

/// Arguments of `users remove` and `users unlock`.
#[derive(Debug, Args)]
pub struct OneUser {
    /// The inventory
    pub inventory: PathBuf,
    /// What the person logs in with
    pub account: String,
}

/// Arguments of `users add`.
#[derive(Debug, Args)]
pub struct AddUser {
    /// The inventory
    pub inventory: PathBuf,
    /// What the person will log in with
    pub account: String,
    /// How the person is called in a meeting; the inventory may say it
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Ask for a passphrase instead of making one; without a terminal it is one line of standard input
    #[arg(long)]
    pub typed: bool,
    /// Set up no authenticator app; only with `access.second_factor: optional`
    #[arg(long)]
    pub no_second_factor: bool,
}

/// Arguments of `users reset`.
#[derive(Debug, Args)]
pub struct ResetUser {
    /// The inventory
    pub inventory: PathBuf,
    /// What the person logs in with
    pub account: String,
    /// Ask for a passphrase instead of making one; without a terminal it is one line of standard input
    #[arg(long, conflicts_with = "second_factor_only")]
    pub typed: bool,
    /// Set up no authenticator app; only with `access.second_factor: optional`
    #[arg(long, conflicts_with_all = ["passphrase_only", "second_factor_only"])]
    pub no_second_factor: bool,
    /// Leave the authenticator app and the recovery codes as they are
    #[arg(long, conflicts_with = "second_factor_only")]
    pub passphrase_only: bool,
    /// Leave the passphrase as it is
    #[arg(long)]
    pub second_factor_only: bool,
}
