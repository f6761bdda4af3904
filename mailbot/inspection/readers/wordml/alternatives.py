"""What a document holds in several forms, and which of them Word shows.

Choices of markup (ISO/IEC 29500-3, 10.2), form fields, boxes that are switched off.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.wordml.harmless import OFF
from mailbot.inspection.readers.xmlparts import attribute, children, local

# What Word 2010 and later understand, by the prefixes that all programs write for it.
_UNDERSTOOD = frozenset(
    "wps wpg wpc wpi w14 w15 w16 w16se w16cid w16cex w16du wp14 wp15 a14 cx cx1 cx2 cx3 cx4 aink "
    "am3d v ve o wne".split()
)


def choose(alternate: Element) -> bool:
    """Leaves of an AlternateContent what Word shows (ISO/IEC 29500-3, 10.2): the first choice of
    which it understands all it requires, else the fallback. Whether another program would show
    another text, since it understands less."""
    choices = list(children(alternate, "Choice"))
    fallbacks = list(children(alternate, "Fallback"))
    shown = [each for each in choices if set(attribute(each, "Requires").split()) <= _UNDERSTOOD][
        :1
    ] or fallbacks[:1]
    said = {"".join(text.text or "" for text in each.iter() if local(text) == "t")
            for each in (*choices, *fallbacks)}  # fmt: skip
    for each in shown:
        each.tag = each.tag.replace("}Fallback", "}Choice")
    alternate[:] = shown
    return len(said) > 1


def field_value(field_begin: Element) -> Iterator[Element]:
    """What a form field shows that keeps its value in its settings: a choice, a ticked box."""
    for kind in field_begin.iter():
        values = {local(child): attribute(child, "val") for child in kind}
        text = ""
        if local(kind) == "ddList":
            entries = [attribute(child, "val") for child in children(kind, "listEntry")]
            at = values.get("result", values.get("default", "0"))
            text = entries[int(at)] if at.isdecimal() and int(at) < len(entries) else ""
        elif local(kind) == "checkBox":
            ticked = values.get("checked", values.get("default", "0"))
            text = "☐" if ticked in OFF else "☑"
        if text:
            shown = Element("t")
            shown.text = text
            yield shown


def is_hidden_box(element: Element) -> bool:
    """A drawing or text box that is switched off in the selection pane."""
    for child in element.iter():
        name = local(child)
        if name == "docPr" and attribute(child, "hidden") in ("1", "true", "on"):
            return True
        if name in ("shape", "rect") and "visibility:hidden" in attribute(child, "style").replace(
            " ", ""
        ):
            return True
    return False
