"""How far `mailbot check` reads scanned and photographed forms, and finds seals, as expected.

    python tests/scan_agreement.py [SAMPLES]                     every picture and scan of tables/
    python tests/scan_agreement.py --made 60 [--seed 1] [--keep DIR]   forms drawn for this
    python tests/scan_agreement.py --stamped 200 [--seed 1]      the seal over every field in turn

prints for each layout and format how many fields are right, wrong and null, and how many seals,
and, as they come, every wrong field, null field and wrong seal on a line of its own. Every field
that is expected is compared. Exit code 1 where a field is wrong or a seal was found where none is.
"""

import argparse
import json
import os
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]  # run as a script from anywhere

from make import printed, scans, wear  # noqa: E402 - the path comes first
from make.forms import shipped_spec  # noqa: E402
from make.inspectors import PATIENCE_S, inspect_patiently  # noqa: E402

from mailbot.campaign.folder import load_campaign  # noqa: E402
from mailbot.inspection.workers.pool import InspectionPool  # noqa: E402
from mailbot.workflow.checking import check_paths  # noqa: E402

RULES = "jianghai-2017"
_PICTURES = (".jpg", ".png", ".tif", ".bmp")


@dataclass(frozen=True)
class Expected:
    """What one file must be read as; `groups` are the lines of the table it counts in."""

    path: Path
    fields: Mapping[str, Any]
    seal: bool | None
    groups: tuple[str, ...]
    said: str = ""


@dataclass
class Tally:
    """Counts of one group."""

    files: int = 0
    right: int = 0
    wrong: int = 0
    null: int = 0
    seals_right: int = 0
    seals_missed: int = 0
    false_alarms: int = 0
    verdicts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass
class Agreement:
    """All groups, and a line for each value that is not as expected."""

    groups: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    lines: list[str] = field(default_factory=list)

    @property
    def all(self) -> Tally:
        return self.groups["all"]

    def add(self, expected: Expected, result: Mapping[str, Any], seconds: float) -> None:
        tallies = [self.groups[name] for name in ("all", *expected.groups)]
        fields = _fields(result)
        name = f"{expected.path.name} ({expected.said}, {seconds:.1f} s)"
        for tally in tallies:
            tally.files += 1
            tally.verdicts[result["verdict"]] += 1
        for key, value in expected.fields.items():
            read = fields.get(key) or {"value": None}
            outcome = "null" if read["value"] is None else "wrong"
            if read["value"] == value:
                outcome = "right"
            for tally in tallies:
                setattr(tally, outcome, getattr(tally, outcome) + 1)
            if outcome != "right":
                self.lines.append(f"{outcome} | {name} | {key} | {value!r} | {read}")
        found = _seal(result)
        outcome = "seals_missed"
        if found is expected.seal:
            outcome = "seals_right"
        elif found is True:
            outcome = "false_alarms"
        for tally in tallies:
            setattr(tally, outcome, getattr(tally, outcome) + 1)
        if outcome != "seals_right":
            self.lines.append(f"{outcome} | {name} | seal {expected.seal} | {found}")

    def report(self) -> str:
        """The table."""
        rows = [f"{'':44} files  right wrong  null | seals missed alarms | verdicts"]
        for name, tally in sorted(self.groups.items()):
            verdicts = " ".join(f"{key} {count}" for key, count in sorted(tally.verdicts.items()))
            rows.append(
                f"{name:44} {tally.files:5} {tally.right:6} {tally.wrong:5} {tally.null:5} | "
                f"{tally.seals_right:5} {tally.seals_missed:6} {tally.false_alarms:6} | {verdicts}"
            )
        read = self.all.right + self.all.wrong + self.all.null
        rows.append(f"fields right: {100 * self.all.right / max(1, read):.2f} of 100")
        return "\n".join(rows)


