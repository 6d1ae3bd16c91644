//! A certificate renewed by the host itself: when it is due, by the standing order, and what is written down about it.

pub mod alert;
mod attempt;
pub mod disk;
pub mod keep;
mod look;
mod news;
mod pair;
mod rehearse;
mod sight;
mod story;
pub mod telling;
mod trouble;
mod turn;

pub use news::{Done, News, Task, Why};
pub use story::carry_out;
pub use turn::Upkeep;
