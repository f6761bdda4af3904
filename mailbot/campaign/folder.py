"""Reading a rules folder: campaign.yaml, form.yaml, units.csv and templates/ into a Campaign.

Whatever is wrong is told in one SettingsError whose text names file, key and line, because the
person who edits the folder is an office clerk with a text editor, not a programmer.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from mailbot.campaign.types import (
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
                "units": [unit for _, unit in units],
                "templates": templates,
                "version": _version(files),
            }
        )
    except ValidationError as error:
        problems += _explain(error, folder / "campaign.yaml", campaign_node)
        campaign = None
    if campaign is not None and form is not None:
        sources = _Sources(folder, campaign_node, form_node, [line for line, _ in units])
        problems += _contradictions(campaign, sources)
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
    return [f"{_place(path, root, problem['loc'])}: {problem['msg']}" for problem in error.errors()]


def _place(path: Path, root: yaml.Node, location: Sequence[str | int]) -> str:
    """`campaign.yaml:14: timezone`."""
    key = ".".join(str(part) for part in location)
    return f"{path}:{_line_of(root, location)}: {key}"


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
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each unit with its line; what is wrong with a row is added to the problems."""
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
        unit = {
            "unit": name,
            "code": row["code"].strip(),
            "group": row["group"].strip(),
            "aliases": _parts(row["aliases"]),
            "addresses": addresses,
            "expected": bool(expected),
        }
        yield rows.line_num, unit


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;；、|]", cell) if part.strip())


def _twins(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Every name that stood before, with the place where it stands again."""
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield place, name
        seen.add(name)


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where what was read stands, for the clerk who must find it: file, line, key."""

    folder: Path
    campaign: yaml.Node
    form: yaml.Node
    unit_lines: Sequence[int]

    def rules_at(self, *location: str | int) -> str:
        return _place(self.folder / "campaign.yaml", self.campaign, location)

    def form_at(self, *location: str | int) -> str:
        return _place(self.folder / "form.yaml", self.form, location)

    def unit_at(self, place: int) -> str:
        return f"{self.folder / 'units.csv'}:{self.unit_lines[place]}"


def _contradictions(campaign: Campaign, sources: _Sources) -> Iterator[str]:
    """What every file allows and the folder as a whole does not."""
    at = sources.rules_at
    if campaign.deadline.tzinfo is None:
        yield f"{at('deadline')}: needs a time zone, e.g. 2017-07-05T23:59:59+08:00"
    elif campaign.opening > campaign.deadline.date():
        yield f"{at('opening')}: is after the deadline"
    try:
        campaign.zone  # noqa: B018 - reading it proves the name
    except (KeyError, ValueError, OSError):
        yield f"{at('timezone')}: {campaign.timezone!r} is not known"
    if not _ADDRESS.fullmatch(campaign.mailbox):
        yield f"{at('mailbox')}: {campaign.mailbox!r} is no address"
    slots = [material.slot for material in campaign.materials]
    for place, slot in _twins(slots):
        yield f"{at('materials', place, 'slot')}: the slot {slot} stands twice"
    if not campaign.materials:
        yield f"{at('materials')}: at least one is needed"
    yield from _form_contradictions(campaign, sources)
    yield from _unit_contradictions(campaign, sources)


def _form_contradictions(campaign: Campaign, sources: _Sources) -> Iterator[str]:
    at = sources.form_at
    form, rules = campaign.form, len(campaign.rules)
    codes = [rule.code for rule in campaign.rules] + [check.code for check in form.checks]
    for place, code in _twins(codes):
        where = (
            sources.rules_at("rules", place, "code")
            if place < rules
            else at("checks", place - rules, "code")
        )
        yield f"{where}: the code {code} stands twice"
    keys = [field.key for field in form.fields]
    for place, key in _twins(keys):
        yield f"{at('fields', place, 'key')}: the key {key} stands twice"
    for place, field in enumerate(form.fields):
        for label in field.path:
            if label not in form.labels:
                where = at("fields", place, "path")
                yield f"{where}: {field.key}: the label {label!r} is not under labels"
    for place, check in enumerate(form.checks):
        used: tuple[tuple[str, str], ...] = ()
        if isinstance(check, SumCheck):
            used = (("total", check.total), *(("parts", part) for part in check.parts))
        elif isinstance(check, ZeroCheck):
            used = (("field", check.field), ("other", check.other))
        elif isinstance(check, RatioCheck):
            used = (("field", check.field), ("per", check.per))
        elif isinstance(check, AtLeastCheck | DateCheck):
            used = (("field", check.field),)
        for name, key in used:
            if key not in keys:
                where = at("checks", place, name)
                yield f"{where}: {check.code}: no field has the key {key}"


def _unit_contradictions(campaign: Campaign, sources: _Sources) -> Iterator[str]:
    units = list(enumerate(campaign.units))
    for place, name in _twins([unit.unit for _, unit in units]):
        yield f"{sources.unit_at(place)}: unit: {name} stands twice"
    written = [
        (at, alias) for at, unit in units for alias in dict.fromkeys((unit.unit, *unit.aliases))
    ]
    for place, alias in _twins([alias for _, alias in written]):
        yield f"{sources.unit_at(written[place][0])}: aliases: two units are written {alias}"
    from_here = [(at, address) for at, unit in units for address in unit.addresses]
    for place, address in _twins([address for _, address in from_here]):
        yield f"{sources.unit_at(from_here[place][0])}: addresses: two units have {address}"


def shipped_rules() -> Path:
    """The rules folder of the shipped campaign: of the installed package, or of the checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "shipped_rules"
    return (installed if installed.is_dir() else package.parent / "rules") / "zhengzhou-2017"
