"""The open elements of a page, and the look of the innermost."""

from collections.abc import Mapping
from dataclasses import replace

from mailbot.inspection.readers.html.look import Look, either, look_of
from mailbot.inspection.readers.html.stylesheet import Node, Sheet

# Elements that end nothing and hold nothing, and those whose text is never shown.
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_DEEPEST = 500
# An end tag that may be left out: the elements that a new one of this name ends.
_ENDED_BY = {
    "tr": {"tr", "td", "th"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "tbody": {"tr", "td", "th", "tbody", "thead", "tfoot"},
    "tfoot": {"tr", "td", "th", "tbody", "thead"},
    "li": {"li"},
    "p": {"p"},
    "option": {"option"},
}


class Elements:
    """The open elements of a page, and the look of the innermost."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._nodes: list[Node] = []
        self._looks: list[Look] = [Look()]
        self._planes = 0

    @property
    def look(self) -> Look:
        """Of the innermost open element."""
        return self._looks[-1]

    def open(self, tag: str, attributes: Mapping[str, str]) -> Look:
        """Opens an element and tells its look; a void one is closed at once."""
        if tag in _ENDED_BY:
            self._end_implied(_ENDED_BY[tag])
        node = Node(
            tag,
            frozenset(attributes.get("class", "").lower().split()),
            attributes.get("id", "").lower(),
        )
        declared, perhaps = self._sheet.declared(self._nodes, node, attributes.get("style", ""))
        look = look_of(tag, attributes, declared, self.look, self._sheet.fonts)
        if perhaps is not None and perhaps != declared:
            look = either(look, look_of(tag, attributes, perhaps, self.look, self._sheet.fonts))
        if look.is_moved:
            self._planes += 1
            look = replace(look, plane=self._planes)
        if tag not in VOID and len(self._nodes) < _DEEPEST:
            self._nodes.append(node)
            self._looks.append(look)
        return look

    def close(self, tag: str) -> Look:
        """Closes the innermost element of this name and what is open in it; tells its look."""
        for index in range(len(self._nodes) - 1, -1, -1):
            if self._nodes[index].tag == tag:
                look = self._looks[index + 1]
                del self._nodes[index:], self._looks[index + 1 :]
                return look
            if self._nodes[index].tag == "table":
                break
        return self.look

    def _end_implied(self, ended: set[str]) -> None:
        for index in range(len(self._nodes) - 1, max(-1, len(self._nodes) - 20), -1):
            if self._nodes[index].tag in ended:
                del self._nodes[index:], self._looks[index + 1 :]
            elif self._nodes[index].tag in ("table", "select", "ul", "ol", "div"):
                return
