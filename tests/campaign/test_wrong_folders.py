"""Folders that somebody got wrong: each is told in one line with file, line and key, what is
allowed and the nearest word, and none ends in a traceback or takes time."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.campaign.folder import load_campaign
from mailbot.errors import SettingsError

CAMPAIGN = """\
title: 关于开展2026年消防演练的通知
document_number: 江消安〔2026〕7号
issuer: 江城市消防安全委员会办公室
contact: {name: 值班室, phone: 027-12345678}
mailbox: yanlian@jiangcheng.example
year: 2026
opening: 2026-11-01
deadline: "2026-11-30T23:59:59+08:00"
grace_days: 1
groups:
  企业: {deadline: "2026-12-05T23:59:59+08:00"}
materials:
  - slot: form
    label: 统计表
    how: 请报送统计表
    basis: office
  - slot: photo
    label: 照片
    minimum: 1
    accumulates: true
    how: 请报送照片
    basis: office
  - slot: press
    kind: document
    label: 新闻稿
    required: false
    only_groups: [企业]
    how: 欢迎报送
    basis: office
documents:
  - {kind: press, titles: [新闻稿]}
rules:
  - code: PHOTO_SIZE
    test: size
    applies_to: photo
    operator: ">="
    width: 1600
    height: 1200
    severity: error
    text: 照片应清楚
    fix: 请报送原图
    basis: office
  - code: PHOTO_CLEAR
    test: any_of
    applies_to: photo
    rules:
      - {test: size, operator: ">=", width: 800, height: 600}
      - {test: file_size, minimum_mb: 2}
    severity: warning
    text: 照片应清楚
    fix: 请报送原图
    basis: office
"""
FORM = """\
title: 演练统计表
recognised_by: [统计表]
labels: {填报单位: [单位], 次数: []}
fields:
  - {key: unit, path: [填报单位], type: unit, place: header, required: true}
  - {key: drills, path: [次数], type: count, required: true}
rows:
  key: people
  heading: [序号, 姓名]
  fields:
    - {key: name, path: [姓名], type: person}
