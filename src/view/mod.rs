//! How things look to people: text in, text out; the room knows nouns and nothing else.

pub mod backup;
pub mod confirm;
mod count;
#[cfg(feature = "operator")]
pub mod destroy;
mod diff;
pub mod egress;
pub mod inert;
pub mod json;
pub mod objection;
mod paint;
mod phrase;
pub mod plan;
pub mod problem;
pub mod progress;
pub mod qr;
mod reason;
#[cfg(feature = "operator")]
pub mod report;
pub mod rollback;
pub mod status;
pub mod users;

pub use paint::Colour;
