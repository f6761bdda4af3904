"""What stands beside a page's text and decides what is seen of it: style sheets, scripts."""

import re
from collections.abc import Iterator

from mailbot.formats.text.markup import Token

_STYLE = re.compile(r"<style\b[^>]*>", re.IGNORECASE)
_FAR = re.compile(r"href\s*=\s*[\"']?\s*(?:https?:|//|data:|ftp:)", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_ASIDE = (("<!--", "-->"), ("<template", "</template"), ("<noscript", "</noscript"))
_LOOKED_BACK = 20_000
_MEDIA = re.compile(r"\bmedia\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
# What runs when a person does something; the rest runs as the page opens and may write into it.
_WAITING = re.compile(
    r"on(?:click|dblclick|mouse|key|focus|blur|change|input|submit|select|contextmenu|drag|drop|"
    r"copy|cut|paste|touch|pointer|wheel|scroll|resize|reset)"
)
_DATA_SCRIPT = re.compile(r"json|template|x-handlebars|text/html|text/plain|xml", re.IGNORECASE)
_ACTING = re.compile(r"[(.`\[]|location")
# Excel's own, in the pages of a workbook: it shows which sheet is open.
_OF_EXCEL = re.compile(r"fnUpdateTabs|g_iIEVer|fnBuildFrameset")


def own_sheets(source: str) -> Iterator[str]:
    """The style sheets within a page, those that hold under a condition within `@media`."""
    for opened in _STYLE.finditer(source):
        closed = source.find("</", opened.end())
        if closed < 0:
            return
        media = _MEDIA.search(opened[0])
        said = media[1].strip(" \"'").lower() if media else ""
        rules = source[opened.end() : closed]
        if said == "print":
            continue
        always = said in ("", "screen", "all") and not _is_set_aside(source, opened.start())
        yield rules if always else f"@media {said or 'some'} {{{rules}}}"


def _is_set_aside(source: str, at: int) -> bool:
    """Whether a style sheet stands where some programs take it and others do not."""
    lowered = source[max(0, at - _LOOKED_BACK) : at].lower()
    return any(lowered.rfind(opened) > lowered.rfind(closed) for opened, closed in _ASIDE)


def has_far_sheet(source: str) -> bool:
    """Whether a link of the page names a style sheet of another place, which the screen may show
    and this does not; one beside the page was not sent with it, so nobody is shown it."""
    links = _LINK.findall(source)
    return any("stylesheet" in link.lower() and _FAR.search(link) for link in links)


def runs_by_itself(token: Token) -> bool:
    """Whether what this tag opens may change the page without anybody's doing."""
    if token.tag == "script":
        kept = _DATA_SCRIPT.search(token.attributes.get("type", ""))
        idle = not _ACTING.search(token.text) or _OF_EXCEL.search(token.text)
        return not kept and ("src" in token.attributes or not idle)
    if token.tag == "meta" and "refresh" in token.attributes.get("http-equiv", "").lower():
        return "url" in token.attributes.get("content", "").lower()
    return any(each.startswith("on") and not _WAITING.match(each) for each in token.attributes)
