"""The level of agreement with the public samples that has been reached, class by class."""

import json
from pathlib import Path

import pytest
from agreeing.argued import ARGUED
from agreeing.media import compare_video
from agreement import Comparison, compare_all

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.formats.archives.rar import can_read_rar
from mailbot.inspection.workers.pool import InspectionPool
from mailbot.workflow.checking import check_paths

pytestmark = pytest.mark.samples

# Comparisons of each aspect at the least: fewer means that something is not compared any more.
COMPARED = {
    "email: is a mail": 221,
    "email: subject": 221,
    "email: from": 221,
    "email: auto-reply": 221,
    "email: letters inside": 221,
    "email: attachment names": 119,
    "email: attachment hashes": 109,
    "email: attachment sizes": 107,
    "tnef: is a mail": 2,
    "tnef: attachment count": 2,
    "outlook-msg: is a mail": 4,
    "outlook-msg: subject": 1,
    "outlook-msg: attachment names": 1,
    "outlook-msg: attachment hashes": 1,
    "outlook-msg: attachment sizes": 1,
    "outlook-msg: letters inside": 4,
    "outlook-msg: letter names": 1,
    "image: true format": 35,
    "image: size": 35,
    "image: stored size": 32,
    "image: orientation": 18,
    "image: whole": 36,
    "image: extension": 35,
    "image: size rule": 35,
    "image: format rule": 32,
    "image: verdict": 32,
    "image: frames": 19,
    "video: container": 17,
    "video: has a picture": 18,
    "video: codec": 17,
    "video: stored size": 17,
    "video: rotation": 17,
    "video: duration": 17,
    "video: size": 17,
    "video: plays": 18,
    "video: extension": 18,
    "video: size rule": 17,
    "video: format rule": 18,
    "video: verdict": 18,
    "document: format": 34,
    "document: encryption": 34,
    "document: sheets": 17,
    "document: first rows": 41,
    "document: cells": 41,
    "document: every cell": 47,
    "document: tables": 7,
    "document: table text": 6,
    "document: every paragraph": 5,
    "document: every table cell": 4,
    "document: pages": 2,
    "document: every character": 2,
    "archive: encryption": 31,
    "archive: members": 24,
    "archive: names": 49,
    "archive: total size": 22,
    "archive: unsafe member": 3,
}


@pytest.fixture(scope="module")
def comparisons(samples: Path) -> list[Comparison]:
    return compare_all(samples)


@pytest.mark.parametrize("aspect", COMPARED)
def test_every_sample_agrees_or_is_argued(aspect: str, comparisons: list[Comparison]) -> None:
    mine = [one for one in comparisons if one.aspect == aspect]
    assert len(mine) >= COMPARED[aspect]
    readable = (one for one in mine if can_read_rar() or not _is_rar(one.path))
    assert [one for one in readable if not one.agrees and not one.reason] == []


def test_nothing_is_argued_that_agrees(comparisons: list[Comparison]) -> None:
    """An argument whose disagreement is gone is taken out of the list."""
    open_ = {(one.path, one.aspect) for one in comparisons if not one.agrees}
    stale = set(ARGUED) - open_
    assert {key for key in stale if can_read_rar() or not _is_rar(key[0])} == set()


def test_every_file_with_expected_values_is_compared(
    samples: Path, comparisons: list[Comparison]
) -> None:
    expected = json.loads((samples / "public" / "EXPECTED.json").read_text("utf-8"))
    assert {one.path for one in comparisons} == set(expected)
    assert {one.aspect.partition(":")[0] for one in comparisons} == {
        entry["cls"] for entry in expected.values()
    }


def test_values_of_another_file_do_not_agree(samples: Path) -> None:
    """The script can fail: held against the values of another file, most aspects differ."""
    expected = json.loads((samples / "public" / "EXPECTED.json").read_text("utf-8"))
    videos = [path for path, entry in expected.items() if entry["cls"] == "video"][:2]
    campaign = load_campaign(shipped_rules())
    paths = [samples / "public" / path for path in videos]
    with InspectionPool(workers=1) as pool:
        first, second = (result for _, result in check_paths(paths, campaign, pool))
    right = list(compare_video(first, expected[videos[0]]))
    wrong = list(compare_video(second, expected[videos[0]]))
    assert all(agrees for _, agrees, _ in right)
    assert {name for name, agrees, _ in wrong if not agrees} >= {
        "container",
        "codec",
        "size",
        "duration",
        "extension",
        "size rule",
        "format rule",
        "verdict",
    }


def _is_rar(path: str) -> bool:
    return path.endswith((".rar", ".r01"))
