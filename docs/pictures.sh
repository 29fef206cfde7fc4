#!/usr/bin/env bash
# Draws the pictures of docs/ again from the committed experiment: the first sheet of report.pdf, the page on a phone, and in the dark.
# Needs Chromium and pdftoppm (poppler-utils).
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
report=$(cargo run --release --locked --quiet -- run experiments/first-look/experiment.toml --quiet --out "$out")
pdftoppm -r 90 -f 1 -l 1 -png -singlefile "$(dirname "$report")/report.pdf" docs/report
shot() { # file, width, height, and more for Chromium
  chromium --headless --no-sandbox --hide-scrollbars "--user-data-dir=$out/profile" "--window-size=$2,$3" "--screenshot=docs/$1" "${@:4}" \
    "file://$report" 2>/dev/null
}
shot report-phone.png 500 900
shot report-dark.png 900 900 --blink-settings=preferredColorScheme=0
