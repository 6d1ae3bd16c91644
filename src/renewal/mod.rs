//! A certificate renewed by the host itself: when it is due, by the standing order, and what is written down about it.

pub mod keep;
mod story;

pub use story::{Done, News, Task, Upkeep, Why};
