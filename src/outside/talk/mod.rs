//! Rooms as a guest and a meeting host meet them, over BOSH and websocket.

mod facts;

pub use facts::{Credentials, Entry, Facts, Focus, Login, Pretence, Refusal, Service, Talk};
