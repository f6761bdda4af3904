"""A notice in English as the files of a rules folder, every guess with the line that says so."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mailbot.campaign.drafting.english import EnglishNotice
from mailbot.campaign.drafting.english_items import EnglishItem
from mailbot.campaign.drafting.english_tables import EnglishTable, table_for, type_in_english
from mailbot.campaign.drafting.figures import FORMATS
from mailbot.campaign.drafting.lines import entry, item, squeezed
from mailbot.campaign.unconfirmed import UNCONFIRMED

_SUBJECTS = {"size": "pixels", "file_size": "file size", "duration": "length"}


def english_folder(
    notice: EnglishNotice,
    text: str,
    shipped: Mapping[str, Any],
    tables: Sequence[EnglishTable] = (),
) -> dict[str, str]:
    """File name → content; `shipped`: a campaign in English whose general rules are taken over;
    `tables`: those annexed."""
    annexed = {
        one.slot: table
        for one in notice.items
        if (one.slot == "form" or one.kind == "form")
        and (table := table_for(one.label, one.source, tables))
    }
    notice = replace(
        notice, items=tuple(_settled(one, one.slot in annexed) for one in notice.items)
    )
    files = {
        "campaign.yaml": "\n".join(_campaign(notice, shipped)) + "\n",
        "units.csv": "unit,code,group,aliases,addresses,expected,deadline\n",
        "notice.txt": text.strip() + "\n",
    }
    if any(one.slot == "form" for one in notice.items):
        files["form.yaml"] = "\n".join(_form(notice, annexed.get("form"))) + "\n"
    for slot, table in annexed.items():
        if slot != "form":
            files[f"{slot}.yaml"] = "\n".join(_annexed_form(table)) + "\n"
    return files


def _settled(one: EnglishItem, annexed: bool) -> EnglishItem:
    """A second table is a form where its annex is there, else a document."""
    return replace(one, kind="document") if one.kind == "form" and not annexed else one


def _campaign(notice: EnglishNotice, shipped: Mapping[str, Any]) -> Iterator[str]:
    yield "# Drafted from a notice. Above what was guessed stands a line 待确认 with the reason:"
    yield "# put right what lies below it and delete the line (`mailbot rules check` waits for it)."
    yield from entry("language", "en")
    yield from entry("title", notice.title or "untitled", "" if notice.title else "no title found")
    said = "" if notice.number else "the notice has no number that could be told"
    yield from entry("document_number", notice.number or "none", said)
    said = "" if notice.issuer else "no line above the date names who wrote it"
    yield from entry("issuer", notice.issuer or "this office", said)
    lacking = [
        name for name, met in (("contact", notice.contact), ("telephone", notice.phone)) if not met
    ]
    contact = {"name": notice.contact or "duty desk", "phone": notice.phone or "-"}
    said = f"not found in the notice: {', '.join(lacking)}" if lacking else ""
    yield from entry("contact", contact, said)
    first, *others = notice.mailboxes or ("unknown@example.invalid",)
    said = "no address in the notice" if not notice.mailboxes else ""
    yield from entry("mailbox", first, said or (f"also: {', '.join(others)}" if others else ""))
    yield from entry("year", notice.year)
    opening = f"{notice.issued:%Y-%m-%d}" if notice.issued else f"{notice.year}-01-01"
    yield from entry("opening", opening, "mail that came before this day is left alone")
    yield from _times(notice)
    yield "materials:"
    for one in notice.items:
        yield from _material(one)
    if not notice.items:
        data = {"slot": "summary", "label": "Report", "how": "Please send the report."}
        yield from item(data | {"basis": "office"}, "what is to be sent could not be told")
    written = [one for one in notice.items if one.slot not in ("photo", "video")]
    yield "documents:" if written else "documents: []"
    for one in written:
        yield from _document(one)
    yield "rules:"
    yield from _rules(notice, shipped)
    words = {"strip_prefixes": [], "sub_unit_words": list(shipped["identity"]["sub_unit_words"])}
    words["recipients"] = [notice.issuer] if notice.issuer else []
    yield from entry("identity", words, "add how this office is written, and names of other places")


def _times(notice: EnglishNotice) -> Iterator[str]:
    sure = [one for one in notice.deadlines if not one[3]]
    if not sure:
        yield from entry(
            "deadline", f"{notice.year}-12-31T23:59:59+08:00", "no deadline could be told"
        )
        return
    general = [one for one in sure if not one[0]] or [max(sure, key=lambda one: one[1])]
    named = [one for one in sure if one[0] and one is not general[0]]
    guesses = ["the time zone is Beijing's: put in your own (`timezone` too)"]
    guesses += [f"also, where granted, {one[1]:%Y-%m-%d}" for one in notice.deadlines if one[3]]
    guesses += [f"also {one[1]:%Y-%m-%d}" for one in general[1:]]
    yield from entry("deadline", general[0][1].isoformat(), "; ".join(guesses), general[0][2])
    for place, (who, moment, source, _) in enumerate(named):
        if place == 0:
            yield "groups:"
        yield f"  # {UNCONFIRMED}: units.csv has to name the group as here"
        yield f"  # 通知：{squeezed(source)}"
        yield f"  {who}: {{deadline: '{moment.isoformat()}'}}"


def _material(one: EnglishItem) -> list[str]:
    label = one.label[:1].upper() + one.label[1:]
    data: dict[str, Any] = {"slot": one.slot} | ({"kind": one.kind} if one.kind else {})
    data["label"] = label
    guesses = ["its slot and kind were guessed"] if one.kind else []
    data |= {"minimum": one.minimum} if one.minimum > 1 else {}
    data |= {"maximum": one.maximum} if one.maximum else {}
    if one.slot in ("photo", "video") or one.maximum > 1:
        data["accumulates"] = True
    if one.groups:
        data["only_groups"] = list(one.groups)
        guesses.append("units.csv has to name the group as here")
    if not one.required:
        data["required"] = False
    formats = f" ({', '.join(one.formats)})" if one.formats else ""
    data["how"] = f"Please send: {one.label}{formats}."
    if not one.required:
        data["how"] = f"Welcome: {one.label}{formats}."
    data["source"] = squeezed(one.source)
    return item(data, "; ".join(guesses))


def _document(one: EnglishItem) -> list[str]:
    data: dict[str, Any] = {"kind": one.slot, "titles": list(one.titles or (one.label,))}
    data |= {"formats": list(one.twins)} if one.twins else {}
    return item(data, "add the other words that units may use for it")


def _rules(notice: EnglishNotice, shipped: Mapping[str, Any]) -> Iterator[str]:
    told: set[str] = set()
    for one in notice.items:
        label = one.label
        if one.formats:
            allowed = dict.fromkeys(name for word in one.formats for name in FORMATS[word][1])
            rule = {"allowed": list(allowed)}
            text = f"{label}: {', '.join(one.formats)}"
            yield from item(_rule(one, "format", rule, text, "in one of these formats"))
            told.add(f"{one.slot.upper()}_FORMAT")
        for test, keys in one.limits.items():
            numbers = {key: value for key, value in keys.items() if isinstance(value, int | float)}
            shown = ", ".join(_bound(key, value) for key, value in numbers.items())
            if test == "taken_between":
                shown = f"{keys['from']} and {keys['to']}"
            text = f"{label}: {_SUBJECTS.get(test, test.replace('_', ' '))} {shown}"
            yield from item(_rule(one, test, keys, text, "as asked"))
            told.add(f"{one.slot.upper()}_{test.upper()}")
    slots = {one.slot for one in notice.items}
    yield "  # What goes for all material, as in the shipped rules."
    for rule in shipped["rules"]:
        target = rule.get("applies_to", "any")
        general = target in ("document", "archive", "mail", "any") or target in slots
        plain = rule["test"] in ("fault", "extension", "circumstance", "unfilled")
        if general and plain and rule["code"] not in told:
            if rule.get("when") == "form_picture" and "form" not in slots:
                continue
            yield from item({**rule, "source": "-", "basis": "office"})


def _bound(key: str, value: float) -> str:
    unit = {"mb": " MB", "s": " s"}.get(key.rpartition("_")[2], "")
    if unit == " s" and value % 60 == 0:
        unit, value = " min", value / 60
    return f"{key.split('_')[0]} {value:g}{unit}"


def _rule(
    one: EnglishItem, test: str, keys: Mapping[str, Any], text: str, how: str
) -> dict[str, Any]:
    return {
        "code": f"{one.slot.upper()}_{test.upper()}",
        "test": test,
        "applies_to": one.slot,
        **keys,
        "severity": "error",
        "text": text,
        "fix": f"Please send it again {how}.",
        "source": squeezed(one.source),
        "basis": "notice",
    }


def _annexed_form(table: EnglishTable, title: str = "") -> Iterator[str]:
    """The form file of an annexed table."""
    title = table.title or title
    yield from entry("title", title)
    yield from entry("recognised_by", [title])
    yield from entry("confirmed", False)
    header = [(label, ()) for label in table.header]
    fields = list(_fields([*header, *table.fields], {*table.header} if table.heading else ()))
    labels: dict[str, list[str]] = {label: [] for one in fields for label in one["path"]}
    yield from entry("labels", labels, "add other ways they are written" if labels else "")
    yield from entry("fields", fields, "types were guessed from the words" if fields else "")
    if table.heading:
        columns = [
            {"key": f"column_{number}", "path": [word], "type": type_in_english(word)}
            for number, word in enumerate(table.heading[1:], start=2)
        ]
        rows = {"key": "rows", "heading": list(table.heading), "fields": columns}
        yield from entry("rows", rows, "one record a row; types were guessed from the headings")


def _form(notice: EnglishNotice, table: EnglishTable | None) -> Iterator[str]:
    if table is not None:
        named = next(one for one in notice.items if one.slot == "form")
        yield from _annexed_form(table, (named.titles or (named.label,))[0])
        return
    named = next(one for one in notice.items if one.slot == "form")
    title = (named.titles or (named.label,))[0]
    labels = [(field[:1].upper() + field[1:], ()) for field in notice.fields]
    yield from entry("title", title[:1].upper() + title[1:])
    yield from entry("recognised_by", [title])
    yield from entry("confirmed", False)
    yield from entry(
        "labels", {label: [] for label, _ in labels}, "add other ways they are written"
    )
    fields = list(_fields(labels))
    yield from entry(
        "fields", fields, "types were guessed from the words" if fields else "none found"
    )


def _fields(
    labels: Sequence[tuple[str, tuple[str, ...]]], header: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    has_unit = False
    for number, (label, offered) in enumerate(labels, start=1):
        kind = type_in_english(label)
        listed = re.search(r"\(([^()]*/[^()]*)\)$", label)
        data: dict[str, Any] = {"key": f"field_{number}", "path": [label], "type": kind}
        data |= {"place": "header"} if label in header else {}
        if listed or offered:
            inside = listed[1].split("/") if listed else []
            words = offered or tuple(one.strip() for one in inside)
            data |= {"type": "choice", "choices": list(words)}
        if kind == "unit" and not has_unit:
            has_unit = True
            data |= {"key": "unit", "place": "header", "required": True}
        yield data