def _parts(result: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield result
    for member in result["members"]:
        yield from _parts(member)


def _fields(result: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (part["facts"].get("fields") for part in _parts(result))
    return next((fields for fields in found if fields), {})


def _seal(result: Mapping[str, Any]) -> bool | None:
    seals = [part["facts"].get("seal") for part in _parts(result)]
    return True if True in seals else seals[0]


def of_samples(samples: Path) -> list[Expected]:
    """Every picture, scan and document with a picture of tables/, by its name."""
    folder = samples / "tables"
    truth = json.loads((folder / "EXPECTED.json").read_text("utf-8"))
    return [
        Expected(
            folder / name,
            one["fields"],
            one["seal"],
            (f"layout {name[:2]}", f"format {_kind(name)}"),
        )
        for name, one in truth.items()
        if _kind(name)
    ]


def _kind(name: str) -> str:
    path = Path(name)
    if path.suffix in _PICTURES:
        return "photo" if "photo" in name else "scan"
    if "scan" in name:
        return f"scan {path.suffix}"
    return f"seal in {path.suffix}" if "seal" in name else ""


def of_made(folder: Path, count: int, seed: int) -> Iterable[Expected]:
    """Forms drawn, stamped or not, handled like paper and saved, each from a seed of its own."""
    spec = shipped_spec(RULES)
    handlings = list(wear.HANDLINGS)
    for number in range(seed, seed + count):
        dice = random.Random(number)
        simple = dice.random() < 0.35
        form = dice.choice(scans.LAYOUTS)(dice) if simple else printed.draw_printed(dice, spec)
        stamped = dice.random() < 0.6
        if dice.random() < 0.4:
            form = wear.redden(form, dice)
        if stamped:
            form = wear.stamp_any(form, dice)
        handling = handlings[number % len(handlings)]
        form = wear.HANDLINGS[handling](form, dice)
        if dice.random() < 0.3:
            form = scans.turn(form, dice.choice([1, 2, 3]))
        suffix = dice.choice([".jpg", ".jpg", ".jpg", ".png", ".pdf", ".tif"])
        path = folder / f"{number}{suffix}"
        image = form.image if suffix in (".png", ".tif") else form.image.convert(_mode(form.image))
        options: dict[str, Any] = {".jpg": {"quality": dice.choice([60, 75, 90])}}.get(suffix, {})
        if suffix == ".pdf":
            options = {"resolution": image.width / 8.27 if image.width < image.height else 200}
        image.save(path, **options)
        groups = (f"layout {form.layout}", f"handling {handling}", f"format {suffix}")
        yield Expected(path, form.values, form.seal, groups, ", ".join(form.steps))


def of_stamped(folder: Path, count: int, seed: int) -> Iterable[Expected]:
    """Forms with the seal upon a header's or footer's field or a figure, each in turn."""
    handlings = list(wear.HANDLINGS)
    for number in range(seed, seed + count):
        dice = random.Random(70_000 + number)
        form = dice.choice(scans.LAYOUTS)(dice, scans.STAMPED_UNITS)
        target = scans.SEALED_OVER[number % len(scans.SEALED_OVER)]
        form = scans.stamp_over(form, dice, target)
        handling = handlings[dice.randrange(len(handlings))]
        form = wear.HANDLINGS[handling](form, dice)
        path = folder / f"stamped{number}.jpg"
        form.image.convert(_mode(form.image)).save(path, quality=dice.choice([60, 75, 90]))
        groups = (f"layout {form.layout}", f"handling {handling}", f"seal over {target}")
        yield Expected(path, form.values, form.seal, groups, ", ".join(form.steps))


def _mode(image: Any) -> str:
    return "L" if image.mode in ("1", "L") else "RGB"


def compare(cases: Iterable[Expected], *, progress: bool = False) -> Agreement:
    """Each file as `mailbot check` judges it, one at a time, against what is expected of it;
    only without its limit of time, so that a busy machine reads the same as an idle one."""
    campaign = load_campaign(REPOSITORY / "rules" / RULES)
    agreement = Agreement()
    with InspectionPool(1, 2 * PATIENCE_S, inspect=inspect_patiently) as pool:
        for case in cases:
            start = time.monotonic()
            ((_, result),) = check_paths([case.path], campaign, pool)
            seconds = time.monotonic() - start
            before = len(agreement.lines)
            agreement.add(case, result, seconds)
            if progress:
                print(f"{case.path.name} {seconds:.1f} s {result['verdict']}", flush=True)
                for line in agreement.lines[before:]:
                    print("   ", line[:300], flush=True)
    return agreement


def main(arguments: Sequence[str]) -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("samples", nargs="?", type=Path)
    parser.add_argument("--made", type=int, metavar="N", help="draw N forms instead")
    parser.add_argument("--stamped", type=int, metavar="N", help="draw N with seals over fields")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the drawn forms here")
    chosen = parser.parse_args(arguments)
    with TemporaryDirectory() as scratch:
        if chosen.made or chosen.stamped:
            folder = chosen.keep or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            drawn = (
                of_stamped(folder, chosen.stamped, chosen.seed)
                if chosen.stamped
                else of_made(folder, chosen.made, chosen.seed)
            )
            agreement = compare(drawn, progress=True)
        else:
            default = os.environ.get("MAILBOT_SAMPLES", REPOSITORY.parent / "shared" / "samples")
            agreement = compare(of_samples(chosen.samples or Path(default)), progress=True)
    print(agreement.report())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"peak memory of a reading process: {peak} MB")
    return int(agreement.all.wrong > 0 or agreement.all.false_alarms > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
