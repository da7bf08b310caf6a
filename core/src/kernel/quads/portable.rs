//! Rows of quads in Rust, for every machine.

/// As [`add`](super::add).
#[inline(always)]
pub fn add(weights: &[u32], input: &[u8], sums: &mut [i32]) {
    let total: u32 = input.iter().map(|&x| u32::from(x)).sum();
    let offset = total.wrapping_mul(128).cast_signed();
    for sum in sums.iter_mut() {
        *sum = sum.wrapping_sub(offset);
    }
    let rows = weights.chunks_exact(sums.len().max(1));
    for (row, inputs) in rows.zip(input.chunks(4)) {
        let mut four = [0u8; 4];
        four.iter_mut().zip(inputs).for_each(|(to, &from)| *to = from);
        if u32::from_le_bytes(four) == 0 {
            continue;
        }
        let [a, b, c, d] = four.map(u32::from);
        for (sum, word) in sums.iter_mut().zip(row) {
            let [p, q, r, s] = word.to_le_bytes().map(u32::from);
            *sum = sum.wrapping_add((p * a + q * b + r * c + s * d).cast_signed());
        }
    }
}
