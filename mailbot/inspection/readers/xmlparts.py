"""XML of office files: made UTF-8, parsed without document types, asked by local names."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mailbot.inspection.readers.content import Unreadable

# The prefix of the hidden names on our own blank form: `mb.overall.drills`.
FIELD_PREFIX = "mb."

# A tree takes about ten times the octets; no form or plan has an XML part of this size.
MAX_TREE = 32 * 1024 * 1024

# Where octets are UTF-8, a document type is `<!DOCTYPE` octet for octet (XML 1.0, 2.8), and without
# one no entity can be declared. A file that names no encoding is UTF-8 or UTF-16, and of UTF-16
# every `<` has a zero octet.
_IN_UTF8 = re.compile(
    rb"(?:\xef\xbb\xbf)?(?!\xef\xbb\xbf|\s*<\?xml)"
    rb"|(?:\xef\xbb\xbf)?<\?xml\s+version=(?:\"1\.0\"|'1\.0')"
    rb"(?:\s+encoding=(?:\"utf-8\"|'utf-8'))?(?:\s+standalone=(?:\"(?:yes|no)\"|'(?:yes|no)'))?\s*\?>",
    re.IGNORECASE,
)
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DECLARED = re.compile(r"\A(<\?xml[^>]*?)\s+encoding=([\"'])[^\"']*\2")


def parse_xml(data: bytes) -> Element | None:
    """The root, or None where the XML is not well formed. `Unreadable`: DTD, or too large.

    defusedxml calls Python for every element. What surely has no document type, which is nearly
    all, needs no such guard and is parsed in C, in a third of the time.
    """
    if len(data) > MAX_TREE:
        raise Unreadable("limit", f"XML of {len(data)} bytes")
    try:
        if has_no_document_type(data):
            return ElementTree.fromstring(data)  # noqa: S314 - nothing is declared in it
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable("bomb", "document type declaration") from error
    except (ParseError, ValueError, LookupError):
        return None


def has_no_document_type(data: bytes) -> bool:
    """Whether it surely has none, in whatever encoding a parser might take it for."""
    return _IN_UTF8.match(data) is not None and b"\0" not in data and b"<!DOCTYPE" not in data


def as_utf8(data: bytes) -> bytes:
    """UTF-16 parts are legal (OPC, ISO/IEC 29500-2, 9.1.2); text searches expect UTF-8."""
    encoding = _UTF16.get(data[:2])
    if encoding is None:
        return data
    return _DECLARED.sub(r"\1", data[2:].decode(encoding, "replace")).encode()


def local(element: Element) -> str:
    """The tag without its namespace: strict and transitional OOXML differ in nothing else here."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """An attribute's value whatever its namespace, "" if absent."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""


def children(element: Element, name: str) -> Iterator[Element]:
    """The element's own children of this name, whatever their namespace."""
    return (child for child in element if local(child) == name)
