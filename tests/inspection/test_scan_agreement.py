"""The level `tests/scan_agreement.py` prints, kept: a few scans in the suite, many by
`MAILBOT_SCANS=60` (forms to draw; then every scan of the samples is read too)."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("cv2", reason="the extra mailbot[ocr] is not installed")
pytest.importorskip("rapidocr", reason="the extra mailbot[ocr] is not installed")

from make import scans

FEW = ("f1_photo_seal.jpg", "f1_scan130_seal.jpg", "f1_scan_seal.pdf")
MADE = int(os.environ.get("MAILBOT_SCANS", "0"))


@pytest.fixture(scope="module")
def agreement() -> ModuleType:
    path = Path(__file__).resolve().parents[1] / "scan_agreement.py"
    spec = importlib.util.spec_from_file_location("scan_agreement", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.samples
def test_scans_of_the_samples_are_read_without_a_wrong_field(
    samples: Path, agreement: ModuleType
) -> None:
    cases = [case for case in agreement.of_samples(samples) if MADE or case.path.name in FEW]
    assert len(cases) >= len(FEW)
    found = agreement.compare(cases)
    assert found.all.wrong == found.all.false_alarms == 0, found.lines
    assert found.all.right >= 0.98 * (found.all.right + found.all.null), found.lines
    assert found.all.seals_right >= 0.95 * found.all.files, found.lines


@pytest.mark.slow
@pytest.mark.skipif(not MADE, reason="long: set MAILBOT_SCANS to the number of forms to draw")
@pytest.mark.skipif(not scans.FONTS, reason="no Chinese font (fonts-noto-cjk)")
def test_drawn_forms_are_read_without_a_wrong_field(tmp_path: Path, agreement: ModuleType) -> None:
    found = agreement.compare(agreement.of_made(tmp_path, MADE, 1))
    assert found.all.files == MADE
    assert found.all.wrong == found.all.false_alarms == 0, found.lines


@pytest.mark.skipif(not scans.FONTS, reason="no Chinese font (fonts-noto-cjk)")
def test_a_seal_over_any_field_makes_no_wrong_one(tmp_path: Path, agreement: ModuleType) -> None:
    """The long form: `python tests/scan_agreement.py --stamped 200`."""
    found = agreement.compare(agreement.of_stamped(tmp_path, max(2, MADE), 1))
    assert found.all.files == max(2, MADE)
    assert found.all.wrong == found.all.false_alarms == 0, found.lines
    assert found.all.right >= 0.6 * (found.all.right + found.all.null), found.lines
