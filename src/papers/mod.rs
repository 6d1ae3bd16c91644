//! What the privacy documents say, and what others have to be told, from the deployment's own facts.

pub mod countries;
pub mod egress;
pub mod handover;
pub mod statement;
pub mod time;
