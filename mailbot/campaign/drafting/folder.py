"""A draft as the files of a rules folder: YAML with a line 待确认 above everything guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mailbot.campaign.drafting.bounds import Figure
from mailbot.campaign.drafting.counts import counted
from mailbot.campaign.drafting.deadlines import days_of, start_of
from mailbot.campaign.drafting.form import Field, Table
from mailbot.campaign.drafting.form_file import form_data
from mailbot.campaign.drafting.form_lines import annexes_in_lines, with_lines
from mailbot.campaign.drafting.limits import rules_of
from mailbot.campaign.drafting.lines import data_of, entry, item, squeezed
from mailbot.campaign.drafting.said import Asked, Draft, Due, Said
from mailbot.campaign.drafting.unheard import unheard
from mailbot.campaign.drafting.whose import sort_deadlines
from mailbot.campaign.unconfirmed import UNCONFIRMED

UNITS_HEAD = "unit,code,group,aliases,addresses,expected,deadline\n"
_OFFICE = "-"  # the source of what the office adds by itself


def folder_of(
    draft: Draft,
    table: Table,
    shipped: Mapping[str, Any],
    annexes: Sequence[tuple[str, Table]] = (),
) -> dict[str, str]:
    """File name → content. `shipped` is the campaign.yaml whose general rules are taken over;
    `annexes`: every annexed table with its title, `table` the one that is the form where none
    has its title."""
    annexes = [*annexes, *annexes_in_lines(draft.text, [title for title, _ in annexes])]
    draft = replace(draft, materials=(*_settled(draft, annexes), *_unnamed(draft, annexes)))
    files = {
        "campaign.yaml": _with_unheard("\n".join(_campaign(draft, shipped)) + "\n", draft),
        "units.csv": UNITS_HEAD,
        "notice.txt": draft.text.strip() + "\n",
    }
    if any(material.slot == "form" for material in draft.materials):
        named = next(one for one in draft.materials if one.slot == "form")
        title, table = _annex(named, annexes) or (draft.form_title.value or "统计表", table)
        files["form.yaml"] = _form_file(table, title, draft.text, "FORM")
    for material in draft.materials:
        if material.kind == "form" and material.slot != "form":
            annex = _annex(material, annexes)
            assert annex is not None  # else it is no form
            files[f"{material.slot}.yaml"] = _form_file(
                annex[1], annex[0], draft.text, material.slot.upper()
            )
    return files


def _with_unheard(campaign: str, draft: Draft) -> str:
    """Below the head what the notice demands besides."""
    head, _, rest = campaign.partition("\n# 通知：")
    waiting = [
        f"\n# {UNCONFIRMED}：{why}"
        for why in unheard(draft.sentences, data_of(campaign), draft.paragraphs)
    ]
    return f"{head}{''.join(waiting)}\n# 通知：{rest}" if waiting and rest else campaign


def _form_file(table: Table, title: str, text: str, code: str) -> str:
    table = with_lines(table, title, text)
    lines = [
        "# 由通知附表起草，栏目类型由栏目名推定；栏目有其他写法的，补在labels各栏目后的方括号里。"
    ]
    for key, value, guess in form_data(table, title, text, code):
        lines += entry(key, value, guess)
        if key == "fields":
            lines = _explained(lines, table.fields)
        elif key == "rows":
            lines = _explained(lines, table.columns)
    return "\n".join(lines) + "\n"


def _annex(material: Asked, annexes: Sequence[tuple[str, Table]]) -> tuple[str, Table] | None:
    """The annexed table that a material's label names."""
    bare = re.sub(r"（[^（）]*）$", "", material.label)
    for title, table in annexes:
        if title and (bare in title or title in bare) and (table.fields or table.heading):
            return title, table
    return None


