"""Every rule of the campaign against samples on both sides of it: tests/data/truth_table.csv.

Samples that begin with `real` are files of real encoders, measured by the inspection; the others
are facts as it would measure them.
"""

import csv
from datetime import date
from pathlib import Path

import pytest
from make import facts, media

from mailbot.campaign.types import Campaign
from mailbot.inspection.tree import Task, inspect_file
from mailbot.judgement.files import Context, judge_file
from mailbot.model import Inspected

TABLE = Path(__file__).resolve().parent.parent / "data" / "truth_table.csv"
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
ARRIVED_ON = date(2017, 7, 4)


def _real(words: str, folder: Path) -> Inspected:
    """`real photo WxH [format=] [orientation=]` or `real video CONTAINER WxH [rotation=]`."""
    _, maker, *rest = words.split()
    options = dict(word.split("=") for word in rest if "=" in word)
    plain = [word for word in rest if "=" not in word]
    width, height = (int(side) for side in plain[-1].split("x"))
    if maker == "photo":
        format_ = options.get("format", "JPEG")
        endings = {"JPEG": "jpg", "TIFF": "tif"}
        path = folder / f"照片.{endings.get(format_, format_.lower())}"
        orientation = int(options.get("orientation", 0))
        path.write_bytes(media.photo(width, height, format_, orientation=orientation))
    else:
        container = plain[0]
        made = media.video(container, width, height, rotation=int(options.get("rotation", 0)))
        path = folder / f"视频.{container}"
        path.write_bytes(made.read_bytes())
    return inspect_file(Task(path=path, name=path.name, blobs=folder / "blobs"))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['rule']}-{row['case']}" for row in ROWS])
def test_a_row_of_the_truth_table_holds(
    row: dict[str, str], campaign: Campaign, tmp_path: Path
) -> None:
    words = row["sample"]
    inspected = _real(words, tmp_path) if words.startswith("real ") else facts.sample(words)
    judged = judge_file(inspected, campaign, Context(arrived_on=ARRIVED_ON))
    codes = sorted(finding.code for finding in judged.findings)
    met = (judged.kind.value, judged.verdict.value, codes)
    assert met == (row["kind"], row["verdict"], sorted(row["codes"].split()))


def test_every_rule_of_the_folder_stands_in_the_table(campaign: Campaign) -> None:
    codes = {rule.code for rule in campaign.rules} | {check.code for check in campaign.form.checks}
    assert codes == {row["rule"] for row in ROWS}


def test_every_rule_has_a_row_in_which_it_speaks(campaign: Campaign) -> None:
    spoken = {code for row in ROWS for code in row["codes"].split()}
    assert {rule.code for rule in campaign.rules} <= spoken
    assert {check.code for check in campaign.form.checks} <= spoken


def test_every_bound_has_an_accepted_and_a_rejected_row() -> None:
    for rule in ("PHOTO_SIZE", "VIDEO_SIZE", "PHOTO_FORMAT", "VIDEO_FORMAT", "TEXT_SHORT"):
        verdicts = {row["verdict"] for row in ROWS if row["rule"] == rule}
        assert verdicts == {"accepted", "rejected"}, rule


def test_every_sentence_quoted_from_the_notice_stands_in_it(campaign: Campaign) -> None:
    notice = (TABLE.parent / "notice_2017_paragraphs.txt").read_text(encoding="utf-8")
    rules = [*campaign.rules, *campaign.materials, *campaign.form.checks]
    quoted = [rule.source for rule in rules if rule.basis == "notice"]
    assert quoted
    assert [source for source in quoted if source not in notice] == []


def test_every_choice_the_notice_leaves_open_has_a_reason(campaign: Campaign) -> None:
    by_code = {rule.code: rule for rule in campaign.rules}
    assert "大于" in by_code["VIDEO_SIZE"].reason
    assert campaign.materials[0].basis == "office"  # the table by mail is the office's wish
