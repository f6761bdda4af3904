"""What control words of RTF change for the text behind them."""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class State:
    """What holds in a group from here on."""

    hidden: bool = False
    web_hidden: bool = False
    deleted: bool = False
    moved: bool = False
    struck: bool = False
    struck_twice: bool = False
    raised: bool = False
    size: int = 24
    wide_size: int = 0  # of two-octet characters, where it is another (LibreOffice: \\dbch\\afs)
    is_wide: bool = False
    ink: int = 0
    paper: int = 0  # of the character
    of_paragraph: int = 0
    fallback: int = 1  # how many characters stand behind \u for those who do not know it
    is_text: bool = True
    font: int = 0
    in_box: bool = False
    untold: bool = False  # something is done to it that is not known to be harmless


def _flag(name: str) -> Callable[[State, int | None], State]:
    return lambda state, number: replace(state, **{name: number != 0})


def _value(name: str, otherwise: int) -> Callable[[State, int | None], State]:
    def changed(state: State, number: int | None) -> State:
        return replace(state, **{name: otherwise if number is None else number})  # type: ignore[arg-type]

    return changed


def _moved_up(state: State, number: int | None) -> State:
    return replace(state, raised=(6 if number is None else number) >= 5)


CHANGES: dict[str, Callable[[State, int | None], State]] = {
    "v": _flag("hidden"),
    "webhidden": _flag("web_hidden"),
    "deleted": _flag("deleted"),
    "mvf": _flag("moved"),
    "strike": _flag("struck"),
    "striked": _flag("struck_twice"),
    "super": _flag("raised"),
    "sub": _flag("raised"),
    "nosupersub": lambda state, _number: replace(state, raised=False),
    "up": _moved_up,
    "dn": _moved_up,
    "fs": _value("size", 24),
    "f": _value("font", 0),
    "afs": lambda state, number: replace(state, wide_size=number or 0) if state.is_wide else state,
    "dbch": lambda state, _number: replace(state, is_wide=True),
    "loch": lambda state, _number: replace(state, is_wide=False),
    "hich": lambda state, _number: replace(state, is_wide=False),
    "cf": _value("ink", 0),
    "cb": _value("paper", 0),
    "chcbpat": _value("paper", 0),
    "highlight": _value("paper", 0),
    "cbpat": _value("of_paragraph", 0),
    # Entries of an index or a table of contents stand where they are marked and are not shown.
    **dict.fromkeys(
        ("xe", "tc", "tcn", "rxe", "txe"), lambda state, _: replace(state, hidden=True)
    ),
    "nonesttables": _flag("hidden"),  # once more, for those who know no tables in tables
    "upr": _flag("web_hidden"),  # the same twice, for who knows \\ud and for who does not
    "shprslt": _flag("hidden"),  # a text box once more, for those who do not know \shpinst
    "uc": _value("fallback", 1),
    "pard": lambda state, _number: replace(state, of_paragraph=0),
    "plain": lambda state, _number: State(
        fallback=state.fallback, is_text=state.is_text, of_paragraph=state.of_paragraph
    ),
}
