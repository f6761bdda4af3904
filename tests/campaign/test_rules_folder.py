"""A rules folder is proved on load, and what is wrong is told with file, key and line."""

import re
import shutil
from pathlib import Path

import pytest

from mailbot.campaign.folder import load_campaign
from mailbot.errors import SettingsError


@pytest.fixture
def folder(rules_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(rules_folder, tmp_path / "rules"))


def changed(folder: Path, name: str, pattern: str, replacement: str) -> int:
    """Change one place of a file; the line it stands in."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    match = re.search(pattern, text, re.MULTILINE)
    assert match is not None, f"{pattern} is not in {name}"
    path.write_text(
        text[: match.start()] + match.expand(replacement) + text[match.end() :], encoding="utf-8"
    )
    return text[: match.start()].count("\n") + 1


def test_the_shipped_campaign_is_the_notice(rules_folder: Path) -> None:
    campaign = load_campaign(rules_folder)
    assert campaign.document_number == "郑安委办〔2017〕43号"
    assert campaign.mailbox == "zzajyj@163.com"
    assert campaign.contact.phone == "0371-67182119"
    assert [material.slot for material in campaign.materials] == [
        "form",
        "plan",
        "summary",
        "video",
        "photo",
        "text",
    ]
    assert sum(unit.expected for unit in campaign.units if unit.code) == 14


def test_every_source_of_the_notice_stands_in_the_notice(rules_folder: Path, samples: Path) -> None:
    """A rule that quotes the notice quotes it to the letter (spaces and full stops aside)."""
    blanks_and_quotes = r"[\s“”]"
    text = (samples.parent / "notice.md").read_text(encoding="utf-8")
    notice = re.sub(blanks_and_quotes, "", text)
    campaign = load_campaign(rules_folder)
    quoting = [*campaign.rules, *campaign.materials, *campaign.form.checks]
    for rule in quoting:
        if rule.basis == "notice":
            for part in re.split(r"……|…", rule.source):
                assert re.sub(blanks_and_quotes, "", part).strip("。") in notice, rule.source


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "said"),
    [
        ("campaign.yaml", r"severity: error", "severity: bad", "severity"),
        ("campaign.yaml", r'operator: "?>=?"?', 'operator: "<"', "operator"),
        ("campaign.yaml", r"^title:", "titel:", "titel"),
        ("campaign.yaml", r"^deadline:.*$", "deadline: soon", "deadline"),
        ("form.yaml", r"type: count", "type: numbers", "type"),
        ("form.yaml", r"^title:.*$", "title: a: b", "put it in quotes"),
        ("units.csv", r",yes$", ",maybe", "expected"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    folder: Path, name: str, pattern: str, replacement: str, said: str
) -> None:
    line = changed(folder, name, pattern, replacement)
    with pytest.raises(SettingsError) as caught:
        load_campaign(folder)
    text = str(caught.value)
    assert said in text
    places = [int(found) for found in re.findall(rf"{re.escape(name)}:(\d+)", text)]
    assert any(abs(place - line) <= 1 for place in places), text


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "said", "place"),
    [
        ("campaign.yaml", r"^(title:.*)$", r"\1\ntitle: again", "stands twice", "title: again"),
        ("campaign.yaml", r"^mailbox:.*$", "mailbox: nobody", "no address", "mailbox:"),
        ("campaign.yaml", r"^timezone:.*$", "timezone: Mars/Olympus", "not known", "timezone:"),
        ("campaign.yaml", r"^opening:.*$", "opening: 2018-01-01", "after the", "opening:"),
        ("campaign.yaml", r"code: PHOTO_FORMAT", "code: PHOTO_SIZE", "stands twice", "PHOTO_SIZE"),
        ("campaign.yaml", r"slot: photo", "slot: video", "stands twice", "slot: video"),
        ("units.csv", r"^(金水区,.*)$", r"\1\n\1", "stands twice", "金水区"),
        ("units.csv", r"^(惠济区,410108,县（市、区）,)", r"\1中牟", "two units", "中牟县"),
        ("units.csv", r",,yes$", ",a@b.test、a@b.test,yes", "two units have", "a@b.test"),
        ("form.yaml", r"总体情况, 参演人数", "总体情况, 没有", "not under labels", "没有"),
        ("form.yaml", r"total: overall\.drills", "total: overall.x", "no field", "overall.x"),
    ],
)
def test_contradictions_are_told_with_file_line_and_key(
    folder: Path, name: str, pattern: str, replacement: str, said: str, place: str
) -> None:
    changed(folder, name, pattern, replacement)
    with pytest.raises(SettingsError) as caught:
        load_campaign(folder)
    told = next(line for line in str(caught.value).splitlines() if said in line)
    number = re.search(rf"{re.escape(name)}:(\d+): ", told)
    assert number is not None, told
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    assert place in lines[int(number[1]) - 1], told


def test_all_problems_are_told_at_once(folder: Path) -> None:
    changed(folder, "campaign.yaml", r"^mailbox:.*$", "mailbox: nobody")
    changed(folder, "units.csv", r",yes$", ",maybe")
    with pytest.raises(SettingsError) as caught:
        load_campaign(folder)
    assert "mailbox" in str(caught.value)
    assert "maybe" in str(caught.value)


def test_a_file_that_is_not_utf8_is_said(folder: Path) -> None:
    path = folder / "campaign.yaml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(SettingsError, match=r"campaign\.yaml.*UTF-8"):
        load_campaign(folder)


def test_units_are_read_as_excel_saves_them_in_china(folder: Path) -> None:
    path = folder / "units.csv"
    units = load_campaign(folder).units
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert load_campaign(folder).units == units
    path.write_bytes(b"\xff\xff" + path.read_bytes())
    with pytest.raises(SettingsError, match=r"units\.csv.*UTF-8"):
        load_campaign(folder)


@pytest.mark.parametrize(
    ("pattern", "replacement", "said"),
    [
        (r"^year: (\d+)", r"year：\1", "the colon behind year is a Chinese one"),
        (r"^  - slot: plan", "\t- slot: plan", "a tab at the beginning"),
        (r"^deadline:.*$", "deadline: 2017年7月5日", "is written like 2017-07-05T23:59:59+08:00"),
        (r"^opening:.*$", "opening: 5月1日", "is written like 2017-07-05"),
        (r"titles: \[演练…统计表.*", "titles: [统计表，情况表]", "with English commas"),
        (r"allowed: \[jpeg.*", "allowed: [jpg, png]", "'jpg' is the name of no format; write jpeg"),
        (r"^year: (\d+)", r"width: \1", "'width' belongs to something else"),
        (r"^year: (\d+)", "", "year: is required, and is not there"),
    ],
)
def test_the_slips_of_who_knows_no_yaml_are_told_as_such(
    folder: Path, pattern: str, replacement: str, said: str
) -> None:
    line = changed(folder, "campaign.yaml", pattern, replacement)
    with pytest.raises(SettingsError) as caught:
        load_campaign(folder)
    told = next(line for line in str(caught.value).splitlines() if said in line)
    assert "is required" in said or f"campaign.yaml:{line}:" in told


def test_any_edit_is_a_new_version(folder: Path) -> None:
    before = load_campaign(folder).version
    assert load_campaign(folder).version == before
    (folder / "units.csv").write_text(
        (folder / "units.csv").read_text(encoding="utf-8") + "\n", encoding="utf-8"
    )
    assert load_campaign(folder).version != before
    assert re.fullmatch(r"[0-9a-f]{12}", before)


def test_greater_becomes_at_least_by_one_word(folder: Path) -> None:
    changed(folder, "campaign.yaml", r'operator: ">"', 'operator: ">="')
    sizes = [rule for rule in load_campaign(folder).rules if rule.test == "size"]
    assert {rule.operator for rule in sizes} == {">="}
