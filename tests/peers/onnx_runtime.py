#!/usr/bin/env python3
"""ONNX Runtime on 784-32-10, one image after the other on one thread; `cargo xtask bench` calls it.

    onnx_runtime.py FOLDER IMAGES

FOLDER has weights.f32 and logits.f32 (see xtask/src/bench/peers/host.rs), IMAGES is an IDX file. Needs only onnxruntime
and installs nothing (without it, the exit code is 3): the two models, in single precision and with 8-bit weights and
activations, are encoded here. Prints JSON.
"""

import json
import struct
import sys
import time

try:
    import numpy as np
    import onnxruntime
except ImportError as error:
    print(f"{error}; set SINAPSE_PYTHON to a Python that has onnxruntime", file=sys.stderr)
    sys.exit(3)

IN, HIDDEN, OUT = 784, 32, 10
RUNS = 50

# Numbers of onnx.proto: TensorProto.DataType.
FLOAT, UINT8, INT8 = 1, 2, 3
TYPES = {"float32": FLOAT, "uint8": UINT8, "int8": INT8}


def varint(number):
    coded = b""
    while number > 127:
        coded += bytes([number & 127 | 128])
        number >>= 7
    return coded + bytes([number])


def field(number, value):
    """Encodes a field of a protocol buffer: an integer, or bytes, text or a message with its length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, array):
    dims = b"".join(field(1, size) for size in array.shape)
    return field(5, dims + field(2, TYPES[str(array.dtype)]) + field(8, name) + field(9, array.tobytes()))


def node(operator, inputs, output, attributes=b""):
    names = b"".join(field(1, name) for name in inputs)
    return field(1, names + field(2, output) + field(4, operator) + attributes)


def integer(name, value):
    """Encodes an attribute of type AttributeProto.AttributeType.INT."""
    return field(5, field(1, name) + field(3, value) + field(20, 2))


def value(number, name, kind, size):
    shape = b"".join(field(1, field(1, length)) for length in (1, size))
    return field(number, field(1, name) + field(2, field(1, field(1, kind) + field(2, shape))))


def model(nodes, tensors, input_kind):
    graph = b"".join(nodes) + field(2, "g") + b"".join(tensors)
    graph += value(11, "x", input_kind, IN) + value(12, "y", FLOAT, OUT)
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))  # IR version 8, operator set 17


def float_model(weights):
    w1, b1, w2, b2 = weights
    return model(
        [
            node("MatMul", ["x", "w1"], "s1"),
            node("Add", ["s1", "b1"], "a1"),
            node("Relu", ["a1"], "h"),
            node("MatMul", ["h", "w2"], "s2"),
            node("Add", ["s2", "b2"], "y"),
        ],
        [tensor("w1", w1), tensor("b1", b1), tensor("w2", w2), tensor("b2", b2)],
        FLOAT,
    )


def integer_model(weights, most):
    """8-bit weights, one scale per layer; the hidden activation 255 stands for `most`."""
    w1, b1, w2, b2 = weights
    step1, step2, step = (np.float32(np.abs(w).max() / 127) for w in (w1, w2, np.float32([most * 127 / 255])))
    q1, q2 = (np.round(w / s).astype(np.int8) for w, s in ((w1, step1), (w2, step2)))
    scalar = lambda number: np.array(number, dtype=np.float32)
    return model(
        [
            node("MatMulInteger", ["x", "q1"], "i1"),
            node("Cast", ["i1"], "f1", integer("to", FLOAT)),
            node("Mul", ["f1", "m1"], "p1"),
            node("Add", ["p1", "b1"], "a1"),
            # Saturates below 0: this is the ReLU.
            node("QuantizeLinear", ["a1", "step", "zero"], "h"),
            node("MatMulInteger", ["h", "q2"], "i2"),
            node("Cast", ["i2"], "f2", integer("to", FLOAT)),
            node("Mul", ["f2", "m2"], "p2"),
            node("Add", ["p2", "b2"], "y"),
        ],
        [
            tensor("q1", q1),
            tensor("m1", scalar(step1 / 255)),
            tensor("b1", b1),
            tensor("step", scalar(step)),
            tensor("zero", np.array(0, dtype=np.uint8)),
            tensor("q2", q2),
            tensor("m2", scalar(step * step2)),
            tensor("b2", b2),
        ],
        UINT8,
    )


def read_weights(path):
    numbers, arrays = np.fromfile(path, dtype="<f4"), []
    for shape in ((IN, HIDDEN), (HIDDEN,), (HIDDEN, OUT), (OUT,)):
        arrays.append(numbers[: np.prod(shape)].reshape(shape).copy())
        numbers = numbers[np.prod(shape) :]
    return arrays


def read_images(path):
    with open(path, "rb") as file:
        magic, count, height, width = struct.unpack(">4I", file.read(16))
        if (magic, height * width) != (0x803, IN):
            sys.exit(f"error: {path}: {height} x {width} pixels, magic number {magic:#x}; expected 784 and 0x803")
        return np.frombuffer(file.read(), dtype=np.uint8).reshape(count, 1, IN)


def measure(graph, inputs):
    """Returns the logits of all inputs, and the fastest run's nanoseconds per image."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    feeds = [{"x": x} for x in inputs]
    logits = np.concatenate([session.run(None, feed)[0] for feed in feeds])
    fastest = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter_ns()
        for feed in feeds:
            session.run(None, feed)
        fastest = min(fastest, time.perf_counter_ns() - start)
    return logits, fastest / len(feeds)


def main():
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} FOLDER IMAGES")
    folder, images = sys.argv[1], read_images(sys.argv[2])
    weights = read_weights(f"{folder}/weights.f32")
    expected = np.fromfile(f"{folder}/logits.f32", dtype="<f4").reshape(len(images), OUT)

    real = images.astype(np.float32) / np.float32(255)
    logits, float_ns = measure(float_model(weights), real)
    if not np.allclose(logits, expected, rtol=1e-3, atol=1e-3):
        sys.exit("error: ONNX Runtime's logits differ from ours")
    hidden = np.maximum(real[:, 0] @ weights[0] + weights[1], 0)
    logits, integer_ns = measure(integer_model(weights, hidden.max()), images)
    same = (logits.argmax(axis=1) == expected.argmax(axis=1)).mean()
    if same < 0.98:
        sys.exit(f"error: ONNX Runtime with 8 bits: the same class for only {same:.1%} of the images, expected 98 %")

    kernel = f"onnxruntime {onnxruntime.__version__} (Python)"
    rows = [
        {"kernel": kernel, "format": "f32", "latency_ns": float_ns},
        {"kernel": kernel, "format": "w8-x8", "latency_ns": integer_ns},
    ]
    print(json.dumps(rows))


main()
