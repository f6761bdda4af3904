"""As much of CSS 2.1 as decides whether text is seen: rules by tag, class, id and ancestors.

A library would parse all of it, at a cost that the sender chooses; this takes linear time.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mailbot.inspection.readers.html.harmless import is_idle

MAX_SHEET = 400_000
_MOST_RULES = 5_000
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_COMPOUND = re.compile(r"(?P<tag>[a-z][\w-]*|\*)?(?P<rest>(?:[.#][\w-]+)*)", re.IGNORECASE)
# What the mouse is over, what is marked or was visited: gone when a person only looks.
_OF_A_MOMENT = re.compile(
    r"(?<!\\):(?:visited|hover|active|focus|focus-within|focus-visible|target|:?selection|"
    r":-(?:webkit|moz|ms)-[\w-]+)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"::?(?:before|after)\Z", re.IGNORECASE)
_SIMPLE = re.compile(r"[.#][\w-]+")
_OF_MORE = re.compile(r"\[[^\]]*\]|::?[\w-]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?")
_STRING = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_DECLARED = re.compile(r"([\w-]+)\s*:\s*((?:[^;\"'(]|\([^)]*\)|\"[^\"]*\"|'[^']*')*)")
_HOLDING = ("@media", "@supports", "@layer", "@container", "@scope", "@starting-style",
            "@keyframes", "@-webkit-keyframes", "@-moz-keyframes", "@document")  # fmt: skip
# A sheet that lies at another place; one beside the page was not sent, so nobody is shown it.
_IMPORTED = re.compile(r"@import\s+(?:url\(\s*)?[\"']?\s*(?:https?:|//|data:)", re.IGNORECASE)
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
    is_certain: bool  # the selector is understood whole, and the rule holds on every screen
    weight: tuple[int, int, int, int]  # ids, classes, tags, order


@dataclass(slots=True)
class Sheet:
    """The rules of a page's style sheets that say something of what is seen.

    `is_untold`: some of what they say could not be seen: another place's sheet, too many rules.
    `fonts`: the families whose letters the page brings itself, in lower case.
    """

    is_untold: bool = False
    fonts: set[str] = field(default_factory=set)
    _rules: dict[str, list[_Rule]] = field(default_factory=dict)
    _count: int = 0

    def add(self, source: str) -> None:
        """Adds a style sheet's rules, in order."""
        source = _COMMENT.sub("", source)
        self.is_untold |= len(source) > MAX_SHEET or bool(_IMPORTED.search(source))
        for selectors, declarations, is_certain in _rules(source[:MAX_SHEET]):
            if selectors.startswith("@"):
                if "src" in declarations:
                    self.fonts.add(declarations.get("font-family", "").strip("\"' "))
                continue
            for selector in _parted(selectors) if declarations else ():
                self._add(selector.strip(), declarations, is_certain)

    def _add(self, selector: str, declarations: Declarations, is_certain: bool) -> None:
        if "(" not in selector and _OF_A_MOMENT.search(selector):
            return
        if _BESIDE.search(selector):
            added = declarations.get("content", "")
            if not _adds(added, declarations):
                return
            selector, declarations = _BESIDE.sub("", selector), {"content": added}
        compounds, understood = _compounds(selector)
        if not compounds or self._count >= _MOST_RULES:
            self.is_untold |= self._count >= _MOST_RULES
            return
        self._count += 1
        weight = (
            sum(bool(each.identity) for each in compounds),
            sum(len(each.classes) for each in compounds),
            sum(each.tag not in ("", "*") for each in compounds),
            self._count,
        )
        rule = _Rule(compounds, declarations, is_certain and understood, weight)
        last = compounds[-1]
        key = next((f".{name}" for name in sorted(last.classes)), last.tag or "*")
        self._rules.setdefault(f"#{last.identity}" if last.identity else key, []).append(rule)

    def declared(
        self, ancestors: Sequence[Node], node: Node, inline: str
    ) -> tuple[dict[str, str], dict[str, str] | None]:
        """What the sheets and its own style attribute declare for an element; the same with what
        they may declare, too, where some rule is not certain to be for it."""
        keys = ["*", node.tag, *(f".{name}" for name in node.classes), f"#{node.identity}"]
        met = [
            rule
            for key in keys
            for rule in self._rules.get(key, ())
            if rule.compounds[-1].fits(node) and _fit(rule.compounds[:-1], ancestors)
        ]
        met.sort(key=lambda rule: rule.weight)
        own = parse_declarations(inline)
        certain = _merged([*(rule.declarations for rule in met if rule.is_certain), own])
        if all(rule.is_certain for rule in met):
            return certain, None
        return certain, _merged([*(rule.declarations for rule in met), own])


def _merged(declarations: Iterable[Declarations]) -> dict[str, str]:
    declared: dict[str, str] = {}
    pressing: dict[str, str] = {}
    for each in declarations:
        for name, value in each.items():
            plain = value.removesuffix("!important").strip()
            (pressing if plain != value else declared)[name] = plain
    return {**declared, **pressing}


