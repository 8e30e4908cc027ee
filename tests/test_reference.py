"""The data the project ships: reference tables and the chronicle."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from policytext.administrations import assign_administrations, canonical_name, read_administrations

DATA = Path(__file__).resolve().parents[1] / "data"
SOURCED = ["administrations", "organisations", "aliases", "centres"]
KNOWN_GAPS: list[tuple[str, str]] = []  # first and last day of every gap the README documents
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def rows_of(name):
    with open(DATA / "reference" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def chronicle():
    with open(DATA / "chronicle" / "chronicle.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.mark.parametrize("name", SOURCED)
def test_every_row_has_a_source_or_says_it_is_not_verified(name):
    rows = rows_of(name)
    assert rows
    for row in rows:
        assert None not in row and None not in row.values(), row  # as many cells as headings
        assert row["verified"] in {"yes", "no"}, row
        assert row["verified"] == "no" or row["source"].startswith("http"), row
        assert row["verified"] == "yes" or row["note"], row


@pytest.mark.parametrize("name", SOURCED)
def test_dates_are_real_days(name):
    for row in rows_of(name):
        for column in {"start", "end", "effective", "valid_from", "valid_to"} & set(row):
            if row[column]:
                assert DAY.fullmatch(row[column]) and pd.Timestamp(row[column]), row


def test_the_calendar_neither_overlaps_nor_leaves_an_unlisted_gap():
    rows = rows_of("administrations")
    starts = pd.to_datetime([row["start"] for row in rows])
    ends = pd.to_datetime([row["end"] or None for row in rows])
    assert str(starts[0].date()) == "1948-07-24" and starts.is_monotonic_increasing
    assert ends[:-1].notna().all() and pd.isna(ends[-1])
    step = (starts[1:] - ends[:-1]).days
    assert (step >= 1).all()
    gaps = [
        (str((ends[at] + pd.Timedelta(days=1)).date()), str((starts[at + 1]).date()))
        for at in np.flatnonzero(step > 1)
    ]
    assert gaps == KNOWN_GAPS


def test_labels_follow_the_rule_and_keep_one_colour():
    colours = {}
    for row in rows_of("administrations"):
        acting = f"권한대행({row['acting_president']})"
        assert row["label"] == (row["president"] if row["status"] == "in_office" else acting)
        assert colours.setdefault(row["label"], row["colour"]) == row["colour"]
        assert re.fullmatch(r"#[0-9A-F]{6}", row["colour"])
        grey = len({row["colour"][i : i + 2] for i in (1, 3, 5)}) == 1
        assert grey == (row["status"] != "in_office")
    assert len(set(colours.values())) == len(colours)
    assert sum(not label.startswith("권한대행") for label in colours) == 14


# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
VISION = {
    "full": np.eye(3),
    "deutan": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "protan": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "tritan": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
TO_XYZ = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])


def cielab(colour, vision):
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(VISION[vision]) @ linear, 0, 1) / [0.9505, 1, 1.0888]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
def test_the_latest_presidents_can_be_told_apart(vision):
    governing = [row for row in rows_of("administrations") if row["status"] == "in_office"]
    latest = list(dict.fromkeys(row["colour"] for row in governing))[-6:]
    points = [cielab(colour, vision) for colour in latest]
    apart = [np.linalg.norm(a - b) for i, a in enumerate(points) for b in points[:i]]
    assert min(apart) > 20  # CIE76; 2 or 3 is just noticeable


def test_aliases_of_renamed_bodies_reach_the_succession():
    names = {row[side] for row in rows_of("organisations") for side in ("from", "to")}
    for row in rows_of("aliases"):
        if row["canonical"] in names and row["ambiguous"] == "no":
            day = row["valid_from"] or row["valid_to"] or None
            assert canonical_name(row["alias"], day) == canonical_name(row["canonical"], day), row


def test_there_are_nineteen_centres():
    rows = rows_of("centres")
    assert [int(row["seq"]) for row in rows] == list(range(1, 20))
    assert len({row["slug"] for row in rows}) == 19
    for row in rows:
        assert not row["first_opened"] or row["first_opened"] <= row["official_launch"]


def test_the_chronicle_has_its_records(chronicle):
    assert len(chronicle) == 431
    assert len({record["id"] for record in chronicle}) == 431
    assert sum(record["date_inferred"] for record in chronicle) == 21
    figures = [figure for record in chronicle for figure in record["figures"]]
    assert len(figures) == 1185 and sum(figure["kind_unsure"] for figure in figures) == 41
    assert {figure["kind"] for figure in figures} == {"result", "target", "budget"}


def test_every_chronicle_record_is_dated_and_cites_its_page(chronicle):
    dates = [record["date"] for record in chronicle]
    assert dates == sorted(dates)
    assert all(DAY.fullmatch(day) and pd.Timestamp(day) for day in dates)
    assert all(record["publisher"].strip() for record in chronicle)
    files = [record["url"] for record in chronicle if not record["url"].startswith("http")]
    assert len(files) == 5 and all(re.fullmatch(r"\d{3}_[0-9a-f]{16}\.txt", x) for x in files)


def test_the_calendar_gives_the_chronicles_own_administration(chronicle):
    frame = pd.DataFrame(chronicle).assign(date=lambda x: pd.to_datetime(x["date"]))
    derived = assign_administrations(frame[["id", "date"]])["administration"]
    wrong = frame[derived.to_numpy() != frame["administration"].to_numpy()]
    assert len(frame) == 431 and wrong["id"].tolist() == []


def test_launch_days_of_the_centres_are_told_by_the_chronicle(chronicle):
    untold = [
        row["slug"]
        for row in rows_of("centres")
        if not any(
            record["date"] == row["official_launch"] and row["region"] in record["regions"]
            for record in chronicle
        )
    ]
    assert untold == []


def test_the_project_calendar_loads():
    assert len(read_administrations()) == len(rows_of("administrations"))
