"""Where what is wrong stands: file, line and key, for the clerk who must find it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean maximum?`, or "" where nothing is near."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def place(path: Path, root: yaml.Node, location: Sequence[str | int]) -> str:
    """`campaign.yaml:14: timezone`."""
    key = ".".join(str(part) for part in location)
    return f"{path}:{line_of(root, location)}: {key}"


def line_of(root: yaml.Node, location: Sequence[str | int]) -> int:
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


@dataclass(frozen=True, slots=True)
class Sources:
    """Where what was read stands, for the clerk who must find it: file, line, key."""

    folder: Path
    campaign: yaml.Node
    forms: Mapping[str, tuple[Path, yaml.Node]]  # by slot
    unit_lines: Sequence[int]
    written: Mapping[str, Any]  # campaign.yaml as it stands

    def rules_at(self, *location: str | int) -> str:
        """A place of campaign.yaml."""
        return place(self.folder / "campaign.yaml", self.campaign, location)

    def form_at(self, slot: str, *location: str | int) -> str:
        """A place of the slot's form file."""
        path, node = self.forms[slot]
        return place(path, node, location)

    def unit_at(self, number: int) -> str:
        """A line of units.csv."""
        return f"{self.folder / 'units.csv'}:{self.unit_lines[number]}"


def twins(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Every name that stood before, with the place where it stands again."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield number, name
        seen.add(name)
