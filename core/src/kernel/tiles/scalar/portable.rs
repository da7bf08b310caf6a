//! The inner loops in Rust, for every machine.

use super::list::{InputEntry, InputList, Inputs, LIST_CAPACITY, Products};

/// Lists nonzero inputs until the list is full or no rows are left.
#[inline(always)]
pub fn scan(inputs: &mut Inputs<'_>, list: &mut InputList) {
    let entries = list.entries.as_mut_ptr().cast::<InputEntry>();
    let mut done = 0;
    for words in inputs.rows {
        if list.length > LIST_CAPACITY - 16 {
            break;
        }
        done += 1;
        let mut weights = inputs.weights.cast::<i16>();
        inputs.weights = inputs.weights.wrapping_add(inputs.row_words);
        let &[a, b, c, d] = words;
        if a | b | c | d == 0 {
            continue;
        }
        for &word in words {
            for shift in [0, 8, 16, 24] {
                let x = (word >> shift & 0xff).cast_signed();
                if x != 0 {
                    // SAFETY: the check above leaves space for the sixteen inputs of a row.
                    unsafe { entries.add(list.length).write(InputEntry { weights, x }) };
                    list.length += 1;
                    list.total += x;
                }
                weights = weights.wrapping_add(1);
            }
        }
    }
    inputs.rows = inputs.rows.get(done..).unwrap_or_default();
}

/// Sums the products with the weights of eight outputs, `position` half words after the first two.
#[inline(always)]
pub fn products(entries: *const InputEntry, position: usize) -> [Products; 4] {
    let mut products = [(0i32, 0i32); 4];
    let mut next = entries;
    // SAFETY: the list ends with `x = 0`, and the caller asks for outputs that the layer has.
    while let InputEntry { weights, x: x @ 1.. } = unsafe { *next } {
        let weights = weights.wrapping_add(position);
        for (k, (both, odd)) in products.iter_mut().enumerate() {
            // SAFETY: as above.
            let half = i32::from(unsafe { *weights.wrapping_add(16 * k) });
            *both = both.wrapping_add(half.wrapping_mul(x));
            *odd = odd.wrapping_add((half >> 8).wrapping_mul(x));
        }
        next = next.wrapping_add(1);
    }
    products
}
