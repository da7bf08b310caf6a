//! A TensorFlow Lite file of one fully connected layer.
//!
//! Tables are written by field number: a field's position in its table in TensorFlow's
//! `tensorflow/compiler/mlir/lite/schema/schema.fbs`. A vtable slot is `4 + 2 · number`.

use flatbuffers::{FlatBufferBuilder, TableFinishedWIPOffset, WIPOffset};

use crate::layer::{IN, INPUT_SCALE, INPUT_ZERO_POINT, OUT, OUTPUT_SCALE, WEIGHT_SCALE};

type Table = WIPOffset<TableFinishedWIPOffset>;

/// Values of the schema's enumerations.
const INT8: i8 = 9;
const INT32: i8 = 2;
const FULLY_CONNECTED: i8 = 9;
const FULLY_CONNECTED_OPTIONS: u8 = 8;
/// Version of the schema.
const VERSION: u32 = 3;

/// Encodes a layer with weights `[output][input]`, output zero point 0 and no activation function.
pub fn fully_connected(weights: &[i8], bias: &[i32]) -> Vec<u8> {
    let mut file = FlatBufferBuilder::new();
    let weights: Vec<u8> = weights.iter().map(|&weight| weight as u8).collect();
    let bias: Vec<u8> = bias.iter().flat_map(|bias| bias.to_le_bytes()).collect();
    // Buffer 0 is empty by convention: tensors without data refer to it.
    let buffers = [buffer(&mut file, &[]), buffer(&mut file, &weights), buffer(&mut file, &bias)];
    let buffers = file.create_vector(&buffers);

    let (inputs, outputs) = (IN as i32, OUT as i32);
    let tensors = [
        tensor(&mut file, &[1, inputs], INT8, 0, INPUT_SCALE, INPUT_ZERO_POINT),
        tensor(&mut file, &[outputs, inputs], INT8, 1, WEIGHT_SCALE, 0),
        tensor(&mut file, &[outputs], INT32, 2, INPUT_SCALE * WEIGHT_SCALE, 0),
        tensor(&mut file, &[1, outputs], INT8, 0, OUTPUT_SCALE, 0),
    ];
    let tensors = file.create_vector(&tensors);

    let options = file.start_table(); // all defaults: no activation function, weights in the default layout
    let options = file.end_table(options);
    let (reads, writes) = (file.create_vector(&[0i32, 1, 2]), file.create_vector(&[3i32]));
    let operator = file.start_table();
    file.push_slot_always(slot(0), 0u32); // index of the operator's code
    file.push_slot_always(slot(1), reads);
    file.push_slot_always(slot(2), writes);
    file.push_slot_always(slot(3), FULLY_CONNECTED_OPTIONS);
    file.push_slot_always(slot(4), options);
    let operator: Table = file.end_table(operator);
    let operators = file.create_vector(&[operator]);

    let (reads, writes) = (file.create_vector(&[0i32]), file.create_vector(&[3i32]));
    let graph = file.start_table();
    file.push_slot_always(slot(0), tensors);
    file.push_slot_always(slot(1), reads);
    file.push_slot_always(slot(2), writes);
    file.push_slot_always(slot(3), operators);
    let graph: Table = file.end_table(graph);
    let graphs = file.create_vector(&[graph]);

    let code = file.start_table();
    file.push_slot_always(slot(0), FULLY_CONNECTED); // the field from before there were 128 operators
    file.push_slot_always(slot(2), 1i32); // version of the operator
    file.push_slot_always(slot(3), i32::from(FULLY_CONNECTED));
    let code: Table = file.end_table(code);
    let codes = file.create_vector(&[code]);

    let model = file.start_table();
    file.push_slot_always(slot(0), VERSION);
    file.push_slot_always(slot(1), codes);
    file.push_slot_always(slot(2), graphs);
    file.push_slot_always(slot(4), buffers);
    let model = file.end_table(model);
    file.finish(model, Some("TFL3"));
    file.finished_data().to_vec()
}

fn buffer(file: &mut FlatBufferBuilder<'_>, bytes: &[u8]) -> Table {
    let data = (!bytes.is_empty()).then(|| file.create_vector(bytes));
    let table = file.start_table();
    if let Some(data) = data {
        file.push_slot_always(slot(0), data);
    }
    file.end_table(table)
}

fn tensor(file: &mut FlatBufferBuilder<'_>, shape: &[i32], kind: i8, buffer: u32, scale: f32, zero_point: i8) -> Table {
    let (scale, zero_point) = (file.create_vector(&[scale]), file.create_vector(&[i64::from(zero_point)]));
    let quantisation = file.start_table();
    file.push_slot_always(slot(2), scale);
    file.push_slot_always(slot(3), zero_point);
    let quantisation = file.end_table(quantisation);
    let shape = file.create_vector(shape);
    let table = file.start_table();
    file.push_slot_always(slot(0), shape);
    file.push_slot_always(slot(1), kind);
    file.push_slot_always(slot(2), buffer);
    file.push_slot_always(slot(4), quantisation);
    file.end_table(table)
}

/// Returns the vtable slot of a field.
fn slot(number: u16) -> u16 {
    4 + 2 * number
}