def _unnamed(draft: Draft, annexes: Sequence[tuple[str, Table]]) -> Iterator[Asked]:
    """Annexed tables that no listed material is: the notice goes on to them without a word."""
    taken = {one.slot for one in draft.materials}
    named = [one for material in draft.materials if (one := _annex(material, annexes))]
    for title, table in annexes:
        if not title or not (table.fields or table.heading) or title in dict(named):
            continue
        slot = "form" if "form" not in taken else f"form_{len(taken) + 1}"
        taken.add(slot)
        kind = "" if slot == "form" else "form"
        yield Asked(slot, kind, title, title, guess="附件有此表，正文未列为报送材料")


def _settled(draft: Draft, annexes: Sequence[tuple[str, Table]]) -> Iterator[Asked]:
    """Listed tables as forms where their annex is there and may be sent as one; as a scan where
    only .pdf and .jpg are taken; else as documents."""
    for material in draft.materials:
        if material.pictured and not _is_typed(material, draft):
            guesses = ("扫描件、照片均可，按文件名和标题辨认", material.guess)
            yield replace(material, kind="any", guess="；".join(one for one in guesses if one))
            continue
        plain = material.kind == "document" and not material.pictured
        if plain and "附" in material.source and _annex(material, annexes):
            yield replace(material, kind="form")
            continue
        if material.kind != "form":
            yield material
            continue
        formats = {
            name
            for figure in draft.figures
            if figure.slot == material.slot and figure.what == "format"
            for name in figure.formats
        }
        if formats and not formats & {"xlsx", "xls", "docx", "doc"}:
            yield replace(material, kind="any", guess="只收扫描件、照片，按文件名辨认")
        elif _annex(material, annexes) is None:
            yield replace(material, kind="document", guess="未见其附表，按文档掌握")
        else:
            yield material


def _is_typed(material: Asked, draft: Draft) -> bool:
    """Whether it may come as what a person types: Word or Excel is named."""
    return any(
        {"xlsx", "xls", "docx", "doc"} & set(figure.formats)
        for figure in draft.figures
        if figure.what == "format" and squeezed(figure.source) == squeezed(material.source)
    )


def _explained(lines: Sequence[str], fields: Sequence[Field]) -> list[str]:
    """Above each field of a doubtful type why it is that; above them all those that are text."""
    doubtful = {one.key: one.reason for one in fields if not one.sure and one.type != "text"}
    plain = [one.path[-1] for one in fields if one.type == "text" and one.reason]
    told: list[str] = []
    for line in lines:
        key = re.match(r"\s*- key: (\w+)$", line)
        if key and key[1] in doubtful:
            indent = line[: len(line) - len(line.lstrip())]
            told.append(f"{indent}# {UNCONFIRMED}：{doubtful[key[1]]}")
        if plain and re.match(r"\s*(?:fields|rows):$", line):
            told.append(f"# {UNCONFIRMED}：{'、'.join(plain)}：由栏目名看不出类型，按文字掌握")
            plain = []
        told.append(line)
    return told


def _or_guess(said: Said, instead: str) -> tuple[str, str]:
    return (said.value, said.guess) if said.value else (instead, said.guess)


def _campaign(draft: Draft, shipped: Mapping[str, Any]) -> Iterator[str]:
    yield "# 由通知起草。凡系推定的，上面一行注明理由：请核对其下的内容，改好后删去注明的一行；"
    yield "# 全部删去之前，mailbot rules check 不予通过（--draft 除外）。"
    for key, said, instead in (
        ("title", draft.title, "未命名"),
        ("document_number", draft.document_number, "无"),
        ("issuer", draft.issuer, "我办"),
    ):
        value, guess = _or_guess(said, instead)
        yield from entry(key, value, guess, said.source)
    name, name_guess = _or_guess(draft.contact, "值班室")
    phone, phone_guess = _or_guess(draft.phone, "-")
    guess = "；".join(one for one in (name_guess, phone_guess) if one)
    yield from entry("contact", {"name": name, "phone": phone}, guess, draft.phone.source)
    yield from _mailbox(draft)
    yield from _times(draft)
    yield "materials:"
    for material in draft.materials:
        yield from _material(material, draft)
    if not draft.materials:
        guess = "未能认出要报送的材料"
        asked = Asked("summary", "", "总结", _OFFICE, guess=guess)
        yield from _material(asked, draft)
    slots = {material.slot for material in draft.materials} or {"summary"}
    yield from _documents(draft, slots, shipped)
    yield "rules:"
    yield from rules_of(draft, slots, shipped)
    yield from _identity(draft, shipped)


