//! The login of meeting hosts, which gives them a token for one room.

mod answer;
mod audit;
mod cookie;
mod desk;
mod form;
mod hs256;
mod judge;
mod language;
mod limit;
mod pages;
mod prefix;
mod room;
mod server;
mod settings;
mod token;
mod wanted;
mod wishes;

pub use settings::Settings;

use crate::accounts::Accounts;
use crate::model::advice::Advice;
use anyhow::{Context as _, Result, anyhow};
use desk::Desk;
use judge::Judge;
use listenfd::ListenFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::Arc;

/// Where the door finds what it needs.
#[derive(Debug, Clone)]
pub struct Places {
    /// The configuration file.
    pub config: PathBuf,
    /// The folder with the accounts; it need not exist yet.
    pub accounts: PathBuf,
    /// The folder that holds the secret `token`.
    pub credentials: PathBuf,
    /// A socket to make; without it systemd has to hand one over (sd_listen_fds(3)).
    pub socket: Option<PathBuf>,
}

/// Opens the door, and keeps it open until the signal to end.
///
/// # Errors
/// When the configuration, the secret or the socket is not as it should be.
pub fn serve(places: &Places) -> Result<()> {
    let settings = Settings::read(&places.config)?;
    let secret = settings::secret(&places.credentials)?;
    let accounts = Accounts::at(&places.accounts, settings.second_factor);
    let listener = listener(places)?;
    let runtime = server::runtime()?;
    let served = runtime.block_on(async {
        let desk = Desk::new(settings, Judge::new(accounts), &secret)?;
        server::serve(listener, Arc::new(desk)).await
    });
    // What is still being judged was asked by nobody who waits.
    runtime.shutdown_background();
    served
}

fn listener(places: &Places) -> Result<UnixListener> {
    if let Some(path) = &places.socket {
        return UnixListener::bind(path).with_context(|| format!("make the socket {}", path.display()));
    }
    let handed = ListenFd::from_env().take_unix_listener(0).context("take the socket that systemd hands over")?;
    handed.ok_or_else(|| {
        let help = "start vc4all-door.socket, which hands it over, or name a socket with --socket";
        anyhow!(Advice::new("nobody handed over a socket", help))
    })
}
