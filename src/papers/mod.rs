//! What the privacy documents say, and what others have to be told, from the deployment's own facts.

mod blanks;
pub mod countries;
pub mod egress;
mod facts;
pub mod gathered;
pub mod handover;
mod host;
mod index;
mod markdown;
mod paper;
pub mod published;
pub mod report;
pub mod statement;
pub mod time;

pub use host::{HostFacts, Program};
pub use index::Index;
pub use paper::{Known, Paper, Written, filled};