def _mailbox(draft: Draft) -> Iterator[str]:
    if not draft.mailboxes:
        yield from entry("mailbox", "unknown@example.invalid", "通知中未见邮箱")
        return
    first, *others = draft.mailboxes
    more = f"另有{'、'.join(one.value for one in others)}" if others else ""
    yield from entry("mailbox", first.value, more, first.source)


def _times(draft: Draft) -> Iterator[str]:
    yield from entry(
        "year",
        draft.year,
        "" if draft.document_number.value or draft.issued else "通知无文号、无日期",
    )
    if not draft.deadlines:
        since = f"{draft.issued:%Y-%m-%d}" if draft.issued else f"{draft.year}-01-01"
        yield from entry("opening", since, "通知未写何时起收件")
        found = dict(days_of(draft.sentences, draft.year))
        written = "、".join(
            f"{day:%Y-%m-%d}（{squeezed(source)[:40]}）" for day, source in found.items()
        )
        why = f"未能认出截止日期{'，通知写有' if written else ''}{written}"
        yield from entry("deadline", f"{draft.year}-12-31T23:59:59+08:00", why)
        return
    sorted_out = sort_deadlines(draft)
    first = sorted_out.main or draft.deadlines[0]
    guesses = [first.guess] if first.guess else []
    if others := sorted_out.others:
        days = "、".join(f"{_moment(due)}（{squeezed(due.source)[:40]}）" for due in others)
        guesses.append(f"另有{days}")
    if sorted_out.groups or sorted_out.materials:
        guesses.append("通知规定了几个期限，此处为其余单位、其余材料的期限")
    opening = f"{draft.issued:%Y-%m-%d}" if draft.issued else f"{first.moment.year}-01-01"
    since = "按成文日期掌握" if draft.issued else "通知未写何时起收件"
    if begins := start_of(first.source, draft.year):
        since += f"（通知写自{begins:%Y-%m-%d}起）"
    yield from entry("opening", opening, f"{since}，此前到达的邮件不处理")
    yield from entry("deadline", first.moment.isoformat(), "；".join(guesses), first.source)
    for place, (who, due) in enumerate(sorted_out.groups.items()):
        if place == 0:
            yield "groups:"
        why = f"units.csv的group栏须写作“{who}”，或在此改为该栏的写法"
        yield f"  # {UNCONFIRMED}：{'；'.join(one for one in (due.guess, why) if one)}"
        yield f"  # 通知：{squeezed(due.source)}"
        yield f"  {who}: {{deadline: '{due.moment.isoformat()}'}}"


def _moment(due: Due) -> str:
    """2026-06-30, or 2026-06-30 18:00 where the hour is said."""
    return f"{due.moment:%Y-%m-%d}" if due.moment.second else f"{due.moment:%Y-%m-%d %H:%M}"


