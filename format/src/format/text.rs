//! Text of bounded length that can be built at compile time.

/// A string of bounded length, for compile-time messages. Pieces that do not fit are left out.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; Text::CAPACITY],
    length: usize,
}

impl Text {
    /// Enough for two descriptions of [`MAX_LAYERS`](super::MAX_LAYERS) layers and the sentence around them.
    const CAPACITY: usize = 1536;

    /// Returns an empty text.
    pub const fn new() -> Self {
        Text { bytes: [0; Text::CAPACITY], length: 0 }
    }

    /// Appends `text`, or nothing if it does not fit.
    pub const fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if bytes.len() > Text::CAPACITY - self.length {
            return;
        }
        let mut index = 0;
        while index < bytes.len() {
            self.bytes[self.length + index] = bytes[index];
            index += 1;
        }
        self.length += bytes.len();
    }

    /// Appends a number in decimal.
    pub const fn push_number(&mut self, number: u16) {
        let mut divisor = 10_000;
        while divisor > 1 && number / divisor == 0 {
            divisor /= 10;
        }
        while divisor > 0 {
            let digit = [b'0' + (number / divisor % 10) as u8];
            if let Ok(digit) = core::str::from_utf8(&digit) {
                self.push(digit);
            }
            divisor /= 10;
        }
    }

    /// Returns the text.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::new()
    }
}
