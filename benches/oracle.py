"""AUROC of the true risks of simulated referrals beside those of a run's models: same referrals, ranks compared within folds as the
report does. Run: python oracle.py SIMULATED RUN (polars)"""
import pathlib, sys
import polars as pl

simulated, run = map(pathlib.Path, sys.argv[1:3])
rows = pl.read_csv(run / "private/predictions.csv", try_parse_dates=True)
truth = pl.read_parquet(simulated / "truth.parquet").filter(pl.col("horizon_days") == 365)
rows = rows.join(truth.select("child", "referral", "p_observable", "p_latent"), on=["child", "referral"], how="left")
assert rows["p_observable"].null_count() == 0, "a referral has no truth: other data?"


def auroc(column):
    won = pairs = 0.0
    for _, fold in rows.group_by("fold"):
        rank = fold[column].rank("average")
        events = fold["outcome"].sum()
        others = fold.height - events
        won += rank.filter(fold["outcome"] == 1).sum() - events * (events + 1) / 2
        pairs += events * others
    return won / pairs


print(f"{rows.height} tested referrals, {100 * rows['outcome'].mean():.1f}% came back")
for column in ["p_latent", "p_observable", *rows.columns[5:-2]]:
    print(f"{column:20} {auroc(column):.4f}")
