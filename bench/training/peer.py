"""scikit-learn's logistic regression on the features, rows, weights and penalty that run.ts wrote."""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

folder = Path(sys.argv[1])
job = json.loads((folder / "job.json").read_text())


def read(name, kind):
    return np.fromfile(folder / name, dtype=kind)


starts = read("starts.i32", np.int32)
ids = read("ids.i32", np.int32)
terms = read("terms.u8", np.uint8).astype(np.float64)
train = read("train.i32", np.int32)
test = read("test.i32", np.int32)
began = time.monotonic()
matrix = csr_matrix((terms[ids], ids, starts), shape=(len(starts) - 1, job["columns"]))
norms = np.sqrt(matrix.multiply(matrix).sum(axis=1)).A1
matrix = (diags(1 / np.maximum(norms, 1e-20)) @ matrix).tocsr()
fitted = {}
for category in job["categories"]:
    targets = read(f"{category}.targets.f64", np.float64)
    weights = read(f"{category}.weights.f64", np.float64)
    rows = train[(~np.isnan(targets[train])) & (weights[train] > 0)]
    # The default tolerance of 1e-4 stops after 8 steps for a rare category, at an average precision of .02.
    model = LogisticRegression(C=job["c"], solver="lbfgs", tol=job["tolerance"], max_iter=1000)
    model.fit(matrix[rows], targets[rows] > 0.5, sample_weight=weights[rows])
    fitted[category] = model
    print(f"scikit-learn {category}: {model.n_iter_[0]} iterations, {time.monotonic() - began:.1f} s", file=sys.stderr)
seconds = time.monotonic() - began
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def objective(category, coefficients, intercept):
    """What both minimise, of either's solution: sum of weighted log losses + |w|^2 / (2 C)."""
    targets = read(f"{category}.targets.f64", np.float64)
    weights = read(f"{category}.weights.f64", np.float64)
    rows = train[(~np.isnan(targets[train])) & (weights[train] > 0)]
    logits = matrix[rows] @ coefficients + intercept
    losses = np.logaddexp(0, logits) - targets[rows] * logits
    return float(weights[rows] @ losses + coefficients @ coefficients / (2 * job["c"]))


heads = {}
for category, model in fitted.items():
    point = read(f"{category}.point.f64", np.float64)
    own, bias = point[:-1], point[-1]
    heads[category] = {
        "logits": model.decision_function(matrix[test]).tolist(),
        "iterations": int(model.n_iter_[0]),
        "objective": objective(category, model.coef_[0], model.intercept_[0]),
        "ownLogits": (matrix[test] @ own + bias).tolist(),
        "ownObjective": objective(category, own, bias),
    }
answer = {"version": sklearn.__version__, "seconds": seconds, "megabytes": megabytes, "heads": heads}
(folder / "answer.json").write_text(json.dumps(answer))
