"""Small rules folders for notices that ask what the shipped ones do not."""

from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import yaml

HEAD = """
title: 关于开展2026年消防演练的通知
document_number: 江消安〔2026〕7号
issuer: 江城市消防安全委员会办公室
contact: {name: 值班室, phone: 027-12345678}
mailbox: yanlian@jiangcheng.example
year: 2026
opening: 2026-11-01
deadline: "2026-11-30T23:59:59+08:00"
"""
UNITS = (
    "unit,code,group,aliases,addresses,expected\n"
    "东湖区,1,县区,,donghu@example.test,yes\n"
    "南山区,2,县区,,nanshan@example.test,yes\n"
    "江城化工,3,企业,江城化工有限公司,hg@example.test,yes\n"
)
PHOTO = {"slot": "photo", "label": "照片", "accumulates": True, "how": "请报送照片", "source": "-"}
PLAN = {"slot": "plan", "label": "演练方案", "how": "请报送方案", "source": "-"}


def a_rule(test: str, applies_to: str, code: str = "R_TESTED", **keys: Any) -> dict[str, Any]:
    """A rule with everything a rule must have."""
    return {
        "code": code,
        "test": test,
        "applies_to": applies_to,
        "severity": "error",
        "text": "应符合要求",
        "fix": "请重新报送",
        "source": "-",
        "basis": "office",
        **keys,
    }


def write_notice(
    folder: Path,
    *,
    materials: list[dict[str, Any]] | None = None,
    documents: list[dict[str, Any]] | None = None,
    rules: list[dict[str, Any]] | None = None,
    units: str = UNITS,
    head: str = "",
    files: dict[str, str] | None = None,
) -> Path:
    """A rules folder with these parts; what is not given is empty, or asks for photos."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {
        "materials": materials if materials is not None else [PHOTO],
        "documents": documents or [],
        "rules": rules or [],
    }
    for part in (*data["materials"], *data["rules"]):
        part.setdefault("basis", "office")
    text = HEAD + dedent(head) + yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    (folder / "campaign.yaml").write_text(text, encoding="utf-8")
    (folder / "units.csv").write_text(units, encoding="utf-8")
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(indent(dedent(content), ""), encoding="utf-8")
    return folder