@lru_cache(maxsize=256)  # a sheet's cells have few styles
def parse_declarations(source: str) -> Declarations:
    """The declarations that may do something to a text, in lower case."""
    found = {}
    source = source[:20_000]
    if "\\" in source:  # 4.1.3: a name may be written with the numbers of its letters
        source = _ESCAPE.sub(_unescaped, source)
    if "/*" in source:
        source = _COMMENT.sub("", source)
    for match in _DECLARED.finditer(source.lower()):
        if not is_idle(match[1]):
            found[match[1]] = " ".join(match[2].split()).replace("! important", "!important")
    return found


def _unescaped(escape: re.Match[str]) -> str:
    if not escape[1]:
        return escape[2]
    number = int(escape[1], 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _rules(source: str) -> Iterator[tuple[str, Declarations, bool]]:
    """Selector, declarations, and whether the rule holds on every screen."""
    position, conditional = 0, 0
    while (opened := source.find("{", position)) >= 0:
        head = source[position:opened]
        conditional -= min(conditional, head.count("}"))
        selector = head.rpartition("}")[2].rpartition(";")[2].strip()
        lowered = selector.lower()
        if lowered.startswith(_HOLDING):
            if lowered.partition("@media")[2].strip() == "print" or "keyframes" in lowered:
                position = _end_of_block(source, opened)
                continue
            always = lowered.startswith("@media") and lowered[6:].strip() in ("screen", "all", "")
            conditional += 0 if always else 1
            position = opened + 1
            continue
        closed = source.find("}", opened)
        if closed < 0:
            closed = len(source)
        if lowered.startswith(("@font-face", "@")):
            if lowered.startswith("@font-face"):
                yield "@font-face", parse_declarations(source[opened + 1 : closed]), True
            position = closed + 1
            continue
        inner = source.find("{", opened + 1, closed)
        if inner >= 0:  # rules within a rule: for something within what it is for
            yield f"{selector} *", parse_declarations(source[inner + 1 : closed]), False
            closed = source.rfind(";", opened, inner)
            closed = closed if closed > opened else opened
        yield selector, parse_declarations(source[opened + 1 : closed]), not conditional
        position = source.find("}", closed) + 1 or len(source)


def _end_of_block(source: str, opened: int) -> int:
    depth = 0
    for match in re.compile("[{}]").finditer(source, opened):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return len(source)


def _parted(selectors: str) -> Iterator[str]:
    """Selectors at the commas that stand in no brackets."""
    depth = start = 0
    for match in re.compile(r"[(),\[\]]").finditer(selectors):
        if match[0] in "([":
            depth += 1
        elif match[0] in ")]":
            depth -= 1
        elif depth <= 0:
            yield selectors[start : match.start()]
            start = match.end()
    yield selectors[start:]


def _adds(content: str, declared: Declarations) -> bool:
    """Whether what a sheet sets before or behind an element's text is seen as text (12.2)."""
    content = content.removesuffix("!important").strip()
    if content in ("", "none", "normal", "inherit", "initial", "unset"):
        return False
    if declared.get("display") == "none" or declared.get("visibility") == "hidden":
        return False
    if _STRING.sub("", content).strip():
        return True
    added = "".join(match[1] or match[2] or "" for match in _STRING.finditer(content))
    return any(not sign.isspace() and unicodedata.category(sign) != "Co" for sign in added)


def _compounds(selector: str) -> tuple[tuple[_Compound, ...], bool]:
    """The parts of `table .x td`, and whether they are all the selector says.

    What is not worked out (`:first-child`, `[x]`) is left out of them and `a > b`, `a + b` are
    taken for `a b` and `b`: they are for no fewer elements then.
    """
    plain = _OF_MORE.sub("", selector)
    spread = re.sub(r"\s*([>+~|])\s*", r" \1 ", plain)
    found: list[_Compound] = []
    understood = plain == selector and not re.search(r"[>+~|]", plain)
    for part in spread.split()[:40]:
        if part in "+~|":
            found = found[:-1]
        elif part != ">":
            match = _COMPOUND.fullmatch(part)
            understood &= match is not None
            found.append(_compound(match))
    if not found and selector:
        found, understood = [_compound(None)], False
    return tuple(found), understood


def _compound(match: re.Match[str] | None) -> _Compound:
    if match is None:
        return _Compound("*", frozenset(), "")
    names = [name.lower() for name in _SIMPLE.findall(match["rest"])]
    classes = frozenset(name[1:] for name in names if name[0] == ".")
    identity = next((name[1:] for name in names if name[0] == "#"), "")
    return _Compound((match["tag"] or "").lower(), classes, identity)


def _fit(compounds: Sequence[_Compound], ancestors: Sequence[Node]) -> bool:
    """Whether the ancestors hold these, in order."""
    wanted = len(compounds) - 1
    for node in reversed(ancestors):
        if wanted < 0:
            break
        if compounds[wanted].fits(node):
            wanted -= 1
    return wanted < 0
