"""Damaged mails and files end in a verdict: no exception, no hang, no file outside the folder.

The suite tries 2,000 mutants of the small whole files in `make/seeds.py` (and some of the samples
where there are any). The long form:

    MAILBOT_FUZZ_CASES=200000 pytest tests/fuzz

A failure names its mutant: `mutant(name, number, seeds())` of `make/mutants.py` gives it again.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from make.fuzzing import Arena
from make.mutants import mutant
from make.seeds import hanging_seeds, seeds

from mailbot.campaign.types import Campaign

CASES = int(os.environ.get("MAILBOT_FUZZ_CASES", "2000"))
SAMPLE_BYTES = 40_000  # larger samples are left to their own tests
ENDINGS = ("", ".eml", ".txt", ".doc", ".xls", ".csv", ".zip", ".rtf", ".jpg", ".mpg")


@pytest.fixture(scope="module")
def arena(campaign: Campaign) -> Iterator[Arena]:
    with _open_arena(campaign) as arena:
        yield arena


@contextmanager
def _open_arena(campaign: Campaign, may_hang_s: float = 0) -> Iterator[Arena]:
    """In memory where the machine has such a folder: thousands of blobs are flushed to disk."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
    arena = Arena(folder, campaign, may_hang_s)
    with arena:
        yield arena
    if not any(arena.kept.iterdir()):
        shutil.rmtree(folder)


def failures(arena: Arena, name: str, number_of: int, from_: Mapping[str, bytes]) -> list[str]:
    found = (arena.judge(name, number, *mutant(name, number, from_)) for number in range(number_of))
    return [str(failure) for failure in found if failure is not None]


@pytest.mark.parametrize("name", seeds())
def test_every_mutant_ends_in_a_verdict(arena: Arena, name: str) -> None:
    assert failures(arena, name, -(-CASES // len(seeds())), seeds()) == []


def test_a_video_that_hangs_mediainfo_costs_the_time_limit_and_no_more(campaign: Campaign) -> None:
    files = hanging_seeds()
    each = -(-CASES // 20 // len(files))
    with _open_arena(campaign, may_hang_s=2) as arena:
        assert [line for name in files for line in failures(arena, name, each, files)] == []


@pytest.mark.samples
def test_every_mutant_of_a_sample_ends_in_a_verdict(arena: Arena, samples: Path) -> None:
    files = {
        path.relative_to(samples).as_posix(): path.read_bytes()
        for path in sorted(samples.rglob("*"))
        if path.is_file() and 0 < path.stat().st_size <= SAMPLE_BYTES and path.suffix != ".json"
    }
    each = max(1, CASES // 10 // len(files))
    assert [line for name in files for line in failures(arena, name, each, files)] == []


@settings(
    max_examples=min(10_000, max(100, CASES // 50)),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode), st.sampled_from(ENDINGS))
@example(b"", "")
@example(b"\0" * 4096, ".mpg")
def test_any_octets_under_any_ending_end_in_a_verdict(
    arena: Arena, octets: bytes, ending: str
) -> None:
    assert arena.judge("noise", 0, f"x{ending}", octets) is None
