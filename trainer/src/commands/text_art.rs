//! Pictures as text art.

/// Characters from no ink to full ink.
const SHADES: &[u8] = b" .:-=+*#%@";

/// Renders a grey picture as lines of text, two characters per pixel, which looks square in a terminal.
pub fn text_art(pixels: &[u8], width: usize) -> Vec<String> {
    let shade = |&pixel: &u8| char::from(SHADES[usize::from(pixel) * (SHADES.len() - 1) / 255]);
    let line = |row: &[u8]| row.iter().map(shade).flat_map(|shade| [shade, shade]).collect::<String>();
    pixels.chunks(width).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::text_art;

    #[test]
    fn ink_is_dense_and_background_is_blank() {
        assert_eq!(text_art(&[0, 255, 128, 0], 2), ["  @@", "==  "]);
    }
}
