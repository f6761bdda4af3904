"""How far `mailbot check` agrees with the expected values of the public samples.

    python tests/agreement.py [SAMPLES]

prints agreement for each class and aspect, then every disagreement on a line of its own: with the
reason where we hold ours to be right, else with `??`. `tests/test_agreement.py` keeps the level.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]  # run as a script from anywhere

from agreeing.argued import ARGUED  # noqa: E402 - the path comes first
from agreeing.containers import (  # noqa: E402
    compare_archive,
    compare_email,
    compare_msg,
    compare_tnef,
)
from agreeing.documents import compare_document  # noqa: E402
from agreeing.media import compare_image, compare_video  # noqa: E402
from agreeing.words import Aspect, Expected, Result  # noqa: E402

from mailbot.campaign.folder import load_campaign, shipped_rules  # noqa: E402
from mailbot.inspection.workers.pool import InspectionPool  # noqa: E402
from mailbot.workflow.checking import check_paths  # noqa: E402


@dataclass(frozen=True)
class Comparison:
    """One expected value against ours."""

    path: str
    aspect: str  # "video: container"
    agrees: bool
    detail: object

    @property
    def reason(self) -> str:
        """Why ours is right all the same; "" where it is not argued."""
        return ARGUED.get((self.path, self.aspect), "")

    @property
    def is_argued(self) -> bool:
        """Whether we differ and say why."""
        return not self.agrees and bool(self.reason)


def compare_all(samples: Path) -> list[Comparison]:
    """Every expected value of `samples`/public, in the order of EXPECTED.json."""
    folder = samples / "public"
    expected = json.loads((folder / "EXPECTED.json").read_text("utf-8"))
    campaign = load_campaign(shipped_rules())
    with InspectionPool() as pool:
        results = check_paths([folder / path for path in expected], campaign, pool)
    return [
        Comparison(path, f"{theirs['cls']}: {name}", agrees, detail)
        for (path, theirs), (_, ours) in zip(expected.items(), results, strict=True)
        for name, agrees, detail in _COMPARE[theirs["cls"]](ours, theirs)
    ]


def level(comparisons: Iterable[Comparison]) -> dict[str, tuple[int, int, int]]:
    """Aspect → (agreed, argued, all)."""
    counts: dict[str, tuple[int, int, int]] = {}
    for one in comparisons:
        agreed, argued, total = counts.get(one.aspect, (0, 0, 0))
        argued += one.is_argued
        counts[one.aspect] = agreed + one.agrees, argued, total + 1
    return counts


_COMPARE: dict[str, Callable[[Result, Expected], Iterator[Aspect]]] = {
    "email": compare_email,
    "image": compare_image,
    "video": compare_video,
    "archive": compare_archive,
    "document": compare_document,
    "tnef": compare_tnef,
    "outlook-msg": compare_msg,
}


def main(samples: Path) -> int:
    """Print the report; 1 when something is neither agreed nor argued."""
    comparisons = compare_all(samples)
    for aspect, (agreed, argued, total) in level(comparisons).items():
        print(f"{aspect:32} {agreed:4} of {total:4}" + (f"  ({argued} argued)" if argued else ""))
    print()
    for class_ in dict.fromkeys(one.aspect.partition(":")[0] for one in comparisons):
        mine = [one for one in comparisons if one.aspect.startswith(f"{class_}:")]
        agreed, argued = sum(one.agrees for one in mine), sum(one.is_argued for one in mine)
        files = len({one.path for one in mine})
        print(
            f"{class_}: {files} files, {len(mine)} comparisons, {agreed} agree, {argued} argued, "
            f"{len(mine) - agreed - argued} open"
        )
    print()
    for one in comparisons:
        if not one.agrees:
            print(f"{one.reason or '??'} | {one.path} | {one.aspect} | {one.detail}"[:400])
    return int(any(not one.agrees and not one.is_argued for one in comparisons))


if __name__ == "__main__":
    default = os.environ.get("MAILBOT_SAMPLES", str(REPOSITORY.parent / "shared" / "samples"))
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else default)))
