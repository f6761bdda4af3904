"""What an office package says of itself: title, author, program, pages, embedded files."""

from mailbot.inspection.readers.content import Draft
from mailbot.inspection.readers.xmlparts import local
from mailbot.inspection.readers.zipguard import Package

_PARTS = ("docProps/core.xml", "docProps/app.xml", "meta.xml")
_FACT_TAGS = {
    "title": "title",
    "creator": "author",
    "initial-creator": "author",
    "lastModifiedBy": "last_modified_by",
    "Application": "program",
    "generator": "program",
    "Pages": "pages",
    "Slides": "slides",
}


def add_facts(package: Package, draft: Draft) -> None:
    """Adds those that are stated; numbers as int, texts cut at 200 characters."""
    for name in _PARTS:
        root = package.tree(name)
        for element in root.iter() if root is not None else ():
            fact, value = _FACT_TAGS.get(local(element), ""), (element.text or "").strip()
            if fact and value and fact not in draft.facts:
                draft.facts[fact] = int(value) if value.isdecimal() else value[:200]
    embedded = package.names(r"(word|ppt|xl)/embeddings/.+")
    if embedded:
        draft.facts["embedded_files"] = [name.rpartition("/")[2] for name in embedded[:50]]
