//! What a piece of work takes on each core: one table a core, in cycles or instructions.
//!
//! Fitted to the rows of `cargo xtask bench --json` for `m4`, `m0` and `rv32` (the single layers of the test in `tests/cost.rs`, as means
//! over images and without zeros) by least squares of the relative errors, held near the values before, which were what the
//! loops' instructions take. What only whole networks show (the reduction, hidden activations) is from the committed models'
//! rows; flash and RAM are from that test's rows and those of `digits`. A change of a kernel changes its row here.

use super::coefficients::{Coefficients, Products, Program, Scan, Tiles, Tops};

/// Cycles, modelled after the core's timing table, with memory that never waits.
pub const M4: Coefficients = Coefficients {
    image: 97.4,
    layer: 362.8,
    class: 16.4,
    deslanted: 2.1,
    halved: 6.4,
    halved_lit: 3.9,
    reduced_picture: 3.5,
    reduced_lit: 5.7,
    scan: Scan { row: 13.4, word: 3.6, entry: 7.1, zero: 3.5 },
    scan_f32: Scan { row: 11.5, word: 3.9, entry: 28.1, zero: 4.4 },
    i8: Products { entry: 8.6, word: 3.8 },
    i4: Products { entry: 6.2, word: 7.3 },
    i2: Products { entry: 6.3, word: 14.8 },
    f32: Products { entry: 32.0, word: 1.5 },
    tops: Some(Tops { i8: 15.2, i4: 13.5 }),
    flush: 138.4,
    flush_rest: 256.7,
    step: 4.0,
    tiles: Tiles {
        scan: Scan { row: 10.8, word: 2.9, entry: 6.0, zero: 0.5 },
        pair: 24.0,
        pair_of_rest: 14.0,
        by_pairs: true,
        input: 0.0,
        flush: 4.0,
    },
    relu: 6.2,
    relu_f32: 6.0, // not measured
    sigmoid: 12.0, // not measured
    sigmoid_f32: 98.7,
    program: Some(Program {
        base: 2_400,
        i8: 1_884,
        tops: 800,
        i4: 1_780,
        i2: 1_956,
        f32: 2_520,
        tiles: 3_088,
        hidden: 1_206,
        hidden_f32: 1_652,
        reduction: 650,
        deslant: 620,
        columns_ram: 1_040,
        tops_ram: 264,
        rest_ram: 180,
        tiles_ram: 788,
        f32_ram: 1_012,
        layer_ram: 78,
    }),
};

/// Cycles, as of the Cortex-M4's timing table, which is near enough.
pub const M0: Coefficients = Coefficients {
    image: 246.9,
    layer: 545.6,
    class: 24.0,
    deslanted: 4.4,
    halved: 19.0,
    halved_lit: 20.0,
    reduced_picture: 5.9,
    reduced_lit: 11.8,
    scan: Scan { row: 20.2, word: 6.2, entry: 9.0, zero: 4.6 },
    scan_f32: Scan { row: 61.4, word: 7.0, entry: 14.7, zero: 9.4 },
    i8: Products { entry: 10.1, word: 10.2 },
    i4: Products { entry: 12.9, word: 14.6 },
    i2: Products { entry: 12.8, word: 28.9 },
    f32: Products { entry: 20.7, word: 352.1 },
    tops: None,
    flush: 91.3,
    flush_rest: 293.2,
    step: 8.0,
    tiles: Tiles {
        scan: Scan { row: 13.9, word: 6.0, entry: 8.0, zero: 5.0 },
        pair: 0.0,
        pair_of_rest: 0.0,
        by_pairs: false,
        input: 4.75,
        flush: 6.0,
    },
    relu: 22.4,
    relu_f32: 60.0, // not measured
    sigmoid: 30.0,  // not measured
    sigmoid_f32: 3_238.8,
    program: Some(Program {
        base: 2_000,
        i8: 1_890,
        tops: 0,
        i4: 1_750,
        i2: 1_876,
        f32: 3_408,
        tiles: 2_008,
        hidden: 1_418,
        hidden_f32: 2_628,
        reduction: 600,
        deslant: 752,
        columns_ram: 1_056,
        tops_ram: 0,
        rest_ram: 160,
        tiles_ram: 952,
        f32_ram: 464,
        layer_ram: 78,
    }),
};

/// Instructions.
pub const RV32: Coefficients = Coefficients {
    image: 244.5,
    layer: 378.4,
    class: 13.6,
    deslanted: 2.9,
    halved: 14.0,
    halved_lit: 8.0,
    reduced_picture: 2.7,
    reduced_lit: 6.8,
    scan: Scan { row: 22.2, word: 6.0, entry: 15.0, zero: 5.8 },
    scan_f32: Scan { row: 84.3, word: 8.1, entry: 18.5, zero: 10.8 },
    i8: Products { entry: 23.9, word: 3.2 },
    i4: Products { entry: 15.0, word: 9.9 },
    i2: Products { entry: 15.2, word: 19.4 },
    f32: Products { entry: 27.9, word: 137.6 },
    tops: None,
    flush: 87.9,
    flush_rest: 182.2,
    step: 8.0,
    tiles: Tiles {
        scan: Scan { row: 13.9, word: 6.0, entry: 14.0, zero: 6.0 },
        pair: 0.0,
        pair_of_rest: 0.0,
        by_pairs: false,
        input: 3.78,
        flush: 5.0,
    },
    relu: 11.5,
    relu_f32: 40.0, // not measured
    sigmoid: 25.0,  // not measured
    sigmoid_f32: 1_239.1,
    program: None,
};
