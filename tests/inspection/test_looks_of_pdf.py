"""A figure in a table of a PDF is certain only where its page, drawn, shows ink there: 14 is what
is seen, or nobody can tell from the file what is."""

from pathlib import Path

import pytest
from make.documents import written

from mailbot.inspection.documents.probe import read_document
from mailbot.model import Cell

RULES = " ".join(
    [f"{x} 200 m {x} 240 l S" for x in (50, 150, 250)]
    + [f"50 {y} m 250 {y} l S" for y in (200, 240)]
)
PICTURE = (
    "<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray"
    "/Length 1 {}>>stream\n\xff\nendstream"
)
GROUP = "/Group<</S/Transparency>>/Length 0>>stream\n\nendstream"


def pdf(content: str, resources: str = "", page: str = "", picture: str = "") -> bytes:
    """A page with a table of one row; what stands in its second cell is `content`."""
    content = f"q 1 w {RULES} Q {content}"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R{page}"
        f"/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R>>{resources}>>>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        PICTURE.format(picture),
        f"<</Type/XObject/Subtype/Form/BBox[0 0 400 400]{GROUP}",
        "<</Type/XObject/Subtype/Form/BBox[0 0 20 20]/Length 17>>stream\n1 g 0 0 20 20 re f\n"
        "endstream",
        PICTURE.format("").replace("\xff", "\0"),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    size = len(objects) + 1
    return out + f"trailer<</Size {size}/Root 1 0 R>>startxref\n{start}\n%%EOF".encode()


def figure(folder: Path, octets: bytes) -> Cell:
    """The cell of the table's second column."""
    document = read_document(written(folder, "a.pdf", octets), "pdf")
    assert not document.faults
    return next(cell for cell in document.grids[0].cells if cell.column == 1)


def at(x: float, text: str, before: str = "") -> str:
    return f"BT {before} /F 12 Tf {x} 215 Td ({text}) Tj ET "


SEEN = at(176, "14", "0 g 0 Tr 100 Tz 0 Tc")
CLEAR, MASKED = "/ExtGState<</G<</ca 0>>>>", "/ExtGState<</G<</SMask<</S/Alpha/G 7 0 R>>>>>>"
COVER = "/Annots[<</Type/Annot/Subtype/Stamp/Rect[158 210 174 230]/F 4/AP<</N 8 0 R>>>>]"


@pytest.mark.parametrize(
    ("content", "resources", "page"),
    [
        (f"q /G gs {at(160, '12')} Q {SEEN}", CLEAR, ""),
        (f"q /G gs {at(160, '12')} Q {SEEN}", MASKED, ""),
        (f"q 0 0 1 1 re W n {at(160, '12')} Q {SEEN}", "", ""),
        (f"q 300 300 m 310 310 l 300 310 l h W* n {at(160, '12')} Q {SEEN}", "", ""),
        (at(160, "12", "1 Tz") + SEEN, "", ""),
        (at(160, "12", "-6 Tc") + SEEN, "", ""),
        (at(160, "12") + at(160, "34") + SEEN, "", ""),
        (at(160, "12", "/Pattern cs /P scn") + SEEN, "", ""),
        (at(160, "12") + "1 g 158 212 m 174 212 l 174 227 l 158 227 l 158 220 l h f " + SEEN,
         "", ""),
        (at(160, "12") + "1 g 158 212 m 174 212 l 174 227 l 158 227 l 150 220 l h f "
         + at(160, "9") + SEEN, "", ""),
        (at(160, "12") + "q 14 0 0 20 160 210 cm /I Do Q " + SEEN, "", ""),
        ("BT /F 12 Tf -1 0 0 1 174 215 Tm (21) Tj ET " + SEEN, "", ""),
        ("BT /F 12 Tf -1 0 0 -1 174 225 Tm (21) Tj ET " + SEEN, "", ""),
        (at(160, "12") + SEEN, "", COVER),
    ],
)  # fmt: skip
def test_a_figure_that_is_not_seen_when_the_page_is_drawn_is_in_doubt(
    content: str, resources: str, page: str, tmp_path: Path
) -> None:
    read = figure(tmp_path, pdf(content, resources, page))
    assert read.doubts or read.text == "14"


@pytest.mark.parametrize(
    ("content", "resources", "picture"),
    [
        (SEEN, "", ""),
        (f"q 155 205 90 30 re W n {SEEN} Q", "", ""),
        (f"q /G gs {SEEN} Q", "/ExtGState<</G<</ca 1/CA 1/BM/Normal/LW 1>>>>", ""),
        (SEEN + SEEN.replace("176", "176.2"), "", ""),  # bold
        ("q 60 0 0 30 170 205 cm /I Do Q " + SEEN, "", ""),
        (SEEN + "q 60 0 0 30 170 205 cm /I Do Q", "", "/SMask 9 0 R"),  # a seal lets it through
        (at(176, "14", "90 Tz -0.2 Tc 0.3 g"), "", ""),
        ("0.2 0.3 0.5 rg 151 201 98 38 re f " + SEEN.replace("0 g", "1 g"), "", ""),
    ],
)
def test_a_figure_that_is_seen_is_certain(
    content: str, resources: str, picture: str, tmp_path: Path
) -> None:
    read = figure(tmp_path, pdf(content, resources, picture=picture))
    assert (read.text, read.doubts) == ("14", ())
