"""As much of CSS 2.1 as decides whether text is seen: rules by tag, class, id and ancestors.

A library would parse all of it, at a cost that the sender chooses; this takes linear time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MAX_SHEET = 400_000
_MOST_RULES = 5_000
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_COMPOUND = re.compile(r"(?P<tag>[a-z][\w-]*|\*)?(?P<rest>(?:[.#][\w-]+)*)", re.IGNORECASE)
# Links, what the mouse is over, text that the sheet itself adds: no cell's own text.
_OF_A_MOMENT = re.compile(
    r":(?:link|visited|hover|active|focus|target|:?before|:?after|:?selection)\b", re.IGNORECASE
)
_DECLARED = re.compile(r"([\w-]+)\s*:\s*((?:[^;\"'(]|\([^)]*\)|\"[^\"]*\"|'[^']*')*)")
_READ = frozenset(
    "display visibility text-decoration text-decoration-line font-size color background "
    "background-color vertical-align opacity mso-hide mso-element height max-height width "
    "overflow text-indent left top position text-line-through transform scale zoom clip clip-path "
    "filter mask unicode-bidi letter-spacing content-visibility font".split()
)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\([^0-9a-fA-F\n])")

Declarations = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Node:
    """An element as selectors see it."""

    tag: str
    classes: frozenset[str]
    identity: str


@dataclass(frozen=True, slots=True)
class _Compound:
    tag: str
    classes: frozenset[str]
    identity: str

    def fits(self, node: Node) -> bool:
        return (
            self.tag in ("", "*", node.tag)
            and self.classes <= node.classes
            and self.identity in ("", node.identity)
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    compounds: tuple[_Compound, ...]  # ancestors first
    declarations: Declarations
    weight: tuple[int, int, int, int]  # ids, classes, tags, order


@dataclass(slots=True)
class Sheet:
    """The rules of a page's style sheets that say something of what is seen.

    `untold` has the declarations of rules whose selector is not understood here.
    """

    untold: list[Declarations] = field(default_factory=list)
    _rules: dict[str, list[_Rule]] = field(default_factory=dict)
    _count: int = 0

    def add(self, source: str) -> None:
        """Adds a style sheet's rules, in order."""
        for selectors, declarations, understood in _rules(_COMMENT.sub("", source[:MAX_SHEET])):
            for selector in selectors.split(",") if declarations else ():
                if _OF_A_MOMENT.search(selector):
                    continue
                compounds = _compounds(selector) if understood else None
                if compounds is None or self._count >= _MOST_RULES:
                    self.untold.append(declarations)
                    continue
                self._count += 1
                weight = (
                    sum(bool(each.identity) for each in compounds),
                    sum(len(each.classes) for each in compounds),
                    sum(each.tag not in ("", "*") for each in compounds),
                    self._count,
                )
                rule = _Rule(compounds, declarations, weight)
                last = compounds[-1]
                key = next((f".{name}" for name in sorted(last.classes)), last.tag or "*")
                self._rules.setdefault(f"#{last.identity}" if last.identity else key, []).append(
                    rule
                )

    def declared(self, ancestors: Sequence[Node], node: Node, inline: str) -> dict[str, str]:
        """What the sheets and its own style attribute declare for an element."""
        keys = ["*", node.tag, *(f".{name}" for name in node.classes), f"#{node.identity}"]
        met = [
            rule
            for key in keys
            for rule in self._rules.get(key, ())
            if rule.compounds[-1].fits(node) and _fit(rule.compounds[:-1], ancestors)
        ]
        met.sort(key=lambda rule: rule.weight)
        declared: dict[str, str] = {}
        pressing: dict[str, str] = {}
        for declarations in (*(rule.declarations for rule in met), parse_declarations(inline)):
            for name, value in declarations.items():
                plain = value.removesuffix("!important").strip()
                (pressing if plain != value else declared)[name] = plain
        return {**declared, **pressing}


def parse_declarations(source: str) -> dict[str, str]:
    """The declarations that matter here, in lower case."""
    found = {}
    source = source[:20_000]
    if "\\" in source:  # 4.1.3: a name may be written with the numbers of its letters
        source = _ESCAPE.sub(_unescaped, source)
    if "/*" in source:
        source = _COMMENT.sub("", source)
    for match in _DECLARED.finditer(source.lower()):
        if match[1] in _READ:
            found[match[1]] = " ".join(match[2].split()).replace("! important", "!important")
    return found


def _unescaped(escape: re.Match[str]) -> str:
    if not escape[1]:
        return escape[2]
    number = int(escape[1], 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _rules(source: str) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Selector, declarations, and whether the rule holds on every screen."""
    position, conditional = 0, 0
    while (opened := source.find("{", position)) >= 0:
        head = source[position:opened]
        conditional -= min(conditional, head.count("}"))
        selector = head.rpartition("}")[2].rpartition(";")[2].strip()
        if selector.lower().startswith("@media"):
            media = selector[6:].strip().lower()
            if media == "print":
                position = _end_of_block(source, opened)
                continue
            conditional += media not in ("screen", "all", "")
            position = opened + 1
            continue
        closed = source.find("}", opened)
        if closed < 0:
            return
        if not selector.startswith("@"):
            yield selector, parse_declarations(source[opened + 1 : closed]), not conditional
        position = closed + 1


def _end_of_block(source: str, opened: int) -> int:
    depth = 0
    for match in re.compile("[{}]").finditer(source, opened):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return len(source)


def _compounds(selector: str) -> tuple[_Compound, ...] | None:
    """The parts of `table .x td`; None for what is not understood (`>`, `:first-child`, `[x]`)."""
    found = []
    for part in selector.split()[:20]:
        match = _COMPOUND.fullmatch(part)
        if match is None:
            return None
        names = re.findall(r"([.#])([\w-]+)", match["rest"])
        classes = frozenset(name.lower() for sign, name in names if sign == ".")
        identity = next((name.lower() for sign, name in names if sign == "#"), "")
        found.append(_Compound((match["tag"] or "").lower(), classes, identity))
    return tuple(found) or None


def _fit(compounds: Sequence[_Compound], ancestors: Sequence[Node]) -> bool:
    """Whether the ancestors hold these, in order."""
    wanted = len(compounds) - 1
    for node in reversed(ancestors):
        if wanted < 0:
            break
        if compounds[wanted].fits(node):
            wanted -= 1
    return wanted < 0
