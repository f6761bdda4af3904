"""A document's text is certain only where all that is said of it is known to be harmless: each case
is one cell in which 14 is seen, or in which nobody can tell from the file what is."""

from pathlib import Path

import pytest
from make.traps.marked import MARK, drills, marked, opened, run, worded
from make.traps.words import write_rtf

WORD_2010 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
MARKUP = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'


def w14(name: str, inner: str = "") -> str:
    """A property of letters that Word 2010 brought."""
    return f"<w14:{name} {WORD_2010}>{inner}</w14:{name}>"


OF_A_RUN = (
    '<w:eastAsianLayout w:id="1" w:combine="1"/>',
    '<w:eastAsianLayout w:id="1" w:combine="true" w:combineBrackets="round"/>',
    '<w:fitText w:val="10" w:id="1"/>',
    '<w:w w:val="1"/>',
    '<w:w w:val="25"/>',
    '<w:spacing w:val="-200"/>',
    "<w:specVanish/>",
    "<w:vanish/><w:specVanish/>",
    "<w:webHidden/>",
    '<w:position w:val="-20"/>',
    '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>',
    '<w:rFonts w:ascii="Webdings" w:hAnsi="Webdings"/>',
    '<w:color w:val="000000" w:themeColor="background1"/>',
    '<w:color w:val="FFFFFF" w:themeColor="text1"/>',
    '<w:highlight w:val="black"/>',
    '<w:shd w:val="clear" w:fill="FFFFFF" w:themeFill="text1"/>',
    "<w:somethingOfNextYear/>",
    w14("textFill", "<w14:noFill/>"),
    w14("textFill", '<w14:solidFill><w14:schemeClr w14:val="bg1"/></w14:solidFill>'),
    w14("textFill", '<w14:solidFill><w14:srgbClr w14:val="FFFFFF"/></w14:solidFill>'),
    w14("textFill", '<w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="100000"/>'
        "</w14:srgbClr></w14:solidFill>"),
    w14("glow", '<w14:srgbClr w14:val="000000"/>'),
    w14("props3d"),
)  # fmt: skip


