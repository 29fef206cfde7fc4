"""Holds the table of `cargo bench --bench evaluate_groups -- PRED THREADS OURS.csv` against that of `evaluate.py --out`:
estimates must be equal, and interval ends near (other random draws). Run: python compare_evaluation.py OURS.csv PEER.csv"""
import csv
import sys

NAMES = {"auroc": "auc", "brier": "brier", "ece-width": "ece", "calibration-slope": "cal_slope", "sensitivity": "tpr",
         "false-positive-rate": "fpr", "ppv": "ppv", "missed-share": "fnr", "selection-rate": "rate"}
ours = {}
for r in csv.DictReader(open(sys.argv[1])):
    if r["measure"] not in NAMES or r["estimate"] == "" or r["at"].startswith("top"):
        continue
    at = {"risk from 20%": "@0.2", "risk from 30%": "@0.3", "risk from 50%": "@0.5", "": ""}.get(r["at"])
    if at is not None:
        group = "all" if r["group"] == "overall" else f'{r["group"]}={r["level"]}'
        ours[group, NAMES[r["measure"]] + at] = [float(r[k]) if r[k] else None for k in ("estimate", "low", "high")]
worst, widths, compared = 0.0, [], 0
for r in csv.DictReader(open(sys.argv[2])):
    mine = ours.get((r["group"], r["metric"]))
    if mine is None:
        continue
    compared += 1
    gap = abs(mine[0] - float(r["point"]))
    worst = max(worst, gap)
    assert gap < 1e-6, (r, mine)
    width = float(r["high"]) - float(r["low"])
    if width > 0 and mine[1] is not None:
        widths.append((mine[2] - mine[1]) / width)
widths.sort()
print(f"{compared} estimates equal, the furthest by {worst:.1e}; our intervals over theirs: median {widths[len(widths) // 2]:.3f}, "
      f"from {widths[0]:.2f} to {widths[-1]:.2f}")
