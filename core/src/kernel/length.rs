//! The length check that makes pointers to weights sound: once per layer, before any of them is followed.
//!
//! Only the product of both dimensions can wrap. A row alone cannot: a slice has less than 2²⁹ accumulators on a 32-bit
//! machine, so eight bits of column for each, or four words of tiles, are less than 2³².

/// Defines the check for a type of lengths.
macro_rules! define_length_check {
    ($name:ident, $length:ty) => {
        /// Returns the number of cells in `rows` rows of `row_cells` each, or `None` if only fewer are `available`.
        #[inline(always)]
        pub(crate) const fn $name(available: $length, rows: $length, row_cells: $length) -> Option<$length> {
            match rows.checked_mul(row_cells) {
                Some(cells) if cells <= available => Some(cells),
                _ => None, // also if the product wraps, of sizes that no blob has
            }
        }
    };
}
define_length_check!(cells_of_rows, usize);

#[cfg(test)]
mod tests {
    define_length_check!(cells_of_rows_32, u32); // as on a 32-bit machine

    #[test]
    fn rows_that_are_there_are_counted() {
        assert_eq!(super::cells_of_rows(784 * 8, 784, 8), Some(784 * 8));
        assert_eq!(super::cells_of_rows(784 * 8 + 1, 784, 8), Some(784 * 8));
        assert_eq!(super::cells_of_rows(784 * 8 - 1, 784, 8), None);
        assert_eq!(super::cells_of_rows(0, 0, 8), Some(0));
    }

    #[test]
    fn products_that_wrap_to_zero_are_refused() {
        // Columns: 65,536 inputs, 262,144 outputs of 8 bits.
        assert_eq!(cells_of_rows_32(0, 65_536, 262_144 / 4), None);
        // Tiles: 2²⁰ inputs, 2¹⁴ outputs.
        assert_eq!(cells_of_rows_32(0, (1 << 20) / 16, 8 * (1 << 14) / 2), None);
        assert_eq!(cells_of_rows_32(u32::MAX, (1 << 20) / 16, 8 * (1 << 14) / 2), None);
    }

    #[test]
    fn every_product_that_wraps_is_refused() {
        for rows in [1, 2, 3, 0xffff, 0x1_0000, 0x1_0001, 0x5555_5555, u32::MAX] {
            for row_cells in [1, 2, 3, 0xffff, 0x1_0000, 0x1_0001, 0x5555_5556, u32::MAX] {
                for available in [0, 1, 0x1_0000, u32::MAX] {
                    let enough = u64::from(rows) * u64::from(row_cells) <= u64::from(available);
                    assert_eq!(cells_of_rows_32(available, rows, row_cells).is_some(), enough, "{rows} · {row_cells}");
                }
            }
        }
    }
}
