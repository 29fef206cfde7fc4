#!/usr/bin/env python3
"""Uses the explorer of a report in Chromium as a person does: by keyboard, by mouse, and with script switched off.

    explore.py PAGE

Needs playwright from PyPI, and a Chromium that is installed. Fails where the slider does not move what is shown, where a control
cannot be reached by the tab key, where a column cannot be sorted, where the page asks for anything from elsewhere, or where it does
not read whole without script.
"""

import pathlib
import shutil
import sys

from playwright.sync_api import sync_playwright

LIMIT = 5_000_000


def by_keyboard(page) -> None:
    page.locator("body").press("Home")
    page.evaluate("document.body.focus()")
    reached = []
    for _ in range(400):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        if reached[-1] == "explore-stop":
            break
    wanted = ["explore-model", "explore-way", "explore-grouping", "explore-stop"]
    assert [r for r in reached if r in wanted] == wanted, f"tab order: {reached[-12:]}"
    assert reached[0] == "skip", "the first stop leads to the report"
    said = page.locator("#explore-here .said")
    texts = [said.inner_text()]
    for key in ("End", "Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
        texts.append(said.inner_text())
    assert len(set(texts[1:])) == 4, f"the slider says the same by keyboard: {texts}"
    value = page.locator("#explore-stop").get_attribute("aria-valuetext")
    assert value and value in texts[-1], "the slider does not say its value"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "focus cannot be seen"


def by_mouse(page) -> None:
    slider = page.locator("#explore-stop")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    texts = []
    for part in (0.02, 0.5, 0.98):
        page.mouse.click(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        texts.append(page.locator("#explore-here .said").inner_text())
    assert len(set(texts)) == 3, f"the slider says the same by mouse: {texts}"
    rows = page.locator("#explore-here tbody tr")
    assert rows.count() == 1
    page.locator("#explore-grouping").select_option(label="Sex")
    assert rows.count() > 1, "a grouping has a row a level"
    for table in page.locator("#explore-here tbody").all_inner_texts():
        assert "NaN" not in table and "undefined" not in table, table


def sorts(page) -> None:
    table = page.locator("#models table").first
    before = table.locator("tbody tr th").all_inner_texts()
    button = table.locator("thead th").nth(1).locator("button")
    seen = []
    for direction in ("ascending", "descending", None):
        button.click()
        assert table.locator("thead th").nth(1).get_attribute("aria-sort") == direction
        column = table.locator("tbody tr td:nth-child(2)").all_inner_texts()
        seen.append([float(text.split()[0]) for text in column if text[0].isdigit()])
    assert seen[0] == sorted(seen[0]) and seen[1] == sorted(seen[1], reverse=True), seen
    assert table.locator("tbody tr th").all_inner_texts() == before, "the order of the report comes back"


def main() -> None:
    path = pathlib.Path(sys.argv[1]).resolve()
    assert path.stat().st_size < LIMIT, "the file is too large to send"
    chromium = shutil.which("chromium") or sys.exit("chromium is not here")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width in (1280, 360):
            page = browser.new_page(viewport={"width": width, "height": 900})
            faults, asked = [], []
            page.on("console", lambda m: faults.append(m.text))
            page.on("pageerror", lambda e: faults.append(str(e)))
            page.on("request", lambda r: asked.append(r.url))
            page.goto(path.as_uri())
            by_keyboard(page)
            by_mouse(page)
            sorts(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"wider than {width}"
            assert not faults and asked == [path.as_uri()], (faults, asked)
            page.close()
        off = browser.new_context(java_script_enabled=False).new_page()
        off.goto(path.as_uri())
        assert not off.locator("#explore-here").is_visible() and off.locator("#explore table").count() > 1
        assert off.locator("main section").count() > 20 and off.locator("button").count() == 0
        browser.close()
    print(f"{path.name}: the explorer works by keyboard and mouse, wide and narrow; the page reads whole without script")


main()
