//! What may reach a terminal.

use vc4all_deploy::model::values::is_invisible;

/// The text holds nothing that moves a cursor, changes a colour or turns the reading direction.
pub(crate) fn assert_inert(text: &str) {
    let harmful = |c: char| (c.is_control() && c != '\n' && c != '\t') || is_invisible(c);
    let at = text.find(harmful);
    assert!(at.is_none(), "{:?}", at.map(|at| text[at..].chars().take(200).collect::<String>()));
}
