"""The tables at the head of an RTF: colours, fonts of pictures, styles that hide."""

import re

from mailbot.inspection.readers.shown import PICTORIAL

_TAKING = re.compile(
    rb"\\(?:v|strike|striked1|deleted|webhidden|fs[0-4]|super|sub|charscalex[0-2]?\d)(?![a-z0-9])"
)


def hiding_styles(data: bytes) -> frozenset[int]:
    """The numbers of the styles that take text away, which a writer should say again at each run
    and need not."""
    start = data.find(b"\\stylesheet")
    sheet = data[start : start + 300_000] if start >= 0 else b""
    found: set[int] = set()
    for entry in sheet.partition(b"\\info")[0].split(b";}"):
        number = re.search(rb"\\(?:cs|s|ds|ts)(\d{1,5})", entry)
        if number and _TAKING.search(entry):
            found.add(int(number[1]))
    return frozenset(found)


def pictorial_fonts(data: bytes) -> frozenset[int]:
    """The numbers of the fonts that show pictures for letters."""
    start = data.find(b"\\fonttbl")
    table = data[start : start + 100_000] if start >= 0 else b""
    named = re.findall(rb"\\f(\d{1,5})\\([^;]{0,400});", table.partition(b"\\colortbl")[0])
    return frozenset(
        int(number) for number, said in named if PICTORIAL.search(said.decode("latin-1"))
    )


def colour_table(data: bytes) -> dict[int, str]:
    """The colour table: number → RRGGBB; the automatic one (an empty entry) is left out."""
    found = re.search(rb"\\colortbl([^}]{0,50000})", data)
    colours: dict[int, str] = {}
    for number, entry in enumerate(found[1].split(b";") if found else ()):
        parts = dict(re.findall(rb"\\(red|green|blue)(\d{1,3})", entry))
        if parts:
            channels = (int(parts.get(of, 0)) for of in (b"red", b"green", b"blue"))
            colours[number] = "".join(f"{min(255, channel):02X}" for channel in channels)
    return colours
