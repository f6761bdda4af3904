"""Which control words of RTF leave a text where it stands and as it is written.

Rich Text Format Specification 1.9.1. Those that take text away are worked out in `shown`; what
is neither there nor here, or has a number beyond what office programs write, leaves the text open:
as `html.harmless` does for pages.
"""

import re
from collections.abc import Mapping

_ALWAYS = re.compile(
    # Letters: weights, lines under them, languages, associated fonts, revisions that stay.
    r"b|i|ul\w*|caps|scaps|outl|shad|embo|impr|kerning|cgrid|noproof|nosupersub|lang\w*|alang\w*|"
    r"\w*rsid\w*|loch|hich|dbch|rtlch|ltrch|fcs|f|af|afs|ab|ai|aul\w*|aexpnd|aoutl|ascaps|acaps|"
    r"astrike|ashad|acf|aup|adn|acc\w*|animtext|chbrdr|brdr\w*|box|chcfpat|cs|ds|s|horzvert|g|gcw|"
    r"protect\w*|revised|rev\w*|crauth|crdate|mv\w+|lbr|nosectexpand|ltrmark|rtlmark|zw\w*|chdate|chtime|"
    # Paragraphs.
    r"pard|plain|intbl|itap|q[lcrjdtk]\d*|sb|sa|sbauto|saauto|lisb|lisa|slmult|keep|keepn|pagebb|"
    r"nowidctlpar|widctlpar|sbys|noline|level|outlinelevel|hyphpar|adjustright|nosnaplinegrid|"
    r"aspalpha|aspnum|fa(?:auto|hang|center|roman|var|fixed)|nooverflow|nowwrap|nocwrap|"
    r"wrapdefault|tx|tq\w*|tl\w*|tb|tab|rtlpar|ltrpar|ltrrow|rtlrow|contextualspace|indmirror|"
    r"ls|ilvl|pn\w*|list\w*|level\w*|yts|cufi|curi|culi|softline|softcol|softpage|cfpat|collapsed|"
    r"subdocument|txbxtw\w*|"
    # Tables, but for shadings and cells that are deleted.
    r"tr(?!shdng|bg)\w*|cl(?!shdng|del|split|mrgd|bg)\w*|ts\w*|tbl\w*|t?cell\w*|irow\w*|lastrow|"
    r"taprtl|nest\w*|nonesttables|tpos\w*|tphcol|tphmrg|tphpg|tpv\w+|tdfrm\w*|tabsnoovrlp|"
    # Sections and pages.
    r"sect\w*|sbk\w*|pg\w*|marg\w*|col\w*|line\w*|header\w*|footer\w*|titlepg|vertal\w*|paper\w*|"
    r"gutter\w*|landscape|lndscp\w*|binfsxn|binsxn|endnhere|ds|linex|stextflow|facingp|guttersxn|"
    # Fields, bookmarks, notes, shapes, pictures: what they hold is looked at by itself.
    r"field|fld\w*|ff\w*|formfield|datafield|bkmk\w*|s?a?ftn\w*|chftn\w*|footnote|a?end(?:doc|notes)|result|widowctrl|fet|atn\w*|"
    r"chatn|annotation|shp\w*|sp|sn|sv|sa\w+|pic\w*|obj\w*|rslt\w*|nonshppict|do\w*|dp\w*|bliptag|"
    r"blipuid|blipupi|pngblip|jpegblip|emfblip|wmetafile|xe|tc|tcn|rxe|txe|upr|ud|uc|u|bin|"
    r"hyperlink|htmltag|htmlrtf|mhtmltag|m[A-Z]\w*|mm\w*|wgrffmtfilter|generator|background|"
    r"proptype|propname|staticval|info|author|title|operator|creatim|revtim|printim|yr|mo|dy|hr|"
    r"min|sec|version|edmins|nof\w+|vern|id|company|doccomm|keywords|subject|manager|category|"
    r"falt|fcharset|fprq|f(?:nil|roman|swiss|modern|script|decor|tech|bidi)|panose|red|green|blue|"
    r"c(?:tint|shade)|ctint|cshade|cmaindark\w*|cmainlight\w*|caccent\w*|chyperlink|"
    r"cfollowedhyperlink|ctextone|ctexttwo|cbackgroundone|cbackgroundtwo|fntblk|stylesheet|"
    r"sbasedon|snext|sautoupd|sqformat|spriority|ssemihidden|sunhideused|slink|additive|"
    r"htmautsp|formshade|printdata|viewkind|viewscale|hyphauto|deftab|dn|up"
)
# In units of the specification: the least and the most that leave a figure to be read.
_BETWEEN: Mapping[str, tuple[int, int]] = {
    "expnd": (-8, 400),  # quarters of a point
    "expndtw": (-60, 2000),  # twentieths
    "charscalex": (33, 600),  # percent
    "fittext": (300, 100_000),
    "li": (-800, 8000),
    "lin": (-800, 8000),
    "ri": (-800, 8000),
    "rin": (-800, 8000),
    "fi": (-2000, 8000),
    "sl": (120, 10_000),  # below nothing: exactly so much
    "chshdng": (0, 4000),  # hundredths of a percent
    "shading": (0, 4000),
    "clshdng": (0, 4000),
    "clshdngraw": (0, 4000),
    "trshdng": (0, 4000),
    "twoinone": (0, 0),
}


def is_harmless(word: str, number: int | None) -> bool:
    """Whether this control word leaves the text behind it alone."""
    if word in _BETWEEN:
        least, most = _BETWEEN[word]
        value = number or 0
        return least <= (abs(value) if word == "sl" and value else value) <= most or (
            value == 0 and word in ("sl", "fittext")
        )
    return bool(_ALWAYS.fullmatch(word))
