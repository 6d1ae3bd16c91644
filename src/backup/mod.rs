//! What has to survive the loss of a host: fetched from it, sealed into one file, and brought to another.

mod archive;
mod bring;
mod collect;
mod contents;
mod entry;
mod seal;

pub use archive::{pack, unpack};
pub use bring::{bytes, expected, left_out, plan};
pub use collect::collect;
pub use contents::{Contents, Label};
pub use seal::{Key, LONGEST, Lock, Sealing, identities, open, recipients, seal, sealing};
