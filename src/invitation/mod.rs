//! Names of rooms and what goes to the guests: how easily a name is guessed, what it gives away, the text and the date.

pub mod strength;
