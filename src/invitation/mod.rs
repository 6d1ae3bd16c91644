//! Names of rooms and what goes to the guests: how easily a name is guessed, what it gives away, the text and the date.

mod address;
mod leaks;
mod names;
pub mod strength;

pub use address::{LONGEST, Unfit};
pub use leaks::Leak;
pub use names::Names;
