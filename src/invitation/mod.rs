//! Names of rooms and what goes to the guests: how easily a name is guessed, what it gives away, the text and the date.

mod address;
mod calendar;
mod leaks;
mod names;
pub mod strength;
mod text;

pub use address::{LONGEST, Unfit};
pub use calendar::{Entry, MINUTES};
pub use leaks::Leak;
pub use names::Names;
pub use text::{Meeting, privacy, sheet, untitled};
