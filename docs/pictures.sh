#!/usr/bin/env bash
# Draws the pictures of docs/ again from the committed experiment: the first sheet of report.pdf, the page on a phone and in the dark,
# the explorer, the case view, and the page as a browser prints it. Needs Chromium, pdftoppm (poppler-utils), and playwright from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
report=$(cargo run --release --locked --quiet -- run experiments/first-look/experiment.toml --quiet --out "$out")
cargo run --release --locked --quiet -- report "$(dirname "$report")" --out "$out/board" --quiet >/dev/null
pdftoppm -r 90 -f 1 -l 1 -png -singlefile "$out/board/report.pdf" docs/report
"${PYTHON:-python3}" - "$out/board" <<'PYTHON'
import shutil, subprocess, sys
from playwright.sync_api import sync_playwright

folder = sys.argv[1]
with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

    def page(name, width, height, dark=False):
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
        page.goto(f"file://{folder}/{name}.html")
        return page

    page("report", 500, 900).screenshot(path="docs/report-phone.png")
    page("report", 900, 900, dark=True).screenshot(path="docs/report-dark.png")
    explorer = page("report", 900, 1000)
    explorer.locator("#explore-stop").focus()
    explorer.keyboard.press("ArrowRight")
    explorer.locator("#explore-here").screenshot(path="docs/report-explore.png")
    case = page("case", 960, 1000)
    case.locator("figure").nth(1).screenshot(path="docs/case.png")
    page("report", 900, 900).pdf(path=f"{folder}/print.pdf", prefer_css_page_size=True)
    browser.close()
subprocess.run(["pdftoppm", "-r", "60", "-f", "2", "-l", "2", "-png", "-singlefile", f"{folder}/print.pdf", "docs/report-print"], check=True)
PYTHON
