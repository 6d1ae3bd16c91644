//! Asks the DNS: the resolvers of this machine, and the name servers of a zone themselves.

mod ask;
mod servers;
mod zone;

pub use ask::{Answer, Checks, Desk, shown};
pub use servers::servers;
pub use zone::{Witness, World};
