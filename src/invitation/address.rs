//! What people type as a name of a room, and the address that comes of it.

use super::names::{Names, plain};

/// The longest name of a room in characters.
pub const LONGEST: usize = 100;

/// Why a text makes no address of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Nothing is left of it.
    Empty,
    /// It is longer than [`LONGEST`].
    Long,
    /// It holds something else than letters, digits, spaces, hyphens, and the like.
    Characters,
    /// This site has a page there.
    Page,
}

impl Names {
    /// The room's name in its address, `[a-z0-9-]`: small letters without accents, and hyphens in the place of spaces,
    /// points, commas, apostrophes and underscores.
    ///
    /// # Errors
    /// When no such name comes of it.
    pub fn address(&self, typed: &str) -> Result<String, Unfit> {
        // Nothing that long becomes an address, and taking it apart could make it longer still.
        if typed.chars().count() > 10 * LONGEST {
            return Err(Unfit::Long);
        }
        let mut address = String::new();
        for c in plain(typed).chars() {
            match (c, self.letters.get(&c)) {
                ('a'..='z' | '0'..='9', _) => address.push(c),
                (_, Some(letters)) => address.push_str(letters),
                (' ' | '-' | '_' | '.' | ',' | '\'' | '’' | '‘' | '‐'..='―', _) => hyphen(&mut address),
                _ => return Err(Unfit::Characters),
            }
        }
        address.truncate(address.trim_end_matches('-').len());
        match address.len() {
            0 => Err(Unfit::Empty),
            length if length > LONGEST => Err(Unfit::Long),
            _ if self.pages.contains(&address) => Err(Unfit::Page),
            _ => Ok(address),
        }
    }
}

/// One hyphen between two parts, none at the beginning.
fn hyphen(address: &mut String) {
    if !address.is_empty() && !address.ends_with('-') {
        address.push('-');
    }
}
