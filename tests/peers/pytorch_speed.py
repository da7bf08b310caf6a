"""Seconds per training epoch of Sinapse and PyTorch, on the same cores in one run.

    cargo build --release -p sinapse-trainer
    python3 tests/peers/pytorch_speed.py [--data DIR] [--threads 2] [--epochs 3]

Installs nothing: without PyTorch it says so, measures Sinapse only and exits with code 3. Both sides train in single
precision with Adam on MNIST's 60,000 training images, which are in memory before the clock starts; the fastest epoch
counts. PyTorch gets its images as one tensor and slices of a random permutation, not from a DataLoader: that is its
fastest loop on a CPU.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Shape, activation, batch, and the required ratio of PyTorch's time to Sinapse's.
CASES = [
    ("784-128-10", "relu", 128, 1.5),
    ("784-800-10", "relu", 128, 1.5),
    ("784-16-16-10", "sigmoid", 32, 4.0),
]
RECIPE = """name = "speed"
[network]
shape = "{shape}"
arithmetic = "f32"
activation = "{activation}"
[training]
epochs = 1
batch = {batch}
averaging = 0.0
weight_decay = 0.0
all_images = true
"""
# The network of `recipes/digits.toml` without a teacher: cost of varied images and of the board's arithmetic.
DIGITS = """name = "speed"
[network]
shape = "144-112-48-10"
{formats}
reduction = {{ width = 28, height = 28, crop = 2, scale = "half" }}
[training]
epochs = 1
quantised_epochs = 1
batch = 128
averaging = 0.999
all_images = true
{augmentation}"""
INTEGER = "weights = 4\ninput = 4\nactivations = 4"
VARIED = """[augmentation]
probability = 0.8
elastic_pixels = 0.6
pen = 0.2
variations = {variations}
"""
# Largest ratio of a varied, quantised epoch to a plain one in f32.
DEAREST = 1.5

def sinapse(recipe, options, first=0):
    """Returns the seconds of the fastest epoch, without the first ones."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recipe.toml"
        path.write_text(recipe)
        command = [options.sinapse, "--threads", str(options.threads), "train", "--recipe", path]
        command += ["--data", options.data]
        command += ["--time-epochs", str(first + options.epochs), "--json", "--out", Path(folder) / "none.postcard"]
        run = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"error: {options.sinapse}: {run.stderr.strip()}")
    return min(json.loads(run.stdout)["seconds"][first:])


def idx(folder, name, header):
    """Returns the bytes after the header of an IDX file, raw or gzipped."""
    for path, opened in ((folder / name, open), (folder / f"{name}.gz", gzip.open)):
        if path.exists():
            with opened(path, "rb") as file:
                return file.read()[header:]
    sys.exit(f"error: {folder}: no {name} and no {name}.gz; give --data or $SINAPSE_DATA a folder with MNIST")


def pytorch(torch, shape, activation, batch, options):
    """Returns the seconds of the fastest epoch of the same network in PyTorch."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    folder = Path(options.data)
    pixels = bytearray(idx(folder, "train-images-idx3-ubyte", 16))
    labels = bytearray(idx(folder, "train-labels-idx1-ubyte", 8))
    images = torch.frombuffer(pixels, dtype=torch.uint8).view(-1, 784).float() / 255
    labels = torch.frombuffer(labels, dtype=torch.uint8).long()
    widths = [int(width) for width in shape.split("-")]
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU() if activation == "relu" else torch.nn.Sigmoid()]
    network = torch.nn.Sequential(*layers[:-1])
    optimiser = torch.optim.Adam(network.parameters(), lr=0.001)
    criterion = torch.nn.CrossEntropyLoss()
    fastest = float("inf")
    for _ in range(options.epochs):
        start = time.perf_counter()
        order = torch.randperm(len(labels))
        for first in range(0, len(labels) - batch + 1, batch):
            chosen = order[first : first + batch]
            optimiser.zero_grad(set_to_none=True)
            criterion(network(images[chosen]), labels[chosen]).backward()
            optimiser.step()
        fastest = min(fastest, time.perf_counter() - start)
    return fastest


def time_digits(options):
    """Prints the cost per epoch of varied images and the board's arithmetic; returns whether the goal is met."""

    def epoch(formats, augmentation, first=0):
        return sinapse(DIGITS.format(formats=formats, augmentation=augmentation), options, first)

    single = epoch('arithmetic = "f32"', "")
    plain = epoch(INTEGER, "")
    fresh = epoch(INTEGER, VARIED.format(variations=0))
    # As in the recipe, whose quantised epochs see only cached variations: each is shown once before the clock starts.
    again = epoch(INTEGER, VARIED.format(variations=2), first=2)
    print()
    print(f"| seconds per epoch of `digits`, {options.threads} threads | | vs. quantised | vs. f32 | goal |")
    print("| --- | --- | --- | --- | --- |")
    for name, seconds, goal in (
        ("plain, f32", single, ""),
        ("plain, quantised", plain, ""),
        ("new variations, quantised", fresh, ""),
        ("cached variations, quantised: the recipe", again, f"≤ {DEAREST} ×"),
    ):
        print(f"| {name} | {seconds:.3f} | {seconds / plain:.2f} × | {seconds / single:.2f} × | {goal} |", flush=True)
    return again / single <= DEAREST


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data", default=os.environ.get("SINAPSE_DATA"), help="folder with MNIST [default: $SINAPSE_DATA]"
    )
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--epochs", type=int, default=3, help="number of epochs; the fastest counts")
    parser.add_argument("--sinapse", default=ROOT / "target/release/sinapse", help="the trainer's program")
    options = parser.parse_args()
    if options.data is None:
        sys.exit("error: no data: give --data or $SINAPSE_DATA a folder with MNIST")
    if not Path(options.sinapse).exists():
        sys.exit(f"error: {options.sinapse} is missing: cargo build --release -p sinapse-trainer")
    try:
        import torch
    except ImportError:
        torch = None
    version = torch.__version__ if torch else ""
    print(f"| seconds per epoch, {options.threads} threads | Sinapse | PyTorch {version} | ratio | goal |")
    print("| --- | --- | --- | --- | --- |")
    missed = False
    for shape, activation, batch, goal in CASES:
        ours = sinapse(RECIPE.format(shape=shape, activation=activation, batch=batch), options)
        theirs = pytorch(torch, shape, activation, batch, options) if torch else None
        missed |= theirs is not None and theirs / ours < goal
        shown = f"{theirs:.3f} | {theirs / ours:.2f} ×" if theirs else "– | –"
        print(f"| {shape}, batch {batch}, Adam | {ours:.3f} | {shown} | ≥ {goal} × |", flush=True)
    missed |= not time_digits(options)
    if torch is None:
        print("PyTorch is not installed for this Python: only Sinapse was measured", file=sys.stderr)
        sys.exit(3)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
