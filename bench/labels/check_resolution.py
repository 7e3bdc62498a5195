"""Independent computation of agreement and resolution on toxic_spans, with numpy alone.

    python check_resolution.py <folder of toxic_spans> [<file written by run.js --export>]

Written from the formulas of labels 2.1 and 2.2, not from the TypeScript. Prints its own figures and, with a second argument, the largest
difference in probability per question; exits with 1 when that is above 1e-6.
"""
import csv
import json
import sys
from pathlib import Path

import numpy as np

SPANS = {"insult": "Insult", "identity": "Identity based Attack", "threat": "Threat"}
KAPPA, TOLERANCE, ROUNDS, EDGE = 20.0, 1e-6, 200, 1e-6


def read(folder):
    with open(folder / "annotations.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    with open(folder / "spans.csv", newline="") as file:
        spans = {(row["annotation"], row["type"]) for row in csv.DictReader(file)}
    seen, kept = set(), []
    for row in rows:
        pair = (row["comment_id"], row["worker"])
        if pair not in seen:
            kept.append(row)
            seen.add(pair)
    answers = {"toxic": lambda row: row["not toxic"] != "True"}
    for name, kind in SPANS.items():
        answers[name] = lambda row, kind=kind: (row["annotation"], kind) in spans
    return rows, kept, {name: answer for name, answer in answers.items()}


def alpha(items, yes):
    """Pairs within items against pairs over everything."""
    size = np.bincount(items).astype(float)
    ones = np.bincount(items, weights=yes)
    pairable = size > 1
    size, ones = size[pairable], ones[pairable]
    observed = (2 * ones * (size - ones) / (size - 1)).sum()
    n, n1 = size.sum(), ones.sum()
    return 1 - (n - 1) * observed / (2 * n1 * (n - n1))


def dawid_skene(items, workers, yes, kappa):
    count, people = items.max() + 1, workers.max() + 1
    q = np.bincount(items, weights=yes, minlength=count) / np.bincount(items, minlength=count)
    last = -np.inf
    for _ in range(ROUNDS):
        qv = q[items]
        se0 = (qv * yes).sum() / qv.sum()
        sp0 = ((1 - qv) * (1 - yes)).sum() / (1 - qv).sum()
        total = lambda weights: np.bincount(workers, weights=weights, minlength=people)
        with np.errstate(invalid="ignore"):
            se = (total(qv * yes) + kappa * se0) / (total(qv) + kappa)
            sp = (total((1 - qv) * (1 - yes)) + kappa * sp0) / (total(1 - qv) + kappa)
        se = np.clip(np.where(np.isnan(se), se0, se), EDGE, 1 - EDGE)[workers]
        sp = np.clip(np.where(np.isnan(sp), sp0, sp), EDGE, 1 - EDGE)[workers]
        p = np.clip(q.mean(), EDGE, 1 - EDGE)
        a = np.log(p) + np.bincount(items, weights=np.where(yes == 1, np.log(se), np.log(1 - se)), minlength=count)
        b = np.log(1 - p) + np.bincount(items, weights=np.where(yes == 1, np.log(1 - sp), np.log(sp)), minlength=count)
        likelihood = np.logaddexp(a, b).mean()
        q = 1 / (1 + np.exp(np.clip(b - a, -700, 700)))
        if likelihood - last < TOLERANCE:
            break
        last = likelihood
    return q


def main():
    folder = Path(sys.argv[1])
    exported = json.loads(Path(sys.argv[2]).read_text()) if len(sys.argv) > 2 else None
    rows, kept, answers = read(folder)
    print(f"{len(rows)} votes, {len(kept)} without repeats, {len({r['worker'] for r in rows})} workers")
    index = lambda key, rs: np.unique([r[key] for r in rs], return_inverse=True)
    worst = 0.0
    for name, answer in answers.items():
        all_items = index("comment_id", rows)[1]
        agreement = alpha(all_items, np.array([answer(r) for r in rows], float))
        names, items = index("comment_id", kept)
        workers = index("worker", kept)[1]
        yes = np.array([answer(r) for r in kept], float)
        share = np.bincount(items, weights=yes) / np.bincount(items)
        q = dawid_skene(items, workers, yes, KAPPA)
        plain = dawid_skene(items, workers, yes, 0.0)
        line = (
            f"{name}: alpha {agreement:.4f}; majority {np.mean(share > 0.5):.4f}; pooled mean q {q.mean():.4f}, "
            f"q > .5 {np.mean(q > 0.5):.4f}; plain mean q {plain.mean():.4f}, q > .5 {np.mean(plain > 0.5):.4f}"
        )
        if exported is not None:
            other = np.array([exported[name][item] for item in names])
            difference = float(np.abs(other - q).max())
            worst = max(worst, difference)
            line += f"; largest difference {difference:.2e} over {len(names)} items"
        print(line)
    sys.exit(1 if worst > 1e-6 else 0)


main()
