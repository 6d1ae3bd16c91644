//! What the privacy documents say, from the deployment's own facts.

pub mod countries;
pub mod statement;
pub mod time;
