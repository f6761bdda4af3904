"""The level of agreement with the public samples that has been reached, class by class."""

from pathlib import Path

import pytest
from agreement import Comparison, compare_all

from mailbot.inbox.archive_rar import can_read_rar

pytestmark = pytest.mark.samples

# Comparisons of each aspect at the least: fewer means that something is not compared any more.
COMPARED = {
    "email: is a mail": 221,
    "email: subject": 221,
    "email: from": 221,
    "email: auto-reply": 221,
    "email: attachment names": 119,
    "email: attachment hashes": 109,
    "outlook-msg: subject": 1,
    "outlook-msg: attachment hashes": 1,
    "outlook-msg: letters inside": 4,
    "tnef: is a mail": 2,
    "image: size": 35,
    "image: size rule": 35,
    "image: format": 32,
    "video: size": 17,
    "video: size rule": 17,
    "video: container": 18,
    "document: format": 34,
    "document: encryption": 34,
    "document: sheets": 17,
    "archive: encryption": 31,
    "archive: members": 24,
    "archive: names": 29,
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
    stale = {(one.path, one.aspect) for one in comparisons if one.agrees and one.reason} - {
        (one.path, one.aspect) for one in comparisons if not one.agrees
    }
    assert {key for key in stale if can_read_rar() or not _is_rar(key[0])} == set()


def _is_rar(path: str) -> bool:
    return path.endswith((".rar", ".r01"))
