//! A certificate renewed by the host itself: when it is due, by the standing order, and what is written down about it.

pub mod alert;
pub mod keep;
mod story;
pub mod telling;

pub use story::{Done, News, Task, Upkeep, Why};
