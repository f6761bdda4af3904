"""What the fuzz has found, one file a defect, named after it: it may cost itself, nothing else."""

from pathlib import Path

import pytest
from make.media import photo

from mailbot.campaign.types import Campaign
from mailbot.inspection.workers.pool import InspectionPool
from mailbot.workflow.checking import check_paths

DEFECTS = Path(__file__).resolve().parent.parent / "data" / "defects"
PATIENCE_S = 4  # for one file; a whole one of this size takes milliseconds


@pytest.mark.parametrize("path", sorted(DEFECTS.iterdir()), ids=lambda path: path.name)
def test_a_file_that_once_did_harm_costs_only_itself(
    path: Path, tmp_path: Path, campaign: Campaign
) -> None:
    good = tmp_path / "照片.jpg"
    good.write_bytes(photo(1920, 1080))
    # Twice: a library that damages memory falls over later, in somebody else's file. What hangs
    # ends with its worker.
    again = [] if "_hangs_" in path.name else [path]
    paths = [path, *again, good]
    with InspectionPool(workers=1, timeout_s=PATIENCE_S) as pool:
        results = [result for _, result in check_paths(paths, campaign, pool)]
    assert [one["verdict"] for one in results if one["path"] == str(good)] == ["accepted"]
    assert {one["verdict"] for one in results if one["path"] == str(path)} <= {"rejected", "held"}
