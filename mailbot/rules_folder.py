"""Reading a rules folder: campaign.yaml, form.yaml, units.csv and templates/ into a Campaign.

Whatever is wrong is told in one SettingsError whose text names file, key and line, because the
person who edits the folder is an office clerk with a text editor, not a programmer.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from mailbot.campaign import (
    AtLeastCheck,
    Campaign,
    DateCheck,
    FormSpec,
    RatioCheck,
    SumCheck,
    ZeroCheck,
)
from mailbot.errors import SettingsError

_UNIT_COLUMNS = ("unit", "code", "group", "aliases", "addresses", "expected")
_YES_NO = {"yes": True, "no": False, "是": True, "否": False}
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


def load_campaign(folder: Path) -> Campaign:
    """Read and prove a rules folder; raises SettingsError listing everything that is wrong."""
    if not (folder / "campaign.yaml").is_file():
        raise SettingsError(f"{folder}: no campaign.yaml in this folder", "rules")
    files = {path: path.read_bytes() for path in _rule_files(folder)}
    problems: list[str] = []
    campaign_data, campaign_node = _read_yaml(folder / "campaign.yaml", files)
    form_data, form_node = _read_yaml(folder / "form.yaml", files)
    units = list(_read_units(folder / "units.csv", files, problems))
    templates = {path.name: _text(path, files) for path in files if path.parent.name == "templates"}
    campaign_data.setdefault("id", folder.name)
    try:
        form = FormSpec.model_validate(form_data)
    except ValidationError as error:
        problems += _explain(error, folder / "form.yaml", form_node)
        form = None
    try:
        campaign = Campaign.model_validate(
            campaign_data
            | {
                "form": form or _EMPTY_FORM,
                "units": units,
                "templates": templates,
                "version": _version(files),
            }
        )
    except ValidationError as error:
        problems += _explain(error, folder / "campaign.yaml", campaign_node)
        campaign = None
    if campaign is not None and form is not None:
        problems += _contradictions(campaign, folder)
    if problems or campaign is None:
        raise SettingsError("\n".join(problems), "rules")
    return campaign


_EMPTY_FORM = FormSpec(title="-", recognised_by=(), labels={}, fields=())


def _rule_files(folder: Path) -> Iterator[Path]:
    for pattern in ("campaign.yaml", "form.yaml", "units.csv", "templates/*.j2"):
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
        raise SettingsError(
            f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8", "rules"
        ) from None


class _StrictLoader(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error: PyYAML would keep the last silently."""


def _mapping_without_twins(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.MarkedYAMLError(
                problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark
            )
        seen.add(key.value)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_twins
)


def _read_yaml(path: Path, files: dict[Path, bytes]) -> tuple[dict[str, Any], yaml.Node]:
    source = _text(path, files)
    try:
        node = yaml.compose(source, Loader=_StrictLoader)
        data = yaml.load(source, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader subclass
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise SettingsError(f"{path}:{line}: {error.problem}", "rules") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: {error}", "rules") from None
    if not isinstance(data, dict) or node is None:
        raise SettingsError(f"{path}: expected keys and values", "rules")
    return data, node


def _explain(error: ValidationError, path: Path, root: yaml.Node) -> list[str]:
    return [
        f"{path}:{_line_of(root, problem['loc'])}: "
        f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
        for problem in error.errors()
    ]


def _line_of(root: yaml.Node, location: Sequence[str | int]) -> int:
    """The line of the deepest node that the error's location leads to.

    Steps that name no node are passed over: pydantic puts a union's tag into the location.
    """
    node = root
    line = node.start_mark.line
    for step in location:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    node, line = value, key.start_mark.line
                    break
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
        ):
            node = node.value[step]
            line = node.start_mark.line
    return line + 1


def _read_units(
    path: Path, files: dict[Path, bytes], problems: list[str]
) -> Iterator[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(_text(path, files)))
    missing = [name for name in _UNIT_COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        problems.append(f"{path}:1: no column {', '.join(missing)}")
        return
    for row in rows:
        name = (row["unit"] or "").strip()
        expected = _YES_NO.get((row["expected"] or "").strip().lower())
        if None in row or any(row[column] is None for column in _UNIT_COLUMNS):
            problems.append(f"{path}:{rows.line_num}: not {len(_UNIT_COLUMNS)} columns")
            continue
        if not name:
            problems.append(f"{path}:{rows.line_num}: unit: empty")
        if expected is None:
            problems.append(f"{path}:{rows.line_num}: expected: yes or no, not {row['expected']!r}")
        addresses = tuple(part.lower() for part in _parts(row["addresses"]))
        problems += [
            f"{path}:{rows.line_num}: addresses: {address!r} is no address"
            for address in addresses
            if not _ADDRESS.fullmatch(address)
        ]
        yield {
            "unit": name,
            "code": row["code"].strip(),
            "group": row["group"].strip(),
            "aliases": _parts(row["aliases"]),
            "addresses": addresses,
            "expected": bool(expected),
        }


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;；、|]", cell) if part.strip())


def _twins(names: Sequence[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _contradictions(campaign: Campaign, folder: Path) -> Iterator[str]:
    """What every file allows and the folder as a whole does not."""
    rules, form, units = (folder / name for name in ("campaign.yaml", "form.yaml", "units.csv"))
    if campaign.deadline.tzinfo is None:
        yield f"{rules}: deadline: needs a time zone, e.g. 2017-07-05T23:59:59+08:00"
    elif campaign.opening > campaign.deadline.date():
        yield f"{rules}: opening: is after the deadline"
    try:
        campaign.zone  # noqa: B018 - reading it proves the name
    except (KeyError, ValueError, OSError):
        yield f"{rules}: timezone: {campaign.timezone!r} is not known"
    if not _ADDRESS.fullmatch(campaign.mailbox):
        yield f"{rules}: mailbox: {campaign.mailbox!r} is no address"
    codes = [rule.code for rule in campaign.rules] + [check.code for check in campaign.form.checks]
    yield from (f"{rules}: rules: the code {code} stands twice" for code in _twins(codes))
    slots = [material.slot for material in campaign.materials]
    yield from (f"{rules}: materials: the slot {slot} stands twice" for slot in _twins(slots))
    if not campaign.materials:
        yield f"{rules}: materials: at least one is needed"
    keys = [field.key for field in campaign.form.fields]
    yield from (f"{form}: fields: the key {key} stands twice" for key in _twins(keys))
    for field in campaign.form.fields:
        for label in field.path:
            if label not in campaign.form.labels:
                yield f"{form}: fields: {field.key}: the label {label!r} is not under labels"
    for check in campaign.form.checks:
        used: tuple[str, ...] = ()
        if isinstance(check, SumCheck):
            used = (check.total, *check.parts)
        elif isinstance(check, ZeroCheck):
            used = (check.field, check.other)
        elif isinstance(check, RatioCheck):
            used = (check.field, check.per)
        elif isinstance(check, AtLeastCheck | DateCheck):
            used = (check.field,)
        yield from (
            f"{form}: checks: {check.code}: no field has the key {key}"
            for key in used
            if key not in keys
        )
    names = [unit.unit for unit in campaign.units]
    aliases = [alias for unit in campaign.units for alias in {unit.unit, *unit.aliases}]
    addresses = [address for unit in campaign.units for address in unit.addresses]
    yield from (f"{units}: the unit {name} stands twice" for name in _twins(names))
    yield from (f"{units}: two units are written {alias}" for alias in _twins(aliases))
    yield from (f"{units}: two units have the address {one}" for one in _twins(addresses))
