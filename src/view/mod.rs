//! How things look to people.
