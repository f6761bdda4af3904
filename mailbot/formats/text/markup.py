"""A tokenizer of HTML that takes linear time whatever it is fed.

The stdlib's html.parser of Python 3.11 takes quadratic time on unclosed constructs (a megabyte
of `<!--x>` is minutes); mail bodies are the sender's choice, so this one is used instead. It
knows tags, attributes, text and nothing of the document's structure.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

# Any other "<" is text (HTML 13.2.5.6).
_OPENING = re.compile(r"<([a-zA-Z/!?])")
# `<!-->` and `<!--->` are whole, and `--!>` ends one, too (HTML 13.2.5.43 to 13.2.5.52).
_COMMENT_END = re.compile("--!?>")
_NAME = re.compile(r"(?s)^/*([^\s/>]*)(.*)$")
_QUOTE = re.compile(r"=\s*([\"'])")
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']*)))?")
_TOO_LONG = re.compile(r"&#[0-9]{4000,};?")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_RAW_TEXT = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("style", "script")}
_TAG_LIMIT = 65536


@dataclass(frozen=True, slots=True)
class Token:
    """A run of text (`tag` empty), a start tag, or an end tag (`tag` begins with "/"); the start
    tag of a style or script has what it holds in `text`."""

    text: str = ""
    tag: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def parse_markup(source: str) -> Iterator[Token]:
    """Text and tags in order; comments, declarations, styles and scripts are left out."""
    position, end = 0, len(source)
    while position < end:
        opening = _OPENING.search(source, position)
        if opening is None:
            break
        opened = opening.start()
        if opened > position:
            yield Token(text=_plain(source[position:opened]))
        if source.startswith("<!--", opened):
            ended = _COMMENT_END.search(source, opened + 2)
            position = end if ended is None else ended.end()
            continue
        closed = _tag_end(source, opened)
        if closed < 0:
            return
        position = closed + 1
        if opening[1] in "!?":
            continue
        token = _tag(source[opened + 1 : min(closed, opened + _TAG_LIMIT)])
        if token.tag in _RAW_TEXT:
            closing = _RAW_TEXT[token.tag].search(source, position)
            content = slice(position, closing.start() if closing else end)
            token, position = replace(token, text=source[content]), content.stop
        yield token
    if position < end:
        yield Token(text=_plain(source[position:]))


def _plain(text: str) -> str:
    """Text with its references resolved; one of more digits than Python reads (4,300) is beyond
    Unicode, so U+FFFD (HTML 13.2.5.80)."""
    return html.unescape(_TOO_LONG.sub("\ufffd", text))


def decode_references(value: str) -> str:
    """`&amp;` and the like in an attribute; `&copy=` in a URL stays (HTML 13.2.5.73)."""
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), value)


def _tag_end(source: str, opened: int) -> int:
    """Where the tag's ">" is: not the one inside a quoted attribute value."""
    position = opened + 1
    while True:
        closed = source.find(">", position)
        if closed < 0:
            return -1
        quote = _QUOTE.search(source, position, closed)
        if quote is None:
            return closed
        unquoted = source.find(quote[1], quote.end())
        if unquoted < 0 or unquoted - opened > _TAG_LIMIT:
            return closed
        position = unquoted + 1


def _tag(inner: str) -> Token:
    closing = inner.startswith("/")
    name, rest = _NAME.findall(inner)[0]
    attributes: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(rest):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        attributes.setdefault(match[1].lower(), decode_references(value))
    return Token(tag=("/" if closing else "") + name.lower(), attributes=attributes)