def _material(material: Asked, draft: Draft) -> list[str]:
    kind = material.kind or {"photo": "photo", "video": "video"}.get(material.slot, "document")
    data: dict[str, Any] = {"slot": material.slot}
    data |= {"kind": material.kind} if material.kind else {}
    data["label"] = material.label
    guesses = [material.guess] if material.guess else []
    wishes: list[str] = []
    counts: list[Figure] = []
    for figure in draft.figures:
        if figure.of != kind or kind == "document" or figure.slot:
            continue
        if figure.what == "count":
            counts.append(figure)
        elif figure.what == "format":
            wishes.append(f"格式为{'、'.join(figure.words)}")
    bounds, doubts = counted(counts)
    data |= bounds
    guesses += doubts
    if kind in ("photo", "video"):
        data["accumulates"] = True
    data |= {"minimum": material.minimum} if material.minimum > 1 else {}
    data |= {"maximum": material.maximum} if material.maximum else {}
    if material.maximum > 1 or material.minimum > 1:
        data["accumulates"] = True
    if material.groups:
        data["only_groups"] = list(material.groups)
        guesses.append(
            f"units.csv的group栏须写作“{'、'.join(material.groups)}”，或在此改为该栏的写法"
        )
    if material.spared:
        data["except_groups"] = list(material.spared)
        guesses.append(
            f"units.csv的group栏须写作“{'、'.join(material.spared)}”，或在此改为该栏的写法"
        )
    if not material.required:
        data["required"] = False
        guesses.append("通知的说法是欢迎报送，按非必报掌握")
    if due := sort_deadlines(draft).materials.get(material.slot):
        data["deadline"] = due.moment.isoformat()
        guesses.append(f"此项的期限据“{squeezed(due.source)}”")
    data["how"] = f"请报送{material.label}{'，' + '，'.join(wishes) if wishes else ''}。"
    if not material.required:
        data["how"] = data["how"].replace("请报送", "欢迎报送", 1)
    data["source"] = squeezed(material.source)
    if material.source == _OFFICE:
        data["basis"] = "office"
    return item(data, "；".join(guesses))


_SHORT = re.compile("(?:征文|论文|案例|新闻稿|教案|课件|(?:申报|申请|承诺|推荐)书)$")


def _short(label: str, others: Sequence[str]) -> str:
    """征文 of 第三届读书征文, as whoever sends one names the file, where no other document of the
    notice is one; the table that goes with it is kept apart (征文…表)."""
    found = _SHORT.search(label)
    if not found or found[0] == label or any(found[0] in one and one[-1] != "表" for one in others):
        return ""
    return found[0]


def _documents(draft: Draft, slots: set[str], shipped: Mapping[str, Any]) -> Iterator[str]:
    """How documents are recognised: as in the shipped folder, and by the notice's own word."""
    if not slots - {"photo", "video"}:
        yield "documents: []"
        return
    yield "# 各项材料按下列标题辨认，有其他叫法的补在titles里。"
    yield "documents:"
    known = {one["kind"]: one for one in shipped["documents"]}
    asked = {material.slot: material for material in draft.materials}
    for slot in sorted(slots - {"photo", "video"}):
        label = asked[slot].label if slot in asked else "总结"
        titles = asked[slot].titles if slot in asked else ()
        like = known.get(slot, {"titles": []})
        drill = re.search("演练|演习", draft.title.value)
        more = [one for one in like["titles"] if drill or not re.search("演[练习]|推演|…", one)]
        words = dict.fromkeys((*(titles or (label,)), *more))
        unlike = list(like.get("unlike", ()))
        if short := _short(label, [one.label for one in draft.materials if one.slot != slot]):
            words[short] = None
            unlike.append(f"{short}…表")
        data: dict[str, Any] = {"kind": slot, "titles": list(words)}
        data |= {"unlike": unlike} if unlike else {}
        if slot in asked and asked[slot].formats:
            data["formats"] = list(asked[slot].formats)
        yield from item(data)


def _identity(draft: Draft, shipped: Mapping[str, Any]) -> list[str]:
    words = shipped["identity"]
    place = re.match(r"([\u4e00-\u9fff]{2,5}?)(?:省|市|县|区)", draft.issuer.value)
    # 各县（市、区）教育局： what the district's own report is signed with is the district's.
    addressed = re.findall(
        r"各(?:县|区|市|镇|乡|街道|[（(][^）)]{1,8}[）)])+([\u4e00-\u9fff]{2,14}?(?:局|委|指挥部|委员会|"
        r"办公室|办|中心|队))(?=[，、：:])",
        "\n".join(draft.text.split("\n")[:20]),
    )
    data = {
        "strip_prefixes": [place[0], place[1]] if place else [],
        "strip_suffixes": list(dict.fromkeys((*addressed, *words["strip_suffixes"]))),
        "sub_unit_words": list(words["sub_unit_words"]),
        "recipients": [draft.issuer.value] if draft.issuer.value else [],
    }
    return entry("identity", data, "我办的其他写法请补入recipients，外地地名可列入other_places")
