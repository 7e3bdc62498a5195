"""Writes libs/flow/warehouse/drift/scipy-golden.json: frozen scores of two windows and what SciPy says of them.

python3 bench/drift/scipy_golden.py   (SciPy 1.17, NumPy 2)
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import special, stats
from scipy.spatial.distance import jensenshannon

LANGUAGES = ["en", "pt", "de"]
THRESHOLD = 0.5


def draw(rng, size, shift, mix):
    """Logits in 1/4096, calibrated scores in 1/1024, languages: numbers that every format holds exactly."""
    language = rng.choice(3, size=size, p=mix)
    positive = rng.random(size) < 0.15
    logit = np.where(positive, rng.normal(1.0, 1.5, size), rng.normal(-4.0, 1.3, size))
    logit = np.round((logit + shift * (language == 1)) * 4096).astype(int)
    score = np.round(special.expit(logit / 4096) * 1024).astype(int)
    return logit, score, language


def smoothed(counts):
    return (counts + 0.5) / (counts.sum() + 0.5 * len(counts))


def distances(reference, current):
    p, q = smoothed(reference), smoothed(current)
    return {
        "psi": float(np.sum(special.rel_entr(q, p) + special.rel_entr(p, q))),
        "jensenShannon": float(jensenshannon(p, q, base=2)),
        "hellinger": float(np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2)),
    }


def bins_of(logit):
    return np.clip(np.floor((logit / 4096 + 10) / 0.25), 0, 79).astype(int)


def histogram(logit):
    return np.bincount(bins_of(logit), minlength=80)


def of_scores(reference, current):
    h0, h1 = histogram(reference), histogram(current)
    cumulated = np.cumsum(h0)
    edges = []
    for decile in range(1, 10):
        edge = int(np.argmax(cumulated * 10 >= decile * len(reference))) + 1
        if cumulated[edge - 1] < len(reference) and edge not in edges:
            edges.append(edge)
    groups = lambda h: np.array([part.sum() for part in np.split(h, edges)])
    middles = -10 + 0.25 * (np.arange(80) + 0.5)
    deviation = np.std(reference / 4096)
    return {
        "groups": len(edges) + 1,
        **distances(groups(h0), groups(h1)),
        "kolmogorovSmirnov": float(stats.ks_2samp(middles[bins_of(reference)], middles[bins_of(current)]).statistic),
        "wasserstein": float(stats.wasserstein_distance(middles, middles, h0, h1) / deviation),
        "exactKolmogorovSmirnov": float(stats.ks_2samp(reference / 4096, current / 4096).statistic),
        "exactWasserstein": float(stats.wasserstein_distance(reference / 4096, current / 4096)),
        "mean": float(np.mean(current / 4096)),
        "variance": float(np.var(current / 4096)),
        "ksP": float(
            special.kolmogorov(
                stats.ks_2samp(middles[bins_of(reference)], middles[bins_of(current)]).statistic
                * np.sqrt(len(reference) * len(current) / (len(reference) + len(current)))
            )
        ),
        "meanP": float(
            2 * stats.norm.sf(
                abs(np.mean(current / 4096) - np.mean(reference / 4096))
                / np.sqrt(np.var(reference / 4096) / len(reference) + np.var(current / 4096) / len(current))
            )
        ),
    }


def label_free(score):
    s = score / 1024
    flagged = s >= THRESHOLD
    spread = s * (1 - s)
    tp, fp, fn = s[flagged].sum(), (1 - s[flagged]).sum(), s[~flagged].sum()
    inside, outside, recall, both = spread[flagged].sum(), spread[~flagged].sum(), tp / (tp + fn), 2 * tp + fp + fn
    return {
        "prevalence": [s.mean(), np.sqrt(spread.sum()) / len(s)],
        "precision": [tp / (tp + fp), np.sqrt(inside) / flagged.sum()],
        "recall": [recall, np.sqrt((1 - recall) ** 2 * inside + recall**2 * outside) / (tp + fn)],
        "f1": [2 * tp / both, 2 * np.sqrt((both - tp) ** 2 * inside + tp**2 * outside) / both**2],
    }


rng = np.random.default_rng(20261123)
windows = {"reference": draw(rng, 1600, 0, [0.7, 0.2, 0.1]), "current": draw(rng, 900, 0.6, [0.6, 0.3, 0.1])}
(r, rs, rl), (c, cs, cl) = windows["reference"], windows["current"]
golden = {
    "scipy": scipy.__version__,
    "threshold": THRESHOLD,
    "rows": {
        name: [[int(x), int(s), LANGUAGES[l]] for x, s, l in zip(*window)] for name, window in windows.items()
    },
    "all": {"scores": of_scores(r, c), "labelFree": label_free(cs)},
    "pt": {"scores": of_scores(r[rl == 1], c[cl == 1]), "labelFree": label_free(cs[cl == 1])},
    "language": distances(*(np.append(np.bincount(l, minlength=3)[[2, 0, 1]], 0) for l in (rl, cl))),
}
file = pathlib.Path(__file__).parents[2] / "libs/flow/warehouse/drift/scipy-golden.json"
file.write_text(json.dumps(golden, separators=(",", ":"), default=float) + "\n")
