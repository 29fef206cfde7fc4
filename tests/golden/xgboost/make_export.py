"""What xgboost predicts with the model that rerefer exported. Run: python make_export.py (xgboost 3.2.0)"""
import json, numpy as np, xgboost
model = xgboost.Booster()
model.load_model("export.json")
x = np.array([[(i * 7 + j * 3) % 10 / 3 - 1.5 for j in range(4)] for i in range(40)], dtype=np.float32)
json.dump([float(p) for p in model.predict(xgboost.DMatrix(x))], open("export_expected.json", "w"))
