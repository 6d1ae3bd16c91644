//! A certificate renewed by the host itself: when it is due, by the standing order, and what is written down about it.

mod ledger;
mod story;

pub use ledger::{Advice, Failure, Ledger, Rehearsal};
pub use story::{Done, News, Task, Upkeep};
