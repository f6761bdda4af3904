"""What the types refuse, said to the person who edits the file."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

from mailbot.campaign import forms, rules, types
from mailbot.campaign.proving.places import nearest, place
from mailbot.campaign.rules import Data

_LONGEST_TOLD = 60  # characters of what was written


def explain(error: ValidationError, path: Path, root: yaml.Node) -> list[str]:
    """Each refusal of the types as a line for the person who edits the file."""
    return [
        f"{place(path, root, problem['loc'])}: {_said(cast(Mapping[str, Any], problem))}"
        for problem in error.errors()
    ]


def _said(problem: Mapping[str, Any]) -> str:
    if problem["type"] == "extra_forbidden":
        key = str(problem["loc"][-1])
        if key in _all_keys():
            return f"the key {key!r} belongs to something else; rules/README.md says to what"
        wide = key.replace("：", ":").split(":")[0]
        if wide != key:
            return f"the key {key!r} is not known here; the colon is an English one: `{wide}: `"
        return f"the key {key!r} is not known here{nearest(key, _all_keys())}"
    if problem["type"] == "missing":
        return "is required, and is not there"
    if str(problem["type"]).startswith("date"):
        given = str(problem.get("input"))[:_LONGEST_TOLD]
        like = "2017-07-05T23:59:59+08:00" if "datetime" in str(problem["type"]) else "2017-07-05"
        return f"{given!r} is no {'time' if 'T' in like else 'day'}; it is written like {like}"
    if problem["type"] == "union_tag_invalid":
        given = str(problem["ctx"].get("tag"))
        tags = re.findall(r"'([^']+)'", str(problem["ctx"].get("expected_tags")))
        return f"{given!r} is no test; there are: {', '.join(tags)}{nearest(given, tags)}"
    if problem["type"] in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']+)'", str(problem["ctx"].get("expected")))
        given = str(problem.get("input"))[:_LONGEST_TOLD]
        return f"{problem['msg']}, not {given!r}{nearest(given, allowed)}"
    return str(problem["msg"])


def _all_keys() -> set[str]:
    models = [
        one
        for module in (types, rules, forms)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Data) and one is not Data
    ]
    return {
        field.alias or name for model in models for name, field in model.model_fields.items()
    } - {"version", "units", "forms"}
