"""units.csv: one row a unit, with the columns that are known and no other."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from mailbot.campaign.proving.places import nearest

REQUIRED = ("unit", "code", "group", "aliases", "addresses", "expected")
OPTIONAL = ("deadline",)
ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_LONGEST = 100_000  # characters in a cell: far beyond any list of addresses
_YES_NO = {"yes": True, "no": False, "是": True, "否": False}


def read_units(path: Path, text: str, problems: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each unit with its line; what is wrong with a row or column is added to the problems."""
    rows = csv.DictReader(io.StringIO(text))
    columns = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = columns
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        problems.append(f"{path}:1: no column {', '.join(missing)}")
        return
    known = (*REQUIRED, *OPTIONAL)
    problems += [
        f"{path}:1: {name!r} is no column; there are: {', '.join(known)}{nearest(name, known)}"
        for name in columns
        if name not in known
    ]
    for row in _readable(rows, path, problems):
        at = f"{path}:{rows.line_num}"
        if None in row or any(row[column] is None for column in columns):
            problems.append(f"{at}: not {len(columns)} columns")
            continue
        yield rows.line_num, _unit(at, row, problems)


def _readable(
    rows: "csv.DictReader[str]", path: Path, problems: list[str]
) -> Iterator[dict[str, str]]:
    try:
        for row in rows:
            # Python's own bound on a cell is one for the process, and a reader of tables moves it.
            if any(len(cell) > _LONGEST for cell in row.values() if isinstance(cell, str)):
                problems.append(f"{path}:{rows.line_num}: a cell of over {_LONGEST:,} characters")
                return
            yield row
    except csv.Error as error:  # a cell longer than any name is
        problems.append(f"{path}:{rows.line_num + 1}: cannot be read ({error})")


def _unit(at: str, row: dict[str, str], problems: list[str]) -> dict[str, Any]:
    name = row["unit"].strip()
    if not name:
        problems.append(f"{at}: unit: empty")
    expected = _YES_NO.get(row["expected"].strip().lower())
    if expected is None:
        problems.append(f"{at}: expected: yes or no, not {row['expected']!r}")
    addresses = tuple(part.lower() for part in _parts(row["addresses"]))
    problems += [
        f"{at}: addresses: {address!r} is no address"
        for address in addresses
        if not ADDRESS.fullmatch(address)
    ]
    return {
        "unit": name,
        "code": row["code"].strip(),
        "group": row["group"].strip(),
        "aliases": _parts(row["aliases"]),
        "addresses": addresses,
        "expected": bool(expected),
        "deadline": _deadline(at, row.get("deadline", ""), problems),
    }


def _deadline(at: str, written: str, problems: list[str]) -> datetime | None:
    if not written.strip():
        return None
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        problems.append(
            f"{at}: deadline: {written.strip()!r} is no time with a zone,"
            " e.g. 2017-07-05T23:59:59+08:00"
        )
        return None
    return moment


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;；、|]", cell) if part.strip())
