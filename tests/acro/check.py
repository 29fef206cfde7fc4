#!/usr/bin/env python3
"""Opens what `rerefer export --to acro` wrote in the real ACRO and the real SACRO Viewer.

    check.py FOLDER

Needs the packages of requirements.txt. ACRO loads the folder, prints its outputs, writes checksums of its own, and finalises the outputs once
more as JSON and as a workbook; the viewer lists every output to a checker and to a researcher, hands out every file, and releases what a checker
approves. Then copies are broken in ways that these programs notice, and each must be noticed: a check that cannot fail shows nothing.
"""

import contextlib
import csv
import io
import json
import logging
import os
import pathlib
import shutil
import sys
import tempfile
import zipfile

os.environ["DJANGO_SETTINGS_MODULE"] = "sacro.settings"

import django  # noqa: E402
import pandas as pd  # noqa: E402
from acro import ACRO  # noqa: E402
from acro.record import Records, load_records  # noqa: E402
from acro.utils import is_blocked_extension  # noqa: E402

django.setup()
logging.disable(logging.WARNING)

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from sacro import models  # noqa: E402

settings.ALLOWED_HOSTS = ["*"]


class Wrong(Exception):
    """What a program that reads the folder does not accept."""


def need(holds: object, what: str) -> None:
    if not holds:
        raise Wrong(what)


def quietly(work, *arguments):
    """Runs what prints, and gives what it gives."""
    with contextlib.redirect_stdout(io.StringIO()):
        return work(*arguments)


def same(frame: pd.DataFrame, other: pd.DataFrame) -> bool:
    return list(frame.columns) == list(other.columns) and frame.equals(other)


def in_acro(folder: pathlib.Path) -> None:
    session = quietly(ACRO)
    records = load_records(str(folder))
    need(len(records.results) > 1, "ACRO finds no outputs")
    said = quietly(records.print)
    config = json.loads((folder / "config.json").read_text())
    missing = set(session.config) - set(config)
    need(not missing, f"ACRO's limits are not in config.json: {missing}")
    for uid, record in records.results.items():
        need(record.uid == uid and f"uid: {uid}\n" in said, f"{uid} is not printed")
        need(record.status == "review", f"{uid} claims a check that ACRO did not make")
        need(record.comments and record.outcome.empty, f"{uid} has no comment, or an outcome of ACRO's")
        for output in record.output:
            if isinstance(output, pd.DataFrame):
                need(record.output_type == "table" and not output.empty, f"{uid} is no table")
                need("\ufeff" not in output.columns[0], f"{uid} begins with a mark")
                found = (output.iloc[:, 1:] == "hidden").sum().sum()
                need(found == record.sdc["summary"]["hidden"], f"{uid}: {found} cells are hidden")
            else:
                need((folder / output).is_file(), f"{output} is not there")
                need(not is_blocked_extension(output, session.config["blocked_extensions"]), f"{output} is blocked")
    with tempfile.TemporaryDirectory() as copy:
        checksums(folder, pathlib.Path(copy))
    with tempfile.TemporaryDirectory() as again:
        finalised(folder, pathlib.Path(again))
    kinds = pd.Series([record.output_type for record in records.results.values()]).value_counts()
    print(f"ACRO: {len(records.results)} outputs ({', '.join(f'{n} {kind}' for kind, n in kinds.items())})")


def checksums(folder: pathlib.Path, copy: pathlib.Path) -> None:
    """ACRO's own digests of the files are those in the folder."""
    for file in folder.iterdir():
        if file.is_file():
            shutil.copy(file, copy)
    Records().write_checksums(str(copy))
    ours = {file.name: file.read_bytes() for file in (folder / "checksums").iterdir()}
    theirs = {file.name: file.read_bytes() for file in (copy / "checksums").iterdir()}
    need(ours == theirs, f"checksums differ: {sorted(ours.items() ^ theirs.items())[:2]}")


def finalised(folder: pathlib.Path, again: pathlib.Path) -> None:
    """The outputs come through ACRO unchanged, as JSON and as a workbook; ACRO adds two summaries of its own."""
    records = load_records(str(folder))
    before = pathlib.Path.cwd()
    try:
        os.chdir(folder)  # ACRO looks for files that are no tables beside itself
        quietly(records.finalise, str(again), "json")
        quietly(records.finalise_excel, str(again))
    finally:
        os.chdir(before)
    loaded = load_records(str(again))
    need(set(records.results) == set(loaded.results), "outputs were lost by ACRO")
    need((again / "results.xlsx").stat().st_size > 0, "no workbook")
    for uid, record in records.results.items():
        for own, output in zip(record.output, loaded.results[uid].output, strict=True):
            if isinstance(own, pd.DataFrame):
                need(same(own, output.iloc[:, 1:]), f"{uid} differs after ACRO wrote it")


