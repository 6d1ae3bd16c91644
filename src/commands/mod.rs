//! One story a verb; the only place where the pure, the world and the people meet.

mod agents;
mod aim;
mod backup;
mod blueprint;
mod certify;
mod change;
mod compromise;
mod destroy;
mod directory;
mod failure;
mod folder;
mod init;
mod language;
mod office;
mod orphans;
mod overrides;
mod papers;
mod parting;
mod plan;
mod portal;
mod rehearse;
mod rename;
mod render;
mod renew;
mod restore;
mod rollback;
mod rooms;
mod rotate;
mod schema;
mod session;
mod status;
mod terminal;
mod unlock;
mod up;
mod upgrade;
mod users;
mod verify;
mod written;

pub use failure::{exit_of, explain};
pub use terminal::Terminal;

use crate::cli::{Cli, Command, Portal, Rooms};
use crate::exit::Exit;
use anyhow::Result;

/// Does what the command line says.
///
/// # Errors
/// When the verb fails; the message is a path to the cause.
pub fn run(cli: &Cli, terminal: &mut Terminal) -> Result<Exit> {
    let (ssh_config, agent) = (cli.ssh_config.as_deref(), cli.agent.as_deref());
    match &cli.command {
        Command::Init(args) => init::run(args, terminal),
        Command::Schema => schema::run(terminal),
        Command::Render(args) => render::run(args, agent, terminal),
        Command::Plan(args) => plan::run(args, ssh_config, agent, terminal),
        Command::Up(args) => up::run(args, ssh_config, agent, terminal),
        Command::Verify(args) => verify::run(args, ssh_config, agent, terminal),
        Command::Renew(args) => renew::run(args, ssh_config, agent, terminal),
        Command::Status(args) => status::run(args, ssh_config, agent, terminal),
        Command::Rollback(args) => rollback::run(args, ssh_config, agent, terminal),
        Command::Upgrade(args) => upgrade::run(args, ssh_config, agent, terminal),
        Command::Rotate(args) => rotate::run(args, ssh_config, agent, terminal),
        Command::Rename(args) => rename::run(args, ssh_config, agent, terminal),
        Command::Backup(args) => backup::run(args, ssh_config, terminal),
        Command::Restore(args) => restore::run(args, ssh_config, agent, terminal),
        Command::Destroy(args) => destroy::run(args, ssh_config, agent, terminal),
        Command::Papers(verb) => papers::run(verb, ssh_config, terminal),
        Command::Portal(Portal::Secret(args)) => portal::secret(args, ssh_config, terminal),
        Command::Directory(args) => directory::run(args, terminal),
        Command::Rooms(Rooms::New(args)) => rooms::run(args, ssh_config, terminal),
        Command::Users(order) => users::run(order, ssh_config, terminal),
    }
}
