"""Reading a rules folder: campaign.yaml, form.yaml, units.csv and templates/ into a Campaign.

Whatever is wrong is told in one SettingsError whose text names file, key and line, because the
person who edits the folder is an office clerk with a text editor, not a programmer.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from mailbot.campaign.forms import NO_FORM, FormSpec
from mailbot.campaign.proving.contradictions import contradictions
from mailbot.campaign.proving.places import Sources
from mailbot.campaign.proving.refusals import explain
from mailbot.campaign.shipped import shipped_rules as shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.campaign.unconfirmed import unconfirmed
from mailbot.campaign.units import read_units
from mailbot.errors import SettingsError


def load_campaign(folder: Path, *, draft: bool = False) -> Campaign:
    """Read and prove a rules folder; raises SettingsError listing everything that is wrong.

    A line that still says 待确认 is wrong too, unless a draft is wanted.
    """
    if not (folder / "campaign.yaml").is_file():
        raise SettingsError(f"{folder}: no campaign.yaml in this folder", "rules")
    files = {path: path.read_bytes() for path in _rule_files(folder)}
    problems = [] if draft else _unconfirmed_lines(files)
    campaign_data, campaign_node = _read_yaml(folder / "campaign.yaml", files)
    forms = _read_forms(folder, campaign_data, files, problems)
    units = list(read_units(folder / "units.csv", _text(folder / "units.csv", files), problems))
    if not units and not draft and not any(str(folder / "units.csv") in one for one in problems):
        problems.append(
            f"{folder / 'units.csv'}:2: no unit is listed: write a row for every unit that may"
            " report, e.g. 东湖区,1,区,,,yes (--draft lets it pass while you work)"
        )
    templates = {path.name: _text(path, files) for path in files if path.parent.name == "templates"}
    campaign_data.setdefault("id", folder.name)
    if campaign_data.get("language") == "en":
        campaign_data.setdefault("text", {"minimum_words": 50})
    specs = {slot: form.spec for slot, form in forms.items() if form.spec is not None}
    try:
        campaign = Campaign.model_validate(
            campaign_data
            | {
                "form": specs.get("form") or NO_FORM,
                "forms": {slot: spec for slot, spec in specs.items() if slot != "form"},
                "units": [unit for _, unit in units],
                "templates": templates,
                "version": _version(files),
            }
        )
    except ValidationError as error:
        problems += explain(error, folder / "campaign.yaml", campaign_node)
        campaign = None
    if campaign is not None and len(specs) == len(forms):
        sources = Sources(
            folder,
            campaign_node,
            {slot: (form.path, form.node) for slot, form in forms.items()},
            [line for line, _ in units],
            campaign_data,
        )
        problems += contradictions(campaign, sources)
    if problems or campaign is None:
        raise SettingsError("\n".join(problems), "rules")
    return campaign


def _unconfirmed_lines(files: dict[Path, bytes]) -> list[str]:
    """What `rules draft` guessed and nobody has looked at; a template may use the word."""
    return [
        f"{path}:{number}: {line}"
        for path in files
        if path.parent.name != "templates"
        for number, line in unconfirmed(_text(path, files))
    ]


@dataclass(frozen=True, slots=True)
class _FormFile:
    path: Path
    node: yaml.Node
    spec: FormSpec | None  # None: what is wrong with it is among the problems


def _read_forms(
    folder: Path, campaign_data: dict[str, Any], files: dict[Path, bytes], problems: list[str]
) -> dict[str, _FormFile]:
    """The form files by slot: form.yaml of the slot `form`, and those that materials name.

    A folder whose materials hold no form needs no form.yaml; where there is one it is proved.
    """
    named: dict[str, str] = {}
    materials = campaign_data.get("materials")
    for material in materials if isinstance(materials, list) else ():
        if not isinstance(material, dict) or not isinstance(material.get("slot"), str):
            continue  # said by the types
        if material.get("kind", "form" if material["slot"] == "form" else "") == "form":
            standard = "form.yaml" if material["slot"] == "form" else f"{material['slot']}.yaml"
            named[material["slot"]] = str(material.get("form") or standard)
    if "form" not in named and (folder / "form.yaml") in files:
        named["form"] = "form.yaml"
    forms: dict[str, _FormFile] = {}
    for slot, name in named.items():
        path = folder / Path(name).name
        data, node = _read_yaml(path, files)
        spec: FormSpec | None = None
        try:
            spec = FormSpec.model_validate(data)
        except ValidationError as error:
            problems += explain(error, path, node)
        forms[slot] = _FormFile(path, node, spec)
    return forms


def _rule_files(folder: Path) -> Iterator[Path]:
    for pattern in ("*.yaml", "units.csv", "templates/*.j2"):
        yield from sorted(folder.glob(pattern))


def _version(files: dict[Path, bytes]) -> str:
    """The first 12 hex digits of a SHA-256 over names and contents: any edit is a new version."""
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()[:12]


def _text(path: Path, files: dict[Path, bytes]) -> str:
    try:
        return files[path].decode("utf-8-sig")
    except KeyError:
        raise SettingsError(f"{path}: the file is missing", "rules") from None
    except UnicodeDecodeError as error:
        if path.suffix == ".csv":  # as Excel and WPS save it in China
            try:
                return files[path].decode("gb18030")
            except UnicodeDecodeError:
                pass
        raise SettingsError(
            f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8", "rules"
        ) from None


# libyaml's parser is ten times as fast as the one in Python, which stands in where it is missing.
_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_SafeLoader):  # type: ignore[valid-type, misc]
    """YAML in which a key that stands twice is an error: PyYAML would keep the last silently."""


def _mapping_without_twins(loader: Any, node: yaml.MappingNode) -> Any:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key is one word", problem_mark=key.start_mark)
        if key.value in seen:
            raise yaml.MarkedYAMLError(
                problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark
            )
        seen.add(key.value)
    return loader.construct_mapping(node, deep=True)


def _scalar(loader: _StrictLoader, node: yaml.ScalarNode) -> Any:
    """A number or day as YAML has it; 2026-11-31 and a number without end are none."""
    construct = yaml.SafeLoader.yaml_constructors[node.tag]
    try:
        return construct(loader, node)
    except (ValueError, OverflowError):
        written = node.value if len(node.value) <= _LONGEST_TOLD else f"{node.value[:20]}…"
        what = "day" if node.tag.endswith("timestamp") else "number"
        raise yaml.MarkedYAMLError(
            problem=f"{written!r} is no {what}", problem_mark=node.start_mark
        ) from None


_LONGEST_TOLD = 60  # characters of what was written
for _tag in ("timestamp", "int", "float"):
    _StrictLoader.add_constructor(f"tag:yaml.org,2002:{_tag}", _scalar)
_StrictLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_twins
)


def _read_yaml(path: Path, files: dict[Path, bytes]) -> tuple[dict[str, Any], yaml.Node]:
    source = _text(path, files)
    try:
        loader = _StrictLoader(source)
        try:
            node = loader.get_single_node()
            data = loader.construct_document(node) if node is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        line, problem = _slip(source, line) or (line, error.problem)
        raise SettingsError(f"{path}:{line}: {problem}", "rules") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: {' '.join(str(error).split())[:300]}", "rules") from None
    except RecursionError:
        raise SettingsError(
            f"{path}: brackets within brackets, too deep to be read", "rules"
        ) from None
    if not isinstance(data, dict) or node is None:
        raise SettingsError(f"{path}: expected keys and values", "rules")
    return data, node


_WIDE_COLON = re.compile(r"^\s*(?:- )?\{?([A-Za-z_]\w*)：")
_UNCLOSED = re.compile(r"^[^#]*:\s*(['\"])(?:(?!\1).)*$")


def _slip(source: str, near: int) -> tuple[int, str] | None:
    """What a person without YAML got wrong at this line or just above it, where it is one of the
    usual slips: YAML's own words tell a programmer."""
    lines = source.split("\n")
    for number in range(min(near, len(lines)), max(0, near - 4), -1):
        line = lines[number - 1]
        if wide := _WIDE_COLON.match(line):
            return number, f"the colon behind {wide[1]} is a Chinese one; write `{wide[1]}: `"
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return number, "a tab at the beginning; write blanks"
        if _UNCLOSED.match(line):
            return number, "a quotation mark is opened here and not closed"
        key, _, value = line.partition(": ")
        if (
            number == near
            and re.search(r":\s", value)
            and not value.lstrip().startswith(("{", "[", '"', "'"))
        ):
            return number, f"the text behind {key.strip()} has a colon; put it in quotes"
    return None
