"""The notice's own words: what a rules folder says it quotes."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from mailbot.campaign.proving.places import Sources
from mailbot.campaign.types import Campaign


def misquoted(campaign: Campaign, sources: Sources) -> Iterator[str]:
    """Every sentence that is said to be the notice's stands in notice.txt, where there is one.

    A rule that is copied from another folder brings the sentence of another notice with it.
    """
    for where, quoting in _quoting(campaign, sources):
        if quoting.basis != "office" and not quoting.source:
            yield (
                f"{where}: the sentence it comes from is wanted; or `basis: office` where it is the"
                " office's own"
            )
    path = sources.folder / "notice.txt"
    if not path.is_file():
        return
    notice = _squeezed(path.read_text(encoding="utf-8-sig", errors="replace"))
    told: set[str] = set()
    for where, quoting in _quoting(campaign, sources):
        source = quoting.source
        if quoting.basis != "notice" or not source or source in told:
            continue
        # … stands for what was left out; a full stop at the end may be the quoter's own.
        parts = [_squeezed(part).rstrip("。.") for part in re.split("…+", source)]
        if not all(part in notice for part in parts):
            told.add(source)
            yield f"{where}: notice.txt has no such sentence: {source!r}"


def _quoting(campaign: Campaign, sources: Sources) -> Iterator[tuple[str, Any]]:
    for number, material in enumerate(campaign.materials):
        yield sources.rules_at("materials", number, "source"), material
    for number, rule in enumerate(campaign.rules):
        yield sources.rules_at("rules", number, "source"), rule
    for slot in sources.forms:
        spec = campaign.form if slot == "form" else campaign.forms[slot]
        for number, check in enumerate(spec.checks):
            yield sources.form_at(slot, "checks", number, "source"), check


def _squeezed(text: str) -> str:
    """Text as it is compared: white space and full-width forms apart."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
