"""What is wrong with mailbot.toml, told with the key and with what to write instead."""

import difflib
import re
import types as python_types
from collections.abc import Iterator, Sequence
from typing import get_args

from pydantic_core import ErrorDetails

from mailbot.record import Record
from mailbot.settings.types import Settings

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = re.compile(r"\s*([\w.-]+)\s*[=＝:：]\s*(.*)")
_FULL_WIDTH = {"＝": "=", "“": '"', "”": '"', "‘": "'", "’": "'", "，": ",", "：": "=", "【": "["}


def sections() -> dict[str, type[Record]]:
    """Every section and the type of its keys."""
    found: dict[str, type[Record]] = {}
    for name, field in Settings.model_fields.items():
        options = get_args(field.annotation) or (field.annotation,)
        found[name] = next(
            one for one in options if isinstance(one, type) and one is not python_types.NoneType
        )
    return found


def told(problem: ErrorDetails) -> str:
    """What is wrong with one key, and what may stand there."""
    location = [str(part) for part in problem["loc"]]
    if problem["type"] == "extra_forbidden":
        return f"there is no such key{_nearest(location)}"
    words = problem["msg"].removeprefix("Value error, ")
    return f"{words}{_meaning(location)}"


def _nearest(location: Sequence[str]) -> str:
    """The key that was probably meant: of this section, else the section that has this key."""
    known = sections()
    if len(location) == 1:
        near = difflib.get_close_matches(location[0], known, 1)
        homes = [name for name, model in known.items() if location[0] in model.model_fields]
        if near:
            return f"; [{near[0]}] is a section"
        return f"; it belongs below [{homes[0]}]" if homes else f"; sections: {', '.join(known)}"
    section, key = location[0], location[1]
    if section not in known:
        return ""
    near = difflib.get_close_matches(key, known[section].model_fields, 1, cutoff=0.6)
    if near:
        return f"; meant is probably {near[0]}"
    homes = [name for name, model in known.items() if key in model.model_fields]
    if homes:
        return f"; it belongs below [{homes[0]}]"
    return f"; [{section}] has {', '.join(known[section].model_fields)}"


def _meaning(location: Sequence[str]) -> str:
    known = sections()
    if len(location) < 2 or location[0] not in known:
        return ""
    field = known[location[0]].model_fields.get(location[1])
    return f" ({field.description})" if field is not None and field.description else ""


def told_toml(error: Exception, text: str) -> str:
    """Where the file stops being TOML: line, key, and how it is written right."""
    words = str(error)
    at = _AT_LINE.search(words)
    lines = text.splitlines()
    if at is not None and 0 < int(at[1]) <= len(lines):
        number = int(at[1])
    else:  # at the end of the document: what was opened last and not closed
        opened = (n for n, one in enumerate(lines, 1) if re.search(r"=\s*\[[^\]]*$", one))
        number = max(opened, default=0)
    if not number:
        return words
    line = lines[number - 1]
    # An open text or list is noticed at its end, or where the next line begins.
    while not line.strip() and number > 1:
        number -= 1
        line = lines[number - 1]
    remedy = next(_remedies(line, words), "")
    where = f"line {number}"
    key = _KEY.match(line)
    if key is not None:
        where += f", {_section_of(lines, number)}{key[1]}"
    said = _AT_LINE.sub("", words).replace("(at end of document)", "").strip()
    return f"{where}: {said}{f'; {remedy}' if remedy else ''}"


def _section_of(lines: Sequence[str], number: int) -> str:
    for line in reversed(lines[: number - 1]):
        if head := re.match(r"\s*\[+\s*([\w.-]+)\s*\]", line):
            return f"{head[1]}."
    return ""


def _remedies(line: str, words: str) -> Iterator[str]:
    if "overwrite" in words or "twice" in words:
        yield "it stands here for the second time: leave one of them out"
        return
    wide = [sign for sign in _FULL_WIDTH if sign in line.partition("#")[0]]
    key = _KEY.match(line)
    if wide and (key is None or not key[2].startswith(('"', "'"))):
        mended = line.strip().translate({ord(one): other for one, other in _FULL_WIDTH.items()})
        yield f"signs of the Chinese keyboard ({' '.join(wide)}): write {mended}"
    if re.match(r"\s*\[[^\]]*$", line):
        yield f"a section stands in brackets: {line.strip()}]"
    if key is None:
        return
    name, value = key[1], key[2].partition("#")[0].strip()
    if re.match(r"\s*[\w.-]+\s*[:：]", line):
        yield f"key and value are parted by =: {name} = {value or chr(34) * 2}"
    if value in ("True", "False", "yes", "no"):
        yield f"write {name} = {str(value in ('True', 'yes')).lower()}"
    if "\\" in value and value.startswith('"'):
        yield f"a backslash stands in single quotes: {name} = '{value.strip(chr(34))}'"
    if value.startswith("[") and "]" not in value:
        yield "a list ends with ]"
    if value[:1] in ('"', "'") and (len(value) == 1 or value[-1] != value[0]):
        yield f"the quotes are not closed: {name} = {value}{value[0]}"
    if not value:
        yield f'a value is missing: {name} = ""'
    elif not re.match(r"""["'\[{]|[-+]?\d+(\.\d+)?$|true$|false$""", value):
        yield f'a text stands in quotes: {name} = "{value}"'
