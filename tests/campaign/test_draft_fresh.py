"""What the draft of a folder says of notices, against what a person read in them.

The facts are read from the files that are drafted, not from what the draft knows on its way: a
value counts where the clerk finds it, in its key or in the line 待确认 above it.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from mailbot.campaign.drafting.folder import folder_of
from mailbot.campaign.drafting.form import read_table, read_tables
from mailbot.campaign.drafting.lines import data_of
from mailbot.campaign.drafting.notice import draft_notice
from mailbot.campaign.drafting.text_tables import grids_of_text
from mailbot.campaign.folder import load_campaign, shipped_rules

DATA = Path(__file__).parents[1] / "data"
NOTICES: list[dict[str, Any]] = yaml.safe_load(
    (DATA / "notices_fresh.yaml").read_text(encoding="utf-8")
)
SHIPPED = yaml.safe_load((shipped_rules() / "campaign.yaml").read_text(encoding="utf-8"))
BOUNDS = {
    "file_size": ("mb", "minimum_mb", "maximum_mb"),
    "duration": ("duration", "minimum_s", "maximum_s"),
    "word_count": ("words", "minimum", "maximum"),
}


@cache
def drafted(text: str) -> dict[str, str]:
    grids = grids_of_text(text)
    return folder_of(draft_notice(text, 2026), read_table(grids), SHIPPED, read_tables(grids))


def facts_of(files: dict[str, str]) -> set[str]:
    """What the drafted files say, a line each: a kind and a value."""
    written = files["campaign.yaml"]
    campaign = data_of(written)
    return {
        *_head(campaign, written),
        *_days(campaign, written),
        *_materials(campaign, written),
        *_rules(campaign),
        *(f"column {one}" for one in _columns(files)),
    }


def _head(campaign: dict[str, Any], written: str) -> Iterator[str]:
    yield f"title {campaign['title']}"
    yield f"number {campaign['document_number']}"
    yield f"issuer {campaign['issuer']}"
    yield f"contact {campaign['contact']['name']}"
    yield f"phone {campaign['contact']['phone']}"
    yield f"mailbox {campaign['mailbox']}"
    for doubt in re.findall(r"待确认：另有(\S*@\S*)", written):
        yield from (f"mailbox {one}" for one in re.findall(r"[\w.+-]+@[\w.-]+", doubt))


def _days(campaign: dict[str, Any], written: str) -> Iterator[str]:
    if "未能认出截止日期" in written:
        return
    yield f"main {_day(campaign['deadline'])}"
    yield f"due {_day(campaign['deadline'])}"
    for group, told in campaign.get("groups", {}).items():
        yield f"group {group} {_day(told['deadline'])}"
    for material in campaign["materials"]:
        if "deadline" in material:
            yield f"due {_day(material['deadline'])}"
    for doubt in re.findall(r"待确认：[^\n]*?另有(20[^\n]*)", written):
        yield from (f"due {one}" for one in re.findall(r"20\d\d-\d\d-\d\d(?=（)", doubt))


def _day(moment: str) -> str:
    day, hour = str(moment)[:10], str(moment)[11:16]
    return day if hour == "23:59" else f"{day}T{hour}"


def _materials(campaign: dict[str, Any], written: str) -> Iterator[str]:
    yield from (f"again count {one}" for one in re.findall(r"另有一处写(\d*-\d*)", written))
    for most, unit in re.findall(r"[：；]不超过(\d+)(秒|分钟)", written):
        yield f"again duration -{int(most) * (60 if unit == '分钟' else 1)}"
    titles = {one["kind"]: one["titles"] for one in campaign["documents"] or ()}
    for material in campaign["materials"]:
        slot = material["slot"]
        word = {"photo": "照片", "video": "视频"}.get(slot, "")
        yield f"ask {material['label']} {word} {' '.join(titles.get(slot, ()))}"
        if "minimum" in material or "maximum" in material:
            of = f"{slot} " if slot in ("photo", "video") else ""
            low = material.get("minimum")
            low = None if low == 1 else low  # one is what any material has
            yield f"{of}count {_span(low, material.get('maximum'))}"


def _rules(campaign: dict[str, Any]) -> Iterator[str]:
    for rule in campaign["rules"]:
        target = rule.get("applies_to", "any")
        of = target if target in ("photo", "video", "archive") else "document"
        if rule.get("basis") != "notice":
            continue
        if rule["test"] == "size":
            yield f"{of} size {rule['operator']}{rule['width']}x{rule['height']}"
        elif rule["test"] == "format":
            for word in rule["text"].split("应为")[1].replace("格式", "").split("、"):
                yield f"{of} format {word.upper()}"
        elif rule["test"] in BOUNDS:
            name, low, high = BOUNDS[rule["test"]]
            of = "" if name == "words" else f"{of} "
            yield f"{of}{name} {_span(rule.get(low), rule.get(high))}"


def _span(low: float | None, high: float | None) -> str:
    return f"{'' if low is None else f'{low:g}'}-{'' if high is None else f'{high:g}'}"


def _columns(files: dict[str, str]) -> Iterator[str]:
    for name, content in files.items():
        form = data_of(content) if name.endswith(".yaml") else {}
        for field in [*form.get("fields", ()), *form.get("rows", {}).get("fields", ())]:
            yield f"{field['path'][-1]} {field['type']}".replace("(", "（").replace(")", "）")


def is_said(wanted: str, found: set[str]) -> bool:
    kind, value = wanted.split(" ", 1)
    if kind == "ask":
        return any(one.startswith("ask ") and value in one for one in found)
    if kind == "count":
        return any(one.endswith(wanted) for one in found)
    return wanted in found or f"again {value}" in found


def compared(notices: list[dict[str, Any]]) -> tuple[int, list[str], list[str]]:
    """How many facts are found; those that are missed; values that are another's or nobody's."""
    right, missed, wrong = 0, list[str](), list[str]()
    for notice in notices:
        found = facts_of(drafted(notice["text"]))
        wanted = [str(one) for one in notice["says"]]
        lost = [one for one in wanted if not is_said(one, found)]
        right += len(wanted) - len(lost)
        missed += [f"{notice['name']}: {one}" for one in lost]
        values = ("photo", "video", "words", "group", "phone", "contact", "mailbox", "due")
        told = {one.removeprefix("main ").removeprefix("due ") for one in wanted} | set(wanted)
        wrong += [
            f"{notice['name']}: {one}"
            for one in found
            if one.startswith(values)
            and one.removeprefix("due ") not in told
            and not any("count" in one and one.endswith(said) for said in wanted)
            and one not in ("contact 值班室", "phone -", "mailbox unknown@example.invalid")
        ]
    return right, missed, wrong


def test_nine_tenths_of_what_a_person_reads_are_in_the_folder_and_little_else() -> None:
    right, missed, wrong = compared(NOTICES)
    assert right / (right + len(missed)) >= 0.97, missed
    assert len(wrong) <= (right + len(missed)) / 20, wrong


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: str(notice["name"]))
def test_each_of_them_makes_a_folder_that_is_good_but_for_what_waits(
    notice: dict[str, Any], tmp_path: Path
) -> None:
    for name, content in drafted(notice["text"]).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    load_campaign(tmp_path, draft=True)
