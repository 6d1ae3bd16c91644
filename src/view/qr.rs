//! A QR code made of letters (ISO/IEC 18004), for a terminal or for paper.

use super::paint::Colour;
use anyhow::{Result, anyhow};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code: four, or a camera does not find it (ISO/IEC 18004 §5.3.8).
const QUIET: usize = 4;

/// The code; each letter is one module wide and two high.
///
/// With colours it is black on white, whatever colours the terminal has. Without, it is meant for black letters on
/// white paper.
///
/// # Errors
/// When the text is too long for a code.
pub fn code(text: &str, colour: Colour) -> Result<String> {
    // A screen has no stains to correct, and the smaller code fits on it.
    let code = QrCode::with_error_correction_level(text, EcLevel::L)
        .map_err(|error| anyhow!("the text does not fit into a QR code: {error}"))?;
    let (width, modules) = (code.width(), code.to_colors());
    let dark = |x: usize, y: usize| {
        let inside = (QUIET..QUIET + width).contains(&x) && (QUIET..QUIET + width).contains(&y);
        inside && modules[(y - QUIET) * width + (x - QUIET)] == Color::Dark
    };
    let mut shown = String::new();
    for y in (0..width + 2 * QUIET).step_by(2) {
        let row: String = (0..width + 2 * QUIET).map(|x| letter(dark(x, y), dark(x, y + 1))).collect();
        match colour {
            // Colours 16 and 231 of the 256 are black and white in every palette (ECMA-48 §8.3.117, xterm).
            Colour::Always => shown.push_str(&format!("\u{1b}[38;5;16;48;5;231m{row}\u{1b}[0m\n")),
            Colour::Never => shown.push_str(&format!("{row}\n")),
        }
    }
    Ok(shown)
}

fn letter(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "otpauth://totp/vergaderen.voorbeeldstad.nl:jo?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=vergaderen.voorbeeldstad.nl";

    #[test]
    fn the_modules_are_those_of_the_code_with_a_quiet_zone() {
        let shown = code(LINK, Colour::Never).unwrap();
        let code = QrCode::with_error_correction_level(LINK, EcLevel::L).unwrap();
        let wide = code.width() + 8;
        let rows: Vec<Vec<char>> = shown.lines().map(|line| line.chars().collect()).collect();
        assert!(rows.len() == wide.div_ceil(2) && rows.iter().all(|row| row.len() == wide));
        let dark = |x: usize, y: usize| match rows[y / 2][x] {
            '█' => true,
            '▀' => y.is_multiple_of(2),
            '▄' => !y.is_multiple_of(2),
            _ => false,
        };
        for y in 0..wide {
            for x in 0..wide {
                let inside = (4..wide - 4).contains(&x) && (4..wide - 4).contains(&y);
                assert_eq!(dark(x, y), inside && code[(x - 4, y - 4)] == Color::Dark, "{x},{y}");
            }
        }
        assert!(wide <= 80, "it fits on a terminal");
    }

    #[test]
    fn colours_are_said_on_each_line_and_end_on_it() {
        let shown = code(LINK, Colour::Always).unwrap();
        assert!(shown.lines().all(|line| line.starts_with("\u{1b}[38;5;16;48;5;231m") && line.ends_with("\u{1b}[0m")));
    }

    #[test]
    fn what_is_too_long_is_an_error() {
        assert!(code(&"x".repeat(10_000), Colour::Never).is_err());
    }
}
