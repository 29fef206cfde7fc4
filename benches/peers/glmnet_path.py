"""The LASSO's path of 100 penalties down to a thousandth of the first, by R's glmnet, on the matrix that `fit_models` takes
(same rows, same preparation as train.py). Run: python glmnet_path.py --matrix M.parquet (R with glmnet: apt-get install r-cran-glmnet)"""
import argparse, json, pathlib, subprocess, tempfile
import numpy as np, polars as pl

NEVER, DEMOGRAPHIC = 4000.0, 10
R = """
suppressMessages(library(glmnet))
a <- commandArgs(trailingOnly = TRUE); n <- as.integer(a[2]); p <- as.integer(a[3])
x <- matrix(readBin(file.path(a[1], "x"), "double", n * p), n, p)
y <- readBin(file.path(a[1], "y"), "double", n)
t <- system.time(f <- glmnet(x, y, family = "binomial", nlambda = 100, lambda.min.ratio = 1e-3, standardize = FALSE))[["elapsed"]]
b <- c(f$a0[length(f$lambda)], f$beta[, length(f$lambda)])
writeBin(as.double(b), file.path(a[1], "b"))
cat(t, length(f$lambda), f$lambda[1], f$lambda[length(f$lambda)], as.character(packageVersion("glmnet")))
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--matrix", required=True)
    frame = pl.read_parquet(parser.parse_args().matrix)
    names = [c for c in frame.columns if c not in ("child_id", "date", "label", "time", "event")]
    x = frame.select(names).to_numpy().astype(np.float64)
    head = x[:, : len(names) - DEMOGRAPHIC]
    head[np.isnan(head)] = NEVER
    x[:, : len(names) - DEMOGRAPHIC] = np.log1p(head)
    x = np.nan_to_num(x)
    y, train = frame["label"].to_numpy().astype(np.float64), (frame["child_id"].to_numpy() % 10) >= 3
    x, y, test, came = x[train], y[train], x[~train], y[~train]
    mean, sd = x.mean(0), x.std(0)
    sd[sd == 0] = 1
    x, test = (x - mean) / sd, (test - mean) / sd
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        np.asfortranarray(x).T.tofile(folder / "x")
        y.tofile(folder / "y")
        (folder / "run.R").write_text(R)
        said = subprocess.run(["Rscript", folder / "run.R", folder, str(len(y)), str(x.shape[1])], capture_output=True, text=True, check=True)
        b = np.fromfile(folder / "b")
    seconds, penalties, first, last, version = said.stdout.split()
    eta = b[0] + x @ b[1:]
    objective = np.logaddexp(0, np.where(y > 0, -eta, eta)).mean() + float(last) * np.abs(b[1:]).sum()
    slope = x.T @ (1 / (1 + np.exp(-eta)) - y) / len(y)
    breach = np.where(b[1:] != 0, np.abs(slope + float(last) * np.sign(b[1:])), np.maximum(np.abs(slope) - float(last), 0)).max()
    p = b[0] + test @ b[1:]
    rank = p.argsort().argsort() + 1
    auc = (rank[came > 0].sum() - came.sum() * (came.sum() + 1) / 2) / (came.sum() * (len(came) - came.sum()))
    print(json.dumps({"script": "glmnet", "version": version, "fit_s": float(seconds), "penalties": int(penalties), "last": float(last),
                      "objective": objective, "breach": breach, "auc": round(auc, 5)}))


main()