@pytest.mark.parametrize("look", OF_A_RUN)
def test_a_run_that_is_not_known_to_be_seen_leaves_the_cell_open(look: str, tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    allowed = (None,) if "themeColor" in look else (None, 14)
    for cell in (run("12", look) + run("14"), run("14") + run("1", look)):
        path.write_bytes(worded(f"<w:p>{cell}</w:p>"))
        assert drills(path, "docx").value in allowed
    style = f'<w:style w:type="character" w:styleId="q"><w:rPr>{look}</w:rPr></w:style>'
    style += '<w:style w:type="character" w:styleId="r"><w:basedOn w:val="q"/></w:style>'
    named = run("12", '<w:rStyle w:val="r"/>') + run("14")
    path.write_bytes(worded(f"<w:p>{named}</w:p>", styles=style))
    assert drills(path, "docx").value in (None, 14)


PARAGRAPH = "<w:p><w:pPr>{}</w:pPr>" + run("14") + "</w:p>"
NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'


def alternate(requires: str, choice: str, fallback: str) -> str:
    """Two of the same, for those who understand and those who do not."""
    return (
        f'<w:p><mc:AlternateContent {MARKUP}><mc:Choice Requires="{requires}">{run(choice)}'
        f"</mc:Choice><mc:Fallback>{run(fallback)}</mc:Fallback></mc:AlternateContent></w:p>"
    )


@pytest.mark.parametrize(
    "cell",
    [
        PARAGRAPH.format('<w:framePr w:w="10" w:x="-9000" w:hAnchor="page" w:wrap="around"/>'),
        PARAGRAPH.format('<w:spacing w:line="20" w:lineRule="exact"/>'),
        PARAGRAPH.format('<w:ind w:left="-3000"/>'),
        PARAGRAPH.format('<w:ind w:firstLine="20000"/>'),
        PARAGRAPH.format('<w:ind w:left="0" w:hanging="2000"/>'),
        PARAGRAPH.format(NUMBERED),
        PARAGRAPH.format("<w:somethingOfNextYear/>"),
        alternate("wps", "99", "14"),
        alternate("wps", "14", "99"),
        alternate("unknown", "99", "14"),
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="urn:x"><a/></wp:inline></w:drawing></w:r>'
        f"{run('14')}</w:p>",
        f"<w:p><w:r><w:object><a/></w:object></w:r>{run('14')}</w:p>",
        f'<w:p>{run("14")}</w:p><w:altChunk w:id="x"/>',
        f"<w:p>{run('1')}<w:r><w:ptab/></w:r>{run('4')}</w:p>",
        f"<w:p>{run('1')}<w:r><w:pgNum/></w:r>{run('4')}</w:p>",
        f"<w:p>{run('14')}<w:r><w:dayShort/></w:r></w:p>",
        f"<w:p>{run('14')}<w:r><w:contentPart/></w:r></w:p>",
        f"<w:p>{run('14')}<w:r><w:pict><s><imagedata/></s></w:pict></w:r></w:p>",
        alternate("wps", "99", "14")
        .replace("<w:p>", "<w:p><w:r>")
        .replace("</w:p>", "</w:r></w:p>"),
    ],
)
def test_a_paragraph_that_is_not_known_to_be_seen_leaves_the_cell_open(
    cell: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(worded(cell))
    assert drills(path, "docx").value is None or "unknown" in cell


@pytest.mark.parametrize(
    ("of_cell", "of_row", "of_table"),
    [
        ('<w:tcMar><w:left w:w="9000" w:type="dxa"/></w:tcMar>', "", ""),
        ('<w:cellMerge w:vMerge="cont"/>', "", ""),
        ("<w:somethingOfNextYear/>", "", ""),
        ('<w:shd w:val="clear" w:fill="FFFFFF" w:themeFill="text1"/>', "", ""),
        ("", '<w:trHeight w:val="100" w:hRule="exact"/>', ""),
        ("", "<w:somethingOfNextYear/>", ""),
        ("", "", '<w:tblInd w:w="-9000" w:type="dxa"/>'),
        ("", "", "<w:somethingOfNextYear/>"),
    ],
)
def test_a_cell_that_is_not_known_to_be_seen_is_open(
    of_cell: str, of_row: str, of_table: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(worded(of_cell=of_cell, of_row=of_row, of_table=of_table, text="99"))
    assert drills(path, "docx").value is None


@pytest.mark.parametrize(
    ("styles", "of_table"),
    [
        ('<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:pPr><w:spacing w:line="10" '
         'w:lineRule="exact"/></w:pPr></w:style>', ""),
        ('<w:style w:type="table" w:styleId="T"><w:tblStylePr w:type="band1Horz"><w:rPr><w:vanish/>'
         "</w:rPr></w:tblStylePr></w:style>", '<w:tblStyle w:val="T"/>'),
        ('<w:style w:type="table" w:styleId="T"><w:tblStylePr w:type="firstCol"><w:rPr><w:color '
         'w:val="FFFFFF"/></w:rPr></w:tblStylePr></w:style>', '<w:tblStyle w:val="T"/>'),
        ('<w:style w:type="table" w:styleId="T"><w:tblStylePr w:type="wholeTable"><w:rPr><w:sz '
         'w:val="2"/></w:rPr></w:tblStylePr></w:style>', '<w:tblStyle w:val="T"/>'),
    ],
)  # fmt: skip
def test_a_style_that_takes_text_away_is_followed(
    styles: str, of_table: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(worded(styles=styles, of_table=of_table, text="99"))
    assert drills(path, "docx").value is None


def test_a_box_with_a_figure_that_floats_leaves_no_figure_certain(tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    box = f"<w:txbxContent><w:p>{run('14')}</w:p></w:txbxContent>"
    shape = f'<v:shape {VML} style="position:absolute"><v:textbox>{box}</v:textbox></v:shape>'
    path.write_bytes(worded(before=f"<w:p><w:r><w:pict>{shape}</w:pict></w:r></w:p>", text="99"))
    assert drills(path, "docx").value is None


# As Word, WPS and LibreOffice write.
ORDINARY_RUNS = (
    '<w:rFonts w:hint="eastAsia" w:ascii="仿宋" w:hAnsi="仿宋" w:eastAsia="仿宋" w:cs="仿宋"/>'
    '<w:b/><w:bCs/><w:kern w:val="0"/><w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="x"/>',
    '<w:color w:val="000000" w:themeColor="text1"/><w:u w:val="single"/><w:highlight w:val="none"/>'
    '<w:vertAlign w:val="baseline"/>'
    + w14("textFill", '<w14:solidFill><w14:schemeClr w14:val="tx1"/></w14:solidFill>'),
    '<w:spacing w:val="-6"/><w:w w:val="90"/><w:position w:val="0"/><w:noProof/><w:snapToGrid '
    'w:val="0"/><w:fitText w:val="840" w:id="-2"/>',
    '<w:webHidden w:val="0"/><w:rtl w:val="0"/><w:em w:val="none"/><w:bdr w:val="none" w:sz="0"/>'
    '<w:shd w:val="clear" w:color="auto" w:fill="auto"/><w:effect w:val="none"/><w:cs/><w:i/>',
    '<w:eastAsianLayout w:id="1" w:vert="1"/><w:outline w:val="0"/><w:shadow w:val="0"/>'
    + w14("ligatures", "") + w14("textOutline", "<w14:noFill/>"),
)  # fmt: skip
ORDINARY_PARAGRAPH = (
    '<w:pStyle w:val="Normal"/><w:keepNext w:val="0"/><w:widowControl/><w:numPr><w:numId '
    'w:val="0"/></w:numPr><w:suppressLineNumbers w:val="0"/><w:kinsoku/><w:wordWrap/>'
    '<w:overflowPunct/><w:autoSpaceDE/><w:autoSpaceDN/><w:bidi w:val="0"/><w:adjustRightInd/>'
    '<w:snapToGrid/><w:spacing w:before="0" w:beforeAutospacing="0" w:line="400" '
    'w:lineRule="exact"/><w:ind w:left="-105" w:leftChars="-50" w:right="-108" w:firstLine="0"/>'
    '<w:jc w:val="center"/><w:textAlignment w:val="auto"/><w:rPr><w:sz w:val="24"/></w:rPr>'
)
ORDINARY_CELL = (
    '<w:tcBorders><w:top w:val="single" w:sz="4"/></w:tcBorders><w:shd w:val="clear" '
    'w:color="auto" w:fill="auto"/><w:noWrap/><w:tcMar><w:left w:w="108" w:type="dxa"/></w:tcMar>'
    '<w:tcFitText/><w:vAlign w:val="center"/>'
)
ORDINARY_ROW = '<w:cantSplit/><w:trHeight w:val="454" w:hRule="exact"/><w:jc w:val="center"/>'
ORDINARY_TABLE = (
    '<w:tblpPr w:leftFromText="180" w:vertAnchor="text" w:tblpX="-300"/><w:tblInd w:w="-601" '
    'w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
    '</w:tblCellMar><w:tblLook w:val="04A0"/>'
)


@pytest.mark.parametrize("look", ORDINARY_RUNS)
def test_what_programs_write_around_a_figure_leaves_it_certain(look: str, tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    cell = f"<w:p><w:pPr>{ORDINARY_PARAGRAPH}</w:pPr>{run('14', look)}</w:p>"
    octets = worded(cell, of_cell=ORDINARY_CELL, of_row=ORDINARY_ROW, of_table=ORDINARY_TABLE)
    path.write_bytes(octets)
    read = drills(path, "docx")
    assert (read.value, read.confidence) == (14, 1.0)


def test_a_seal_that_floats_and_a_box_of_words_leave_figures_certain(tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    seal = '<w:drawing><wp:anchor xmlns:wp="urn:x"><pic/></wp:anchor></w:drawing>'
    box = f"<w:pict><w:txbxContent><w:p>{run('附件2')}</w:p></w:txbxContent></w:pict>"
    before = f"<w:p><w:r>{seal}</w:r><w:r>{box}</w:r></w:p>"
    path.write_bytes(worded(before=before))
    read = drills(path, "docx")
    assert (read.value, read.confidence) == (14, 1.0)


def odt_style(look: str, family: str = "text", of: str = "text", name: str = "q") -> str:
    """A style of OpenDocument with these properties."""
    return (
        f'<style:style style:name="{name}" style:family="{family}">'
        f"<style:{of}-properties {look}/></style:style>"
    )


@pytest.mark.parametrize(
    "look",
    [
        'fo:font-size="1%"',
        'fo:font-size="0pt"',
        'style:font-size-rel="-30pt"',
        'style:text-position="0% 1%"',
        'style:text-scale="5%"',
        'style:text-combine="lines"',
        'style:text-line-through-text="X"',
        'fo:letter-spacing="-9pt"',
        'fo:text-transform="small-digits"',
        'text:display="condition"',
        'style:font-name="Wingdings"',
        'fo:font-family="Webdings"',
        'style:property-of-next-year="1"',
        'fo:color="#ffffff" style:property-of-next-year="1"',
    ],
)
def test_a_span_that_is_not_known_to_be_seen_leaves_the_cell_open(
    look: str, tmp_path: Path
) -> None:
    for cell in (
        '<text:span text:style-name="q">12</text:span>14',
        '14<text:span text:style-name="q">1</text:span>',
    ):
        read = drills(opened(tmp_path, cell, odt_style(look)), "odt")
        allowed = (None, 14) if "ffffff" not in look and "year" not in look else (None,)
        assert read.value in allowed


FRAME = (
    '<draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'text:anchor-type="{}">{}</draw:frame>'
)


@pytest.mark.parametrize(
    ("cell", "style"),
    [
        ("".join(("</text:p><text:list><text:list-item><text:p>14</text:p></text:list-item>",
                  "</text:list><text:p>")), ""),
        ("14" + FRAME.format("as-char", "<draw:image/>"), ""),
        ("99</text:p><text:p>" + FRAME.format(
            "paragraph", "<draw:text-box><text:p>14</text:p></draw:text-box>"), ""),
        ("14<text:page-number>9</text:page-number>", ""),
        ('<x:y xmlns:x="urn:x">12</x:y>14', ""),
        ("<text:thing-of-next-year>12</text:thing-of-next-year>14", ""),
        ('14<draw:custom-shape xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">'
         "<text:p>99</text:p></draw:custom-shape>", ""),
        ('<text:span text:style-name="q">12</text:span>14',
         '<style:style style:name="q" style:family="text"><style:map style:condition="x"/>'
         "</style:style>"),
        ('</text:p><text:p text:style-name="q">14',
         odt_style('fo:line-height="0.01cm"', "paragraph", "paragraph")),
        ('</text:p><text:p text:style-name="q">14',
         odt_style('fo:margin-left="-30cm"', "paragraph", "paragraph")),
        ('</text:p><text:p text:style-name="q">14',
         odt_style('fo:text-indent="-9in"', "paragraph", "paragraph")),
        ('</text:p><text:p text:style-name="q">14',
         odt_style('style:property-of-next-year="1"', "paragraph", "paragraph")),
    ],
)  # fmt: skip
def test_a_paragraph_of_an_open_document_that_may_not_be_seen_leaves_the_cell_open(
    cell: str, style: str, tmp_path: Path
) -> None:
    assert drills(opened(tmp_path, cell, style), "odt").value is None


@pytest.mark.parametrize(
    "look",
    [
        'fo:color="#000000" fo:font-size="10.5pt" style:font-size-asian="10.5pt" '
        'style:text-position="0% 100%" fo:letter-spacing="-0.01cm" style:text-scale="90%"',
        'style:font-name="宋体" fo:font-weight="bold" style:text-underline-style="solid" '
        'fo:language="zh" fo:hyphenate="false" text:display="true" fo:text-transform="none"',
        'style:text-emphasize="none" style:text-combine="none" fo:text-shadow="none" '
        'style:letter-kerning="true" fo:font-size="100%" style:font-relief="none"',
    ],
)
def test_what_writers_of_open_documents_say_of_a_figure_leaves_it_certain(
    look: str, tmp_path: Path
) -> None:
    cell = '<text:span text:style-name="q">14</text:span>'
    read = drills(opened(tmp_path, cell, odt_style(look)), "odt")
    assert (read.value, read.confidence) == (14, 1.0)


RTF = write_rtf(marked()).decode("ascii")
FONTS = r"{\f0\fnil\fcharset134 SimSun;}"


def rich(cell: str, of_row: str = "") -> bytes:
    """The form as RTF with this in the cell, and definitions of its row more."""
    before, _, after = RTF.replace(FONTS, rf"{FONTS}{{\f7\fnil\fcharset2 Wingdings;}}").partition(
        f"{{{MARK}}}"
    )
    head, _, tail = before.rpartition(r"\trowd")
    return rf"{head}\trowd{of_row}{tail}{cell}{after}".encode("ascii")


@pytest.mark.parametrize(
    "look",
    [
        r"\charscalex1",
        r"\charscalex10",
        r"\expnd-30",
        r"\expndtw-240",
        r"\twoinone1",
        r"\fittext10",
        r"\f7",
        r"\chshdng10000\chcfpat1",
        r"\wordofnextyear",
        r"\wordofnextyear0",
        r"\cf2\wordofnextyear",
    ],
)
def test_rich_text_that_is_not_known_to_be_seen_leaves_the_cell_open(
    look: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.rtf"
    for cell in (rf"{{{look} 12}}14", rf"14{{{look} 1}}"):
        path.write_bytes(rich(cell))
        assert drills(path, "rtf").value in ((None,) if "year" in look else (None, 14))


@pytest.mark.parametrize(
    ("cell", "of_row"),
    [
        (r"{\absw10\posnegx-9000 14}", ""),
        (r"{\dropcapli2\dropcapt1 14}", ""),
        (r"\li-3000 14", ""),
        (r"\fi-5000 14", ""),
        (r"\sl-20\slmult0 14", ""),
        (r"\shading10000\cfpat1 14", ""),
        (r"{\listtext 1.\tab}14", ""),
        (r"{\pntext 1.\tab}14", ""),
        (r"{\shp{\*\shpinst{\shptxt 12}}}14", ""),
        (r"{\do\dptxbx{\dptxbxtext 12}}14", ""),
        (r"14\chpgn ", ""),
        (r"14\chdate ", ""),
        ("14", r"\trrh-100"),
        ("14", r"\wordofnextyear"),
    ],
)
def test_a_cell_of_rich_text_that_is_not_known_to_be_seen_is_open(
    cell: str, of_row: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.rtf"
    path.write_bytes(rich(cell, of_row))
    assert drills(path, "rtf").value is None


@pytest.mark.parametrize(
    "cell",
    [
        r"\pard\plain \ltrpar\qc \li0\ri0\widctlpar\intbl\wrapdefault\faauto\rin0\lin0\pararsid1 "
        r"\rtlch\fcs1 \af0\afs22\alang1025 \ltrch\fcs0 \fs24\lang1033\langfe2052\kerning2\loch"
        r"\af37\hich\af37\dbch\af36\cgrid\langnp1033\langfenp2052 {\rtlch\fcs1 \af0 \ltrch\fcs0 "
        r"\insrsid99 \hich\af37\dbch\af36\loch\f37 14}",
        r"\pard\plain \intbl\aspalpha\nooverflow\hyphpar0\sl-400\slmult0\sb0\sa0\qj {\expndtw-6"
        r"\charscalex90\ul\ulc0\b\i0\scaps0\cf1 14}",
        r"{\field{\*\fldinst  =SUM(ABOVE) }{\fldrslt 14}}",
        r"{\*\bkmkstart a}14{\*\bkmkend a}",
        r"{\nonesttables 12}14",
        r"{\protect 14}",
    ],
)
def test_what_writers_of_rich_text_say_of_a_figure_leaves_it_certain(
    cell: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.rtf"
    path.write_bytes(rich(cell, r"\trgaph108\trrh454\trleft-108\clvertalc\clbrdrt\brdrs"))
    read = drills(path, "rtf")
    assert (read.value, read.confidence) == (14, 1.0)


def test_a_style_of_rich_text_that_hides_is_asked_where_its_runs_do_not_say_so(
    tmp_path: Path,
) -> None:
    path = tmp_path / "form.rtf"
    styles = rb"{\stylesheet{\*\cs15 \additive\v hid;}}{\colortbl"
    path.write_bytes(rich(r"{\cs15 12}14").replace(rb"{\colortbl", styles))
    assert drills(path, "rtf").value is None
    path.write_bytes(rich(r"{\cs15\v 12}14").replace(rb"{\colortbl", styles))
    assert drills(path, "rtf").value == 14


def test_a_field_that_an_open_document_does_not_show_is_not_read(tmp_path: Path) -> None:
    cell = '<text:variable-set text:display="none">12</text:variable-set>14'
    assert drills(opened(tmp_path, cell), "odt").value == 14
