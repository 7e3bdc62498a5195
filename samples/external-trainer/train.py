"""Trains one logistic regression per category on the hashed n-grams of an exported data set, and leaves the files that
docs/training.md asks for. NumPy and onnx are all it needs; whatever framework you prefer can stand in their place.

    python train.py --dataset <folder> --recipe <file> --output <folder> [--parent <folder>]
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PARITY_ROWS = 200


def say(step, done, total):
    """Progress for the role: one JSON object a line."""
    print(json.dumps({"step": step, "done": done, "total": total}), flush=True)


def read_dataset(folder):
    with open(folder / "dataset.json", encoding="utf-8") as file:
        dataset = json.load(file)
    with open(folder / "rows.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    with open(folder / "features" / "features.json", encoding="utf-8") as file:
        features = json.load(file)
    starts = np.fromfile(folder / "features" / "starts.i64", dtype="<i8")
    ids = np.fromfile(folder / "features" / "ids.i32", dtype="<i4")
    return dataset, rows, features["featuriser"]["buckets"], starts, ids


def read_settings(file):
    """Two numbers of the recipe, so that the example needs no YAML library."""
    settings = {"c": 4.0, "iterations": 200}
    for line in file.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in settings and value.strip():
            settings[name.strip()] = type(settings[name.strip()])(float(value))
    return settings


def quantised_idf(buckets, starts, ids, train):
    """One byte for each bucket, 1 to 15: how much its feature counts."""
    frequency = np.zeros(buckets)
    for row in train:
        frequency[ids[starts[row] : starts[row + 1]]] += 1
    idf = np.log((1 + len(train)) / (1 + frequency)) + 1
    return np.clip(np.rint(15 * idf / idf.max()), 1, 15).astype(np.uint8)


class Matrix:
    """Rows of unit length over the buckets, without a sparse matrix library."""

    def __init__(self, starts, ids, terms, rows):
        self.count = len(rows)
        self.ids = np.concatenate([ids[starts[r] : starts[r + 1]] for r in rows]).astype(np.int64)
        lengths = np.array([starts[r + 1] - starts[r] for r in rows])
        self.rows = np.repeat(np.arange(self.count), lengths)
        weights = terms[self.ids].astype(np.float64)
        norms = np.sqrt(np.bincount(self.rows, weights**2, minlength=self.count))
        self.values = weights / np.maximum(norms, 1e-6)[self.rows]

    def times(self, weights):
        return np.bincount(self.rows, self.values * weights[self.ids], minlength=self.count)

    def transposed_times(self, values, buckets):
        return np.bincount(self.ids, self.values * values[self.rows], minlength=buckets)


def fit(matrix, labels, weights, buckets, c, iterations):
    """Accelerated gradient descent with restarts; deterministic, and good enough for an example."""
    coefficients, bias = np.zeros(buckets), 0.0
    ahead, ahead_bias, momentum = coefficients.copy(), bias, 1.0
    # Rows have unit length: the loss bends by at most a quarter of the summed weights in each direction.
    step = 1.0 / (0.25 * weights.sum() + 1.0 / c)
    last = np.inf
    for _ in range(iterations):
        logits = matrix.times(ahead) + ahead_bias
        errors = weights * (1.0 / (1.0 + np.exp(-logits)) - labels)
        gradient = matrix.transposed_times(errors, buckets) + ahead / c
        new = ahead - 4 * step * gradient
        new_bias = ahead_bias - 4 * step * errors.sum()
        loss = float(weights @ np.logaddexp(0, np.where(labels > 0, -logits, logits)) + ahead @ ahead / (2 * c))
        if loss > last:
            momentum = 1.0
        last = loss
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        share = (momentum - 1) / following
        ahead, ahead_bias = new + share * (new - coefficients), new_bias + share * (new_bias - bias)
        coefficients, bias, momentum = new, new_bias, following
    return coefficients, bias


def write_onnx(file, table, biases):
    """ids and weights in, logits and probs out; the graph divides by the length of the weights itself."""
    columns = table.shape[1]
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["entries"], axis=0),
        helper.make_node("Unsqueeze", ["weights", "axis1"], ["terms"]),
        helper.make_node("MatMul", ["terms", "entries"], ["sums3"]),
        helper.make_node("Squeeze", ["sums3", "axis1"], ["sums"]),
        helper.make_node("ReduceSumSquare", ["weights", "axis1"], ["squares"], keepdims=1),
        helper.make_node("Sqrt", ["squares"], ["length"]),
        helper.make_node("Max", ["length", "smallest"], ["norm"]),
        helper.make_node("Div", ["sums", "norm"], ["unit"]),
        helper.make_node("Add", ["unit", "biases"], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["probs"]),
    ]
    initializers = [
        numpy_helper.from_array(table.astype(np.float32), "table"),
        numpy_helper.from_array(biases.astype(np.float32), "biases"),
        numpy_helper.from_array(np.array([1e-6], np.float32), "smallest"),
        numpy_helper.from_array(np.array([1], np.int64), "axis1"),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "external-linear",
        [value("ids", TensorProto.INT64, ["B", "L"]), value("weights", TensorProto.FLOAT, ["B", "L"])],
        [value("logits", TensorProto.FLOAT, ["B", columns]), value("probs", TensorProto.FLOAT, ["B", columns])],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], producer_name="external-example")
    model.ir_version = 8
    onnx.save(model, file)


def main():
    parser = argparse.ArgumentParser()
    for name in ("dataset", "recipe", "output"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--parent", type=pathlib.Path)
    options = parser.parse_args()
    settings = read_settings(options.recipe)
    dataset, rows, buckets, starts, ids = read_dataset(options.dataset)

    usable = [n for n, row in enumerate(rows) if row["text"]]
    train = [n for n in usable if rows[n]["split"] == "train"]
    validation = [n for n in usable if rows[n]["split"] == "validation"]
    categories = [c for c in sorted(dataset["categories"]) if {rows[n]["labels"].get(c, {}).get("value") for n in train} >= {0, 1}]
    if not categories:
        sys.exit("no category has both labels in split train")

    terms = quantised_idf(buckets, starts, ids, train)
    table, biases = np.zeros((buckets, len(categories)), np.float32), np.zeros(len(categories), np.float32)
    for column, category in enumerate(categories):
        say(f"head {category}", column, len(categories))
        known = [n for n in train if category in rows[n]["labels"]]
        labels = np.array([rows[n]["labels"][category]["value"] for n in known], float)
        weights = np.array([rows[n]["weight"] * rows[n]["labels"][category]["weight"] for n in known])
        coefficients, bias = fit(
            Matrix(starts, ids, terms, known), labels, weights, buckets, settings["c"], int(settings["iterations"])
        )
        table[:, column], biases[column] = coefficients, bias

    say("files", len(categories), len(categories))
    output = options.output
    (output / "tables").mkdir(parents=True, exist_ok=True)
    terms.tofile(output / "tables" / "terms.bin")
    write_onnx(output / "model.onnx", table, biases)
    (output / "model.json").write_text(json.dumps({"categories": categories}), encoding="utf-8")
    sample = validation[:PARITY_ROWS]
    matrix = Matrix(starts, ids, terms, sample)
    logits = np.stack([matrix.times(table[:, k].astype(np.float64)) + biases[k] for k in range(len(categories))], axis=1)
    with open(output / "parity.jsonl", "w", encoding="utf-8") as file:
        for n, values in zip(sample, logits):
            line = {"key": rows[n]["key"], "logits": {c: float(v) for c, v in zip(categories, values)}}
            file.write(json.dumps(line) + "\n")
    (output / "CARD.md").write_text(
        f"# External example\n\nLogistic regression over hashed n-grams in NumPy, on {len(train)} rows of {dataset['datasetId']}.\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
