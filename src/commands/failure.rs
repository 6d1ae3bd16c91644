//! What a failed command says and which exit code it gives; the kinds of errors that somebody branches on meet here.

use crate::acme;
use crate::exit::Exit;
use crate::inventory::Problems;
use crate::model::advice::Advice;
use crate::overrides::Faults;
use crate::policy::Offences;
use crate::remote::{self, ErrorKind};
use crate::view::{self, Colour};

/// The error as text for people.
pub fn explain(error: &anyhow::Error, colour: Colour) -> String {
    let listed = error.downcast_ref::<Problems>().map(ToString::to_string);
    let listed = listed.or_else(|| error.downcast_ref::<Offences>().map(ToString::to_string));
    let listed = listed.or_else(|| error.downcast_ref::<Faults>().map(ToString::to_string));
    listed.unwrap_or_else(|| view::problem::text(error, help(error).as_deref(), colour))
}

/// The exit code for an error.
pub fn exit_of(error: &anyhow::Error) -> Exit {
    match find::<remote::Error>(error).map(|error| error.kind) {
        Some(ErrorKind::Unreachable) => Exit::Unreachable,
        _ => Exit::Error,
    }
}

/// The next step, from the innermost error that knows one.
fn help(error: &anyhow::Error) -> Option<String> {
    find::<Advice>(error)
        .map(|advice| advice.help.clone())
        .or_else(|| find::<remote::Error>(error).map(|error| error.help.clone()))
        .or_else(|| find::<acme::Error>(error).map(acme::Error::help))
}

fn find<E: std::error::Error + 'static>(error: &anyhow::Error) -> Option<&E> {
    error.chain().find_map(|cause| cause.downcast_ref::<E>())
}
