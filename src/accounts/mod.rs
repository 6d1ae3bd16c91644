//! The accounts of meeting hosts: who they are, and what proves it.
