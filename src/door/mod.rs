//! The login of meeting hosts, which gives them a token for one room.
