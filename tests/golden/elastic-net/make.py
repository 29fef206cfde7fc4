"""Writes expected.json: the elastic-net optimum of scikit-learn on its breast cancer data, standardised.

The objective is the mean log-loss + lambda (l1_ratio sum|w| + (1 - l1_ratio) / 2 sum w^2); saga is run until it stands still.
"""
import json
import sys

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

table = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
x, y = table[:, :-1], table[:, -1]
x = (x - x.mean(0)) / x.std(0)
n = len(y)
cases = []
for lam, ratio in [(0.1, 1.0), (0.02, 1.0), (0.02, 0.5), (0.02, 0.0)]:
    model = LogisticRegression(C=1 / (lam * n), l1_ratio=ratio, solver="saga", tol=1e-13, max_iter=1_000_000, random_state=1)
    model.fit(x, y)
    w, b = model.coef_[0], model.intercept_[0]
    eta = x @ w + b
    loss = np.logaddexp(0, np.where(y == 1, -eta, eta)).mean()
    objective = loss + lam * (ratio * np.abs(w).sum() + (1 - ratio) / 2 * (w @ w))
    cases.append({"lambda": lam, "l1_ratio": ratio, "objective": objective, "intercept": b, "coefficients": list(w)})
print(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}, indent=1))
