"""Without the extra mailbot[ocr] a scan is for a person: held with a clear word, never rejected."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from make import scans
from PIL import Image

pytestmark = pytest.mark.skipif(not scans.FONTS, reason="no Chinese font (fonts-noto-cjk)")

REPOSITORY = Path(__file__).resolve().parents[2]
# An interpreter in which the extra's modules cannot be found, as where it was not installed.
WITHOUT = """
import json, sys
from pathlib import Path
for name in ("cv2", "onnxruntime", "rapidocr"):
    sys.modules[name] = None
from mailbot.workflow.checking import check_paths
from mailbot.campaign.folder import load_campaign
from mailbot.inspection.workers.pool import InlinePool
rules, *paths = map(Path, sys.argv[1:])
results = check_paths(paths, load_campaign(rules), InlinePool())
json.dump([result for _, result in results], sys.stdout)
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is said of a scanned PDF, a photographed form and a scan inside a document."""
    folder = tmp_path_factory.mktemp("scans")
    form = scans.stamp(scans.draw_wide(random.Random(1)), random.Random(2))
    form.image.save(folder / "统计表.jpg", quality=80)
    form.image.save(folder / "扫描0001.pdf", resolution=200)
    form.image.save(folder / "统计表（盖章）.pdf", resolution=200)
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(folder / "照片.jpg")
    paths = sorted(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(REPOSITORY / "rules" / "jianghai-2017"), *paths],
        capture_output=True,
        check=True,
        cwd=REPOSITORY,
    )
    return {result["name"]: result for result in json.loads(done.stdout)}


@pytest.mark.parametrize("name", ["统计表.jpg", "扫描0001.pdf", "统计表（盖章）.pdf"])
def test_a_scan_is_held_with_a_clear_word(name: str, results: dict[str, Any]) -> None:
    result = results[name]
    assert result["verdict"] == "held"
    assert {finding["severity"] for finding in result["findings"]} <= {"warning", "notice"}
    assert any("人工查看" in finding["message"] for finding in result["findings"])


def test_the_editable_file_is_asked_for(results: dict[str, Any]) -> None:
    messages = " ".join(finding["message"] for finding in results["统计表.jpg"]["findings"])
    assert "请同时报送可编辑的统计表" in messages


def test_whether_there_is_a_seal_is_unknown(results: dict[str, Any]) -> None:
    assert results["统计表（盖章）.pdf"]["facts"].get("seal") is None


def test_a_photo_needs_nothing_of_it(results: dict[str, Any]) -> None:
    assert results["照片.jpg"]["kind"] == "photo"
    assert "ocr" not in results["照片.jpg"]["facts"]