"""
UNITS = "unit,code,group,aliases,addresses,expected\n东湖区,1,区,,a@x.test,yes\n化工,2,企业,,,yes\n"


def folder(path: Path, **files: str | bytes) -> Path:
    wanted = {"campaign.yaml": CAMPAIGN, "form.yaml": FORM, "units.csv": UNITS}
    for name, content in wanted.items():
        given = files.get(name.partition(".")[0], content)
        data = given if isinstance(given, bytes) else given.encode("utf-8")
        (path / name).write_bytes(data)
    return path


def refusal(path: Path, **files: str | bytes) -> str:
    with pytest.raises(SettingsError) as refused:
        load_campaign(folder(path, **files))
    return str(refused.value)


def test_the_folder_itself_is_good(tmp_path: Path) -> None:
    load_campaign(folder(tmp_path))


def put(old: str, new: str, text: str = CAMPAIGN) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


# What was written wrong, in which file, and what must be told of it.
WRONG: dict[str, tuple[str, str, str]] = {
    "a key misspelt at the top": (
        "campaign",
        put("grace_days", "grace_day"),
        r"campaign\.yaml:9: grace_day: .*did you mean grace_days\?",
    ),
    "a key misspelt in a material": (
        "campaign",
        put("    accumulates", "    acumulates"),
        r"campaign\.yaml:20: materials\.1\.acumulates: .*did you mean accumulates\?",
    ),
    "a key misspelt in a rule": (
        "campaign",
        put("    width: 1600", "    widht: 1600"),
        r"campaign\.yaml:3\d: rules\.0\S*\.widht: .*did you mean width\?",
    ),
    "a key misspelt in an inner test": (
        "campaign",
        put("minimum_mb: 2", "minimum_bm: 2"),
        r"campaign\.yaml:4\d: rules\.1\S*minimum_bm: .*did you mean minimum_mb\?",
    ),
    "a key misspelt in a group": (
        "campaign",
        put("企业: {deadline", "企业: {dedline"),
        r"campaign\.yaml:11: groups\.企业\.dedline: .*did you mean deadline\?",
    ),
    "a key misspelt in a form's field": (
        "form",
        put("required: true}\nrows", "requird: true}\nrows", FORM),
        r"form\.yaml:6: fields\.1\.requird: .*did you mean required\?",
    ),
    "a key misspelt in rows": (
        "form",
        put("  heading", "  headings", FORM),
        r"form\.yaml:9: rows\.headings: .*did you mean heading\?",
    ),
    "a test that is none": (
        "campaign",
        put("test: size", "test: sise"),
        r"campaign\.yaml:3\d: rules\.0: 'sise' is no test; there are: .*did you mean size\?",
    ),
    "a severity that is none": (
        "campaign",
        put("severity: error", "severity: eror"),
        r"campaign\.yaml:39: rules\.0\.\S*severity: .*'error'.*'eror'; did you mean error\?",
    ),
    "a field type that is none": (
        "form",
        put("type: count", "type: cuont", FORM),
        r"form\.yaml:6: fields\.1\.type: .*'cuont'; did you mean count\?",
    ),
    "a kind that is none": (
        "campaign",
        put("kind: document", "kind: documents"),
        r"campaign\.yaml:2\d: materials\.2\.kind: .*did you mean document\?",
    ),
    "a slot of its own without a kind": (
        "campaign",
        put("slot: photo", "slot: foto"),
        r"campaign\.yaml:17: materials\.1\.slot: foto .*needs a kind: .*did you mean photo\?",
    ),
    "a slot in capitals": (
        "campaign",
        put("slot: photo", "slot: Photo"),
        r"campaign\.yaml:17: materials\.1\.slot: ",
    ),
    "the same slot twice": (
        "campaign",
        put("slot: press", "slot: photo"),
        r"campaign\.yaml:\d+: materials\.2\.slot: the slot photo stands twice",
    ),
    "a slot named as a kind that a rule is for": (
        "campaign",
        put("slot: press\n    kind: document", "slot: document\n    kind: document")
        .replace("kind: press", "kind: document")
        .replace("applies_to: photo", "applies_to: document", 1),
        r"campaign\.yaml:\d+: materials\.2\.slot: document is the name of a kind too, so the rule"
        r" PHOTO_SIZE would hold for every file of that kind",
    ),
    "a code twice": (
        "campaign",
        put("PHOTO_CLEAR", "PHOTO_SIZE"),
        r"campaign\.yaml:\d+: rules\.1\.code: the code PHOTO_SIZE stands twice",
    ),
    "a key twice": (
        "campaign",
        put("grace_days: 1", "grace_days: 1\ngrace_days: 2"),
        r"campaign\.yaml:10: the key 'grace_days' stands twice",
    ),
    "a rule for a slot that there is not": (
        "campaign",
        put("applies_to: photo", "applies_to: foto"),
        r"campaign\.yaml:3\d: rules\.0\.applies_to: .*foto.*did you mean photo\?",
    ),
    "a group that no unit has": (
        "campaign",
        put("only_groups: [企业]", "only_groups: [企事业]"),
        r"campaign\.yaml:\d+: materials\.2\.only_groups: no unit has the group '企事业'; there are",
    ),
    "a deadline for a group that no unit has": (
        "campaign",
        put("  企业: {deadline", "  工厂: {deadline"),
        r"campaign\.yaml:11: groups\.工厂: no unit has the group '工厂'; there are: 企业、区",
    ),
    "a deadline before the opening": (
        "campaign",
        put('"2026-11-30T', '"2026-10-30T'),
        r"campaign\.yaml:7: opening: is after the deadline",
    ),
    "a group's deadline before the opening": (
        "campaign",
        put('"2026-12-05T', '"2026-10-05T'),
        r"campaign\.yaml:11: groups\.企业\.deadline: is before the opening \(2026-11-01\)",
    ),
    "a deadline without a zone": (
        "campaign",
        put("23:59:59+08:00", "23:59:59"),
        r"campaign\.yaml:8: deadline: needs a time zone, e\.g\. 20",
    ),
    "a deadline that is a day alone": (
        "campaign",
        put('"2026-11-30T23:59:59+08:00"', "2026-11-30"),
        r"campaign\.yaml:8: deadline: ",
    ),
    "a deadline beyond all years": (
        "campaign",
        put('"2026-11-30T', '"9999-12-31T'),
        r"campaign\.yaml:8: deadline: the year 9999 is not between 1900 and 2200",
    ),
    "a day that is none": (
        "campaign",
        put("opening: 2026-11-01", "opening: 2026-11-31"),
        r"campaign\.yaml:7: '2026-11-31' is no day",
    ),
    "a word for a number": (
        "campaign",
        put("grace_days: 1", "grace_days: 两天"),
        r"campaign\.yaml:9: grace_days: .*integer",
    ),
    "a huge number": (
        "campaign",
        put("grace_days: 1", "grace_days: 99999999999999999999"),
        r"campaign\.yaml:9: grace_days: .*less than or equal to 366",
    ),
    "a bound below nought": (
        "campaign",
        put("minimum_mb: 2", "minimum_mb: -2"),
        r"campaign\.yaml:4\d: rules\.1\.\S*minimum_mb: .*greater than 0",
    ),
    "infinity": (
        "campaign",
        put("minimum_mb: 2", "minimum_mb: .inf"),
        r"campaign\.yaml:4\d: rules\.1\.\S*minimum_mb: .*finite",
    ),
    "a width that overflows": (
        "campaign",
        put("width: 1600", f"width: {'9' * 400}"),
        r"campaign\.yaml:3\d: rules\.0\.\S*width: ",
    ),
    "a list for a text": (
        "campaign",
        put("label: 照片", "label: [照片]"),
        r"campaign\.yaml:18: materials\.1\.label: .*string",
    ),
    "a text for a list": (
        "campaign",
        re.sub(r"(?s)rules:\n.*", "rules: 没有\n", CAMPAIGN),
        r"campaign\.yaml:3\d: rules: .*",
    ),
    "nothing where something is wanted": (
        "campaign",
        put("title: 关于开展2026年消防演练的通知", "title:"),
        r"campaign\.yaml:1: title: .*string",
    ),
    "a key that is not there": (
        "campaign",
        put("mailbox: yanlian@jiangcheng.example\n", ""),
        r"campaign\.yaml:1: mailbox: .*required",
    ),
    "a mailbox that is none": (
        "campaign",
        put("yanlian@jiangcheng.example", "yanlian.jiangcheng.example"),
        r"campaign\.yaml:5: mailbox: 'yanlian\.jiangcheng\.example' is no address",
    ),
    "a language that there is not": (
        "campaign",
        put("year: 2026", "year: 2026\nlanguage: cn"),
        r"campaign\.yaml:7: language: .*'zh' or 'en'.*'cn'",
    ),
    "either-or within either-or": (
        "campaign",
        put("{test: file_size, minimum_mb: 2}", "{test: any_of, rules: []}"),
        r"campaign\.yaml:4\d: rules\.1\.\S*rules\.1: 'any_of' is no test; there are: ",
    ),
    "either-or of nothing": (
        "campaign",
        re.sub(r"    rules:\n.*\n.*\n", "    rules: []\n", CAMPAIGN),
        r"campaign\.yaml:\d+: rules\.1\.\S*rules: .*at least",
    ),
    "a minimum above the maximum": (
        "campaign",
        put("minimum: 1\n", "minimum: 5\n    maximum: 2\n"),
        r"campaign\.yaml:20: materials\.1\.maximum: is below the minimum",
    ),
    "a broken expression": (
        "campaign",
        put("{test: file_size, minimum_mb: 2}", "{test: file_name, pattern: '(a+'}"),
        r"campaign\.yaml:4\d: rules\.1\.rules\.1\.pattern: no regular expression in RE2's syntax",
    ),
    "an expression RE2 has not": (
        "campaign",
        put("{test: file_size, minimum_mb: 2}", r"{test: file_name, pattern: '(a)\1'}"),
        r"campaign\.yaml:4\d: rules\.1\.rules\.1\.pattern: no regular expression in RE2's syntax",
    ),
    "a rule of the notice without its sentence": (
        "campaign",
        put("    how: 请报送照片\n    basis: office\n", "    how: 请报送照片\n"),
        r"campaign\.yaml:1\d: materials\.1\.source: the sentence it comes from is wanted",
    ),
    "a label that is not among the labels": (
        "form",
        put("path: [次数]", "path: [次数。]", FORM),
        r"form\.yaml:6: fields\.1\.path: drills: the label '次数。' is not .*did you mean 次数",
    ),
    "a column that is no word of the heading": (
        "form",
        put("path: [姓名]", "path: [姓 名]", FORM),
        r"form\.yaml:11: rows\.fields\.0\.path: '姓 名' is no word of the heading",
    ),
    "the same field twice": (
        "form",
        put("key: drills", "key: unit", FORM),
        r"form\.yaml:6: fields\.1\.key: the key unit stands twice",
    ),
    "a tab for blanks": (
        "campaign",
        put("  - slot: form", "\t- slot: form"),
        r"campaign\.yaml:13: .*",
    ),
    "a bracket left open": (
        "campaign",
        put("only_groups: [企业]", "only_groups: [企业"),
        r"campaign\.yaml:\d+: .*",
    ),
    "a full-width colon": (
        "campaign",
        put("grace_days: 1", "grace_days：1"),
        r"campaign\.yaml:(?:9|10): .*",
    ),
    "an unknown column": (
        "units",
        put("addresses", "adresses", UNITS),
        r"units\.csv:1: .*(?:no column addresses|did you mean addresses\?)",
    ),
    "a column too few": (
        "units",
        put("化工,2,企业,,,yes", "化工,2,企业,yes", UNITS),
        r"units\.csv:3: not 6 columns",
    ),
    "neither yes nor no": (
        "units",
        put("a@x.test,yes", "a@x.test,maybe", UNITS),
        r"units\.csv:2: expected: yes or no, not 'maybe'",
    ),
    "an address that is none": (
        "units",
        put("a@x.test", "a.x.test", UNITS),
        r"units\.csv:2: addresses: 'a\.x\.test' is no address",
    ),
    "a unit twice": (
        "units",
        put("化工,2", "东湖区,2", UNITS),
        r"units\.csv:3.*东湖区",
    ),
    "no unit": (
        "units",
        UNITS.split("\n")[0] + "\n",
        r"units\.csv:2: no unit is listed: write a row",
    ),
    "a unit without a name": (
        "units",
        put("化工,2", ",2", UNITS),
        r"units\.csv:3: unit: empty",
    ),
}


FOR_CLERKS = (Path(__file__).parents[2] / "rules" / "操作说明.md").read_text("utf-8")
# What a line of refusal holds, as the clerks' page names it before it says what to do.
EXPLAINED = [
    one.strip("`")
    for one in re.findall(
        r"^\| (`.+`) \| ", FOR_CLERKS.split("## 检查报错怎么看")[1].split("\n## ")[0], re.M
    )
]


def test_the_clerks_page_explains_what_the_code_says() -> None:
    """No row of the table is of a line that the code no longer has."""
    code = "".join(
        re.sub(r'"\s*\n\s*f?"', "", path.read_text("utf-8"))
        for path in (Path(__file__).parents[2] / "mailbot" / "campaign").rglob("*.py")
    )
    written_by_us = [
        one for one in EXPLAINED if not re.match("Input|String|Tuple|did not find|is no day", one)
    ]
    assert [one for one in written_by_us if one not in code] == []


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.replace(" ", "_"))
def test_what_is_wrong_is_told_with_file_line_and_key(case: str, tmp_path: Path) -> None:
    name, text, told = WRONG[case]
    said = refusal(tmp_path, **{name: text})
    assert re.search(told, said), said
    assert "Traceback" not in said
    for line in said.splitlines():
        assert re.match(r".*\.(?:yaml|csv)(?::\d+)?: ", line), line
        assert len(line) < 500, line
        assert any(one in line for one in EXPLAINED), line


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(lines) + "\n" + CAMPAIGN


STRANGE: dict[str, Callable[[], dict[str, str | bytes]]] = {
    "a thousand million aliases": lambda: {"campaign": bomb()},
    "an anchor that holds itself": lambda: {"campaign": "a: &a [*a]\n" + CAMPAIGN},
    "brackets ten thousand deep": lambda: {"campaign": "a: " + "[" * 10_000 + "]" * 10_000},
    "mappings ten thousand deep": lambda: {"campaign": "{a: " * 10_000 + "}" * 10_000},
    "GBK": lambda: {"campaign": CAMPAIGN.encode("gbk", "replace")},
    "UTF-16": lambda: {"campaign": CAMPAIGN.encode("utf-16")},
    "nothing": lambda: {"campaign": b""},
    "NUL octets": lambda: {"campaign": b"\0" * 100},
    "NUL octets in units": lambda: {"units": UNITS.encode() + b"\0,\0,\0,\0,\0,yes\n"},
    "another document behind": lambda: {"campaign": CAMPAIGN + "---\na: 1\n"},
    "a Python object": lambda: {"campaign": "a: !!python/object/apply:os.system [id]\n" + CAMPAIGN},
    "a key that is a list": lambda: {"campaign": "? [a, b]\n: 1\n" + CAMPAIGN},
    "a key that is a number": lambda: {"campaign": "1: 2\n" + CAMPAIGN},
    "a number of ten thousand digits": lambda: {
        "campaign": put("grace_days: 1", "grace_days: " + "9" * 10_000)
    },
    "a list for the whole": lambda: {"campaign": "- a\n- b\n"},
    "a cell of a million characters": lambda: {"units": put("东湖区", "东" * 1_000_000, UNITS)},
    "a form that is a list": lambda: {"form": "- a\n"},
}


@pytest.mark.parametrize("case", STRANGE, ids=lambda case: case.replace(" ", "_"))
def test_what_no_clerk_would_write_is_refused_in_lines_too(case: str, tmp_path: Path) -> None:
    said = refusal(tmp_path, **STRANGE[case]())
    for line in said.splitlines():
        assert re.match(r".*\.(?:yaml|csv)(?::\d+)?: ", line), line[:300]
        assert len(line) < 500, line[:600]


def test_a_byte_order_mark_and_the_line_ends_of_windows_are_read(tmp_path: Path) -> None:
    windows = {
        name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8")
        for name, text in (("campaign", CAMPAIGN), ("form", FORM), ("units", UNITS))
    }
    assert [unit.unit for unit in load_campaign(folder(tmp_path, **windows)).units] == [
        "东湖区",
        "化工",
    ]


def test_an_expression_that_would_take_forever_elsewhere_takes_no_time(tmp_path: Path) -> None:
    text = put("{test: file_size, minimum_mb: 2}", "{test: file_name, pattern: '(a*)*b'}")
    load_campaign(folder(tmp_path, campaign=text))


def test_a_folder_that_is_not_there_or_is_a_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "file"):
        if path.name == "file":
            path.write_text("x")
        with pytest.raises(SettingsError, match=r"no campaign\.yaml in this folder"):
            load_campaign(path)
