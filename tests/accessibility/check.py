#!/usr/bin/env python3
"""Checks a page by axe-core (WCAG 2.2 A and AA, and its good practice) in headless Chromium.

    check.py WHEEL PAGE...

WHEEL is axe-playwright-python from PyPI, which brings axe-core along. Each page is looked at on a wide and on a narrow screen,
in light and in dark. Prints every violation; any is a failure, as is a page in which nothing was checked.
"""

import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Shades at the ends of wide tables would keep the contrast of what lies on them from being measured.
FLAT = "<style>.scroll,.picture{background:none!important}</style></head>"
LOOK = """<script>axe.run(document,{runOnly:{type:"tag",values:TAGS}}).then(found=>{
const out=document.createElement("pre");out.id="found";
out.textContent=JSON.stringify({passes:found.passes.length,violations:found.violations.map(v=>({id:v.id,help:v.help,
nodes:v.nodes.length,first:v.nodes.slice(0,3).map(n=>n.html.slice(0,300)+" "+n.failureSummary)}))});
document.body.appendChild(out)})</script></body>""".replace("TAGS", json.dumps(TAGS))


def look(axe: str, page: pathlib.Path, width: int, dark: bool) -> dict:
    text = page.read_text(encoding="utf-8")
    # The page allows no script; the copy that is looked at does.
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    text = text.replace("</head>", FLAT, 1)
    script = "<script>" + axe.replace("</script", "<\\/script") + "</script>"
    end = text.rindex("</body>")
    text = text[:end] + script + LOOK + text[end + len("</body>") :]
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder, "page.html")
        copy.write_text(text, encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},1200"]
        command += ["--blink-settings=preferredColorScheme=0"] if dark else []
        command += [f"--user-data-dir={folder}/profile", "--virtual-time-budget=120000", "--dump-dom", copy.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    if not found:
        sys.exit(f"{page}: axe-core did not finish\n{done.stderr[-2000:]}")
    return json.loads(html.unescape(found.group(1)))


def main() -> None:
    wheel, *pages = sys.argv[1:]
    axe = zipfile.ZipFile(wheel).read("axe_playwright_python/axe.min.js").decode("utf-8")
    failed = False
    for page in map(pathlib.Path, pages):
        for width in (1280, 360):
            for dark in (False, True):
                found = look(axe, page, width, dark)
                where = f"{page.name}, {width} wide, {'dark' if dark else 'light'}"
                print(f"{where}: {found['passes']} rules passed, {len(found['violations'])} violated")
                for violation in found["violations"]:
                    failed = True
                    print(f"  {violation['id']}: {violation['help']} ({violation['nodes']} places)")
                    for node in violation["first"]:
                        print(f"    {node}")
                failed = failed or found["passes"] == 0
    sys.exit(1 if failed or not pages else 0)


main()
