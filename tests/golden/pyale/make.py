"""Accumulated local effects by PyALE 1.2.0 on small data with ties. Run: python make.py"""
import json
import numpy as np
import pandas as pd
from PyALE._src.ALE_1D import aleplot_1D_continuous


class Model:
    def predict(self, x):
        return (np.sin(x["a"]) * x["b"] + (x["a"] > x["b"]) * 2.0).values


cases = []
for seed, rows, parts in [(0, 37, 5), (1, 37, 12), (2, 9, 20), (3, 101, 10), (4, 2, 1), (5, 60, 7)]:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame({"a": rng.integers(-20, 21, rows) / 4, "b": rng.integers(-20, 21, rows) / 8})
    r = aleplot_1D_continuous(x, Model(), "a", grid_size=parts, include_CI=False)
    cases.append({"parts": parts, "a": x["a"].tolist(), "b": x["b"].tolist(), "x": r.index.tolist(),
                  "eff": r["eff"].tolist(), "size": r["size"].tolist()})
json.dump(cases, open("expected.json", "w"))
