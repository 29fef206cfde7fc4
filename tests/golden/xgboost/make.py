"""Makes model_*.json and expected.json. Run: pip install xgboost-cpu==3.2.0 shap==0.51.0; python make.py"""
import json, math, itertools, numpy as np, xgboost as xgb, shap
rng = np.random.default_rng(1)
n, p = 400, 6
x = rng.normal(size=(n, p)).astype(np.float32)
x[:, 5] = rng.integers(0, 4, n)
x[rng.random((n, p)) < 0.15] = np.nan
f = np.nan_to_num(x)
y = (rng.random(n) < 1 / (1 + np.exp(-(f[:, 0] - f[:, 1] * f[:, 2] + 0.5 * f[:, 5] - 1.5)))).astype(int)
d = xgb.DMatrix(x, y)
rows, background = x[:12], x[100:120]
out = {"rows": rows, "background": background}
for name, params, rounds in [
    ("logistic", {"objective": "binary:logistic", "max_depth": 4, "eta": 0.3}, 20),
    ("squared", {"objective": "reg:squarederror", "max_depth": 5, "num_parallel_tree": 5, "eta": 1, "subsample": 0.632}, 1),
]:
    b = xgb.train({**params, "seed": 1, "nthread": 1}, d, rounds)
    b.save_model("model_%s.json" % name)
    m = json.load(open("model_%s.json" % name))
    for t in m["learner"]["gradient_booster"]["model"]["trees"]:  # not read: kept out to keep the file small
        for k in ("base_weights", "loss_changes", "sum_hessian", "parents"):
            del t[k]
    json.dump(m, open("model_%s.json" % name, "w"), separators=(",", ":"))
    margin = lambda z: b.predict(xgb.DMatrix(z), output_margin=True).astype(float)
    # The formula over all subsets, from the library's own margins in single precision.
    brute = np.zeros((len(rows), p))
    for r, row in enumerate(rows):
        v = {}
        for s in itertools.chain.from_iterable(itertools.combinations(range(p), k) for k in range(p + 1)):
            z = background.copy(); z[:, list(s)] = row[list(s)]; v[s] = margin(z).mean()
        for j in range(p):
            for s in v:
                if j not in s:
                    w = math.factorial(len(s)) * math.factorial(p - len(s) - 1) / math.factorial(p)
                    brute[r, j] += w * (v[tuple(sorted(s + (j,)))] - v[s])
    out[name] = {"margin": margin(rows), "expected": margin(background).mean(), "subsets": brute}
    if name == "logistic":  # shap does not take a forest of XGBoost
        e = shap.TreeExplainer(b, data=background.astype(float), feature_perturbation="interventional")
        out[name]["shap"] = np.asarray(e.shap_values(rows.astype(float), check_additivity=False))
        out[name]["shap_expected"] = float(np.asarray(e.expected_value).ravel()[0])
    print(name, m["learner"]["learner_model_param"], np.abs(out[name]["shap"] - brute).max() if "shap" in out[name] else None)
clean = lambda o: [clean(v) for v in o.tolist()] if isinstance(o, np.ndarray) else [clean(v) for v in o] if isinstance(o, list) else {k: clean(v) for k, v in o.items()} if isinstance(o, dict) else None if isinstance(o, (float, np.floating)) and math.isnan(o) else float(o) if isinstance(o, np.floating) else o
json.dump(clean(out), open("expected.json", "w"), separators=(",", ":"))
