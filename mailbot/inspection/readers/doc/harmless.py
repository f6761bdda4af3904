"""Which properties of a .doc leave a text where it stands and as it is written.

[MS-DOC] 2.6.1 and 2.6.2. Character properties that take text away are worked out in `shown`;
one that is neither there nor here leaves the text open. Of paragraphs only indents, exact lines,
frames and lists are looked at.
"""

from collections.abc import Mapping

# sprmC…: revisions, weights, lines under letters, languages, fonts, borders, kerning, the mouse.
_OF_CHARACTERS = frozenset((
    0x0800, 0x0801, 0x0802, 0x6A03, 0x4804, 0x6805, 0x0806, 0x4807, 0x080A, 0x2A0C, 0x0811,
    0x6815, 0x6816, 0x6817, 0xC81A, 0x4A30, 0xCA31, 0x2A33, 0x2A34, 0x0835, 0x0836, 0x0837,
    0x0838, 0x0839, 0x083A, 0x083B, 0x083C, 0x2A3E, 0x2A42, 0x4A43, 0x4845, 0xCA47, 0x2A48,
    0x484B, 0x484E, 0x4A4F, 0x4A50, 0x4A51, 0x2A53, 0x0854, 0x0855, 0x0856, 0xCA57, 0x0858,
    0x2859, 0x085A, 0x085C, 0x085D, 0x4A5E, 0x485F, 0x4A60, 0x4A61, 0xCA62, 0x4863, 0x6864,
    0x6865, 0x4866, 0x4867, 0x0868, 0x486D, 0x486E, 0x286F, 0x6870, 0xCA71, 0xCA72, 0x4873,
    0x4874, 0x0875, 0x6877, 0x2879, 0x0882, 0x2A83, 0xCA85, 0x2A86, 0x6887, 0x4888, 0xCA89,
    0x2A90,
))  # fmt: skip
_SPACE, _SCALE, _FIT, _LAYOUT, _SPEC_VANISH = 0x8840, 0x4852, 0xCA76, 0xCA78, 0x0818
_CHARACTER = 2  # what a property is for (2.2.5.1: sgc)
_TWO_IN_ONE = 2  # of ufel (2.9.98: fWarichu)
_LINE = 0x6412
_LIST = 0x460B
# Twentieths of a point; the old and the new code of the same.
_LEAST: Mapping[int, int] = {
    0x840F: -800, 0x845E: -800, 0x840E: -800, 0x845D: -800, 0x8411: -2000, 0x8460: -2000,
    0x8418: -2000,
}  # fmt: skip


def is_harmless(code: int, operand: bytes) -> bool:
    """Whether a character property leaves its text alone."""
    number = int.from_bytes(operand[:2], "little", signed=True)
    if code == _SPACE:
        return -60 <= number <= 2000
    if code == _SCALE:
        return 33 <= number <= 600
    if code == _FIT:
        width = int.from_bytes(operand[:4], "little", signed=True)
        return width == 0 or width >= 300
    if code == _LAYOUT:
        return not number & _TWO_IN_ONE
    if code == _SPEC_VANISH:
        return not operand or operand[0] == 0
    return code in _OF_CHARACTERS or code >> 10 & 7 != _CHARACTER


def is_harmless_of_paragraph(code: int, operand: bytes) -> bool:
    """Whether a paragraph property leaves its text where it can be seen."""
    number = int.from_bytes(operand[:2], "little", signed=True)
    if code == _LINE:  # below nothing: exactly so high
        return number >= 0 or number <= -120
    return number >= _LEAST.get(code, number)


def is_list(code: int, operand: bytes) -> bool:
    """Whether a paragraph property sets a number or a bullet before it (sprmPIlfo)."""
    return code == _LIST and int.from_bytes(operand[:2], "little") not in (0, 0xF801)