def in_viewer(folder: pathlib.Path) -> None:
    path = models.find_acro_metadata(folder)
    need(path.name == "results.json", f"the viewer opens {path.name}")
    outputs = models.load_from_path(path)
    need(outputs.config, "the viewer finds no limits")
    client = Client()
    pages = {}
    for role in ("checker", "researcher"):
        found = client.get("/load/", {"dirpath": str(folder), "role": role}, follow=True)
        need(found.status_code == 200, f"the viewer answers a {role} with {found.status_code}")
        pages[role] = found.content.decode()
    for uid, output in outputs.items():
        for role, page in pages.items():
            need(f'data-output-name="{uid}"' in page, f"{uid} is not listed for a {role}")
        for file in output["files"]:
            need(file["checksum_valid"], f"{file['name']} was changed, says the viewer")
            sent = client.get(file["url"])
            content = b"".join(sent.streaming_content)
            need(content == (folder / file["name"]).read_bytes(), f"{file['name']} is not handed out")
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) if file["name"].endswith(".csv") else []
            for place in file["cell_index"]:
                row, column = map(int, place.split(","))
                need(rows[row + 1][column + 1] == "hidden", f"{file['name']}: the viewer marks another cell than the hidden one")
    approve = {uid: {"state": True, "comment": ""} for uid in outputs}
    posted = client.post(f"/review/?path={path}", {"comment": "all", "review": json.dumps(approve)}, follow=True)
    need(posted.status_code == 200, f"the viewer answers a review with {posted.status_code}")
    released = b"".join(client.post("/review/current/approved-outputs/").streaming_content)
    names = set(zipfile.ZipFile(io.BytesIO(released)).namelist())
    wanted = {file["name"] for output in outputs.values() for file in output["files"]}
    need(wanted <= names and "missing-files.txt" not in names, "not everything that was approved is released")
    print(f"SACRO Viewer: {len(outputs)} outputs listed, opened and released")


def check(folder: pathlib.Path) -> None:
    in_acro(folder)
    with tempfile.TemporaryDirectory() as place:  # a review is written into the folder
        copy = pathlib.Path(place, "outputs")
        shutil.copytree(folder, copy)
        in_viewer(copy)


def broken(folder: pathlib.Path) -> None:
    """Each of these must be noticed."""

    def results(change):
        def work(copy: pathlib.Path) -> None:
            text = json.loads((copy / "results.json").read_text())
            change(text)
            (copy / "results.json").write_text(json.dumps(text))

        return work

    def cut(copy: pathlib.Path) -> None:
        (copy / "results.json").write_bytes((copy / "results.json").read_bytes()[:-40])

    def touched(copy: pathlib.Path) -> None:
        file = next(file for file in sorted(copy.glob("*.csv")) if b"hidden" in file.read_bytes())
        file.write_bytes(file.read_bytes().replace(b"hidden", b"0", 1))

    first = lambda text: next(iter(text["results"].values()))  # noqa: E731
    table = lambda text: next(o for o in text["results"].values() if o["type"] == "table")  # noqa: E731
    faults = {
        "results.json cut short": cut,
        "another version": results(lambda text: text.update(version="0.3.0")),
        "an output without files": results(lambda text: first(text).update(files=[])),
        "an output without `fair`": results(lambda text: first(text).pop("fair")),
        "a file that is not there": results(lambda text: first(text).update(files=[{"name": "no.txt", "sdc": {}}])),
        "a status that ACRO did not give": results(lambda text: first(text).update(status="pass")),
        "a table that counts as another thing": results(lambda text: table(text).update(type="custom")),
        "a table with a hidden number made 0": touched,
        "a missing checksum": lambda copy: min((copy / "checksums").iterdir()).unlink(),
    }
    for name, fault in faults.items():
        with tempfile.TemporaryDirectory() as place:
            copy = pathlib.Path(place, "outputs")
            shutil.copytree(folder, copy)
            fault(copy)
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    check(copy)
            except Exception as error:  # noqa: BLE001 - whichever way the programs say no
                print(f"noticed: {name}: {type(error).__name__}: {str(error)[:100]}")
            else:
                sys.exit(f"not noticed: {name}")


def main() -> None:
    [folder] = map(pathlib.Path, sys.argv[1:])
    check(folder.absolute())
    broken(folder.absolute())


main()
