"""A table as guessed written as form.yaml: its labels, fields, rows and what adds up."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mailbot.campaign.drafting.form import Field, Sum, Table

_SUM = re.compile(
    r"([\u4e00-\u9fff]{2,14})\s*[=＝]\s*([\u4e00-\u9fff]{1,14}(?:\s*[+＋]\s*[\u4e00-\u9fff]{1,14})+)"
)


def _sums(table: Table, text: str) -> list[dict[str, Any]]:
    """注：参加演练总人数=学生+教职工."""
    bare = {
        one.key: re.sub(r"^其中[:：]?|[（(][^（）()]*[）)]", "", one.path[-1])
        for one in table.fields
        if one.type in ("count", "money_wan", "number")
    }

    def key_of(word: str) -> str:
        exact = [key for key, label in bare.items() if label == word]
        return (exact or [key for key, label in bare.items() if word in label] or [""])[0]

    found: list[dict[str, Any]] = []
    for match in _SUM.finditer(text):
        total = key_of(match[1])
        parts = [key_of(one.strip()) for one in re.split("[+＋]", match[2])]
        if total and all(parts) and len({total, *parts}) == len(parts) + 1:
            found.append(
                {
                    "code": f"SUM_{len(found) + 1}",
                    "test": "sum",
                    "total": total,
                    "parts": parts,
                    "severity": "warning",
                    "text": f"{match[1]}应等于{'、'.join(re.split('[+＋]', match[2]))}之和",
                    "fix": "请核对",
                    "source": match[0],
                }
            )
    return found


def form_data(
    table: Table, title: str, text: str = "", code: str = "FORM"
) -> Iterator[tuple[str, Any, str]]:
    """form.yaml key by key, each with why it is a guess."""
    name = re.sub(r"^20\d\d年度?", "", title)
    yield "title", title, ""
    yield "recognised_by", list(dict.fromkeys((title, name))), ""
    yield "confirmed", False, ""
    labels: dict[str, list[str]] = {label: [] for field in table.fields for label in field.path}
    yield "labels", labels, ""
    if not table.fields and not table.heading:
        yield "fields", [], "通知未附表格，或未能读出，请补填栏目"
        return
    yield "fields", [_plain(field) for field in table.fields], ""
    if table.heading:
        yield (
            "rows",
            {
                "key": "rows",
                "heading": list(table.heading),
                "fields": [_plain(field) for field in table.columns],
            },
            "表头下有空行的按逐行填报掌握"
            + ("；其中各栏之和系统不逐行核对" if _has_parts(table.columns) else ""),
        )
    checks = _sums(table, text)
    for check in checks if code != "FORM" else ():
        check["code"] = f"{code}_{check['code']}"
    guesses = ["由表下的注推定"] if checks else []
    said = {frozenset((check["total"], *check["parts"])) for check in checks}
    names = {field.key: re.sub(r"^其中[:：]?", "", field.path[-1]) for field in table.fields}
    for one in table.sums:
        if frozenset((one.total, *one.parts)) in said:
            continue
        checks.append(_sum_check(f"{code}_SUM_{len(checks) + 1}", one, names))
        guesses = [*guesses[:1], "由“其中”推定：各分项是否应加至总数"]
    if table.sealed:
        checks.append({"code": f"{code}_SEAL_MISSING", **_SEAL})
        guesses.append("表上要求盖章，未见公章的只作提示")
    if checks:
        yield "checks", checks, "；".join(guesses)


_SEAL = {
    "test": "seal",
    "when_unknown": "notice",
    "severity": "warning",
    "text": "统计表应加盖公章",
    "fix": "请盖章后一并报送扫描件",
    "source": "-",
    "basis": "office",
}


def _has_parts(columns: Sequence[Field]) -> bool:
    return any(one.path[-1].startswith("其中") for one in columns)


def _sum_check(code: str, one: Sum, names: Mapping[str, str]) -> dict[str, Any]:
    parts = "、".join(names[key] for key in one.parts)
    return {
        "code": code,
        "test": "sum",
        "total": one.total,
        "parts": list(one.parts),
        "severity": "warning",
        "text": f"{names[one.total]}应等于{parts}之和",
        "fix": "请核对",
        "source": "-",
        "basis": "office",
    }


def _plain(field: Field) -> dict[str, Any]:
    data: dict[str, Any] = {"key": field.key, "path": list(field.path), "type": field.type}
    data |= {"place": field.place} if field.place != "table" else {}
    return data | ({"choices": list(field.choices)} if field.choices else {})
