"""A draft as the files of a rules folder: YAML with a line 待确认 above everything guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from mailbot.campaign.drafting.figures import Figure
from mailbot.campaign.drafting.form import Table, form_data
from mailbot.campaign.drafting.said import Asked, Draft, Said
from mailbot.campaign.drafting.whose import sort_deadlines
from mailbot.campaign.unconfirmed import UNCONFIRMED

UNITS_HEAD = "unit,code,group,aliases,addresses,expected,deadline\n"
_OFFICE = "-"  # the source of what the office adds by itself
_LABELS = {"photo": "照片", "video": "视频", "document": "文档", "archive": "压缩包"}


def folder_of(
    draft: Draft,
    table: Table,
    shipped: Mapping[str, Any],
    annexes: Sequence[tuple[str, Table]] = (),
) -> dict[str, str]:
    """File name → content. `shipped` is the campaign.yaml whose general rules are taken over;
    `annexes`: every annexed table with its title, `table` the one that is the form where none
    has its title."""
    draft = replace(draft, materials=tuple(_settled(draft, annexes)))
    files = {
        "campaign.yaml": "\n".join(_campaign(draft, shipped)) + "\n",
        "units.csv": UNITS_HEAD,
        "notice.txt": draft.text.strip() + "\n",
    }
    if any(material.slot == "form" for material in draft.materials):
        named = next(one for one in draft.materials if one.slot == "form")
        title, table = _annex(named, annexes) or (draft.form_title.value or "统计表", table)
        files["form.yaml"] = _form_file(table, title, draft.text)
    for material in draft.materials:
        if material.kind == "form" and material.slot != "form":
            annex = _annex(material, annexes)
            assert annex is not None  # else it is no form
            files[f"{material.slot}.yaml"] = _form_file(annex[1], annex[0], draft.text)
    return files


def _form_file(table: Table, title: str, text: str) -> str:
    lines = ["# 由通知附表起草，栏目类型系推定。"]
    for key, value, guess in form_data(table, title, text):
        lines += _entry(key, value, guess)
        if key == "fields":
            lines = _explained(lines, {one.key: one.reason for one in table.fields})
        elif key == "rows":
            lines = _explained(lines, {one.key: one.reason for one in table.columns})
    return "\n".join(lines) + "\n"


def _annex(material: Asked, annexes: Sequence[tuple[str, Table]]) -> tuple[str, Table] | None:
    """The annexed table that a material's label names."""
    bare = re.sub(r"（[^（）]*）$", "", material.label)
    for title, table in annexes:
        if title and (bare in title or title in bare) and (table.fields or table.heading):
            return title, table
    return None


def _settled(draft: Draft, annexes: Sequence[tuple[str, Table]]) -> Iterator[Asked]:
    """Listed tables as forms where their annex is there and may be sent as one; as a scan where
    only .pdf and .jpg are taken; else as documents."""
    for material in draft.materials:
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


def _explained(lines: Sequence[str], reasons: Mapping[str, str]) -> list[str]:
    """Above each field why its type is what it is."""
    told: list[str] = []
    for line in lines:
        key = re.match(r"\s*- key: (\w+)$", line)
        if key and key[1] in reasons:
            indent = line[: len(line) - len(line.lstrip())]
            told.append(f"{indent}# {UNCONFIRMED}：{reasons[key[1]]}")
        told.append(line)
    return told


def _entry(key: str, value: Any, guess: str = "", source: str = "") -> list[str]:
    lines = [f"# {UNCONFIRMED}：{guess}"] if guess else []
    lines += [f"# 通知：{_squeezed(source)}"] if source else []
    text = yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=10**6)
    return lines + text.rstrip("\n").split("\n")


def _item(value: Mapping[str, Any], guess: str = "") -> list[str]:
    lines = [f"  # {UNCONFIRMED}：{guess}"] if guess else []
    text = yaml.safe_dump([dict(value)], allow_unicode=True, sort_keys=False, width=10**6)
    return lines + [f"  {line}" for line in text.rstrip("\n").split("\n")]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


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
        yield from _entry(key, value, guess, said.source)
    name, name_guess = _or_guess(draft.contact, "值班室")
    phone, phone_guess = _or_guess(draft.phone, "-")
    guess = "；".join(one for one in (name_guess, phone_guess) if one)
    yield from _entry("contact", {"name": name, "phone": phone}, guess, draft.phone.source)
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
    yield from _rules(draft, slots, shipped)
    yield from _identity(draft, shipped)


def _mailbox(draft: Draft) -> Iterator[str]:
    if not draft.mailboxes:
        yield from _entry("mailbox", "unknown@example.invalid", "通知中未见邮箱")
        return
    first, *others = draft.mailboxes
    more = f"另有{'、'.join(one.value for one in others)}" if others else ""
    yield from _entry("mailbox", first.value, more, first.source)


def _times(draft: Draft) -> Iterator[str]:
    yield from _entry("year", draft.year, "" if draft.document_number.value else "通知无文号")
    if not draft.deadlines:
        yield from _entry("opening", f"{draft.year}-01-01", "通知未写何时起收件")
        yield from _entry("deadline", f"{draft.year}-12-31T23:59:59+08:00", "未能认出截止日期")
        return
    sorted_out = sort_deadlines(draft)
    first = sorted_out.main or draft.deadlines[0]
    guesses = [first.guess] if first.guess else []
    if others := sorted_out.others:
        days = "、".join(f"{due.moment:%Y-%m-%d}（{_squeezed(due.source)[:40]}）" for due in others)
        guesses.append(f"另有{days}")
    if sorted_out.groups or sorted_out.materials:
        guesses.append("通知规定了几个期限，此处为其余单位、其余材料的期限")
    opening = f"{draft.issued:%Y-%m-%d}" if draft.issued else f"{first.moment.year}-01-01"
    since = "按成文日期掌握" if draft.issued else "通知未写何时起收件"
    yield from _entry("opening", opening, f"{since}，此前到达的邮件不处理")
    yield from _entry("deadline", first.moment.isoformat(), "；".join(guesses), first.source)
    for place, (who, due) in enumerate(sorted_out.groups.items()):
        if place == 0:
            yield "groups:"
        why = f"units.csv的group栏须写作“{who}”，或在此改为该栏的写法"
        yield f"  # {UNCONFIRMED}：{'；'.join(one for one in (due.guess, why) if one)}"
        yield f"  # 通知：{_squeezed(due.source)}"
        yield f"  {who}: {{deadline: '{due.moment.isoformat()}'}}"


def _material(material: Asked, draft: Draft) -> list[str]:
    kind = material.kind or {"photo": "photo", "video": "video"}.get(material.slot, "document")
    data: dict[str, Any] = {"slot": material.slot}
    data |= {"kind": material.kind} if material.kind else {}
    data["label"] = material.label
    guesses = [material.guess] if material.guess else []
    wishes: list[str] = []
    for figure in draft.figures:
        if figure.of != kind or kind == "document" or figure.slot:
            continue
        if figure.what == "count":
            data |= {"minimum": int(figure.minimum)} if figure.minimum else {}
            data |= {"maximum": int(figure.maximum)} if figure.maximum else {}
            guesses += [figure.guess] if figure.guess else []
        elif figure.what == "format":
            wishes.append(f"格式为{'、'.join(figure.words)}")
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
    if not material.required:
        data["required"] = False
        guesses.append("通知的说法是欢迎报送，按非必报掌握")
    if due := sort_deadlines(draft).materials.get(material.slot):
        data["deadline"] = due.moment.isoformat()
        guesses.append(f"此项的期限据“{_squeezed(due.source)}”")
    data["how"] = f"请报送{material.label}{'，' + '，'.join(wishes) if wishes else ''}。"
    if not material.required:
        data["how"] = data["how"].replace("请报送", "欢迎报送", 1)
    data["source"] = _squeezed(material.source)
    if material.source == _OFFICE:
        data["basis"] = "office"
    return _item(data, "；".join(guesses))


def _documents(draft: Draft, slots: set[str], shipped: Mapping[str, Any]) -> Iterator[str]:
    """How documents are recognised: as in the shipped folder, and by the notice's own word."""
    if not slots - {"photo", "video"}:
        yield "documents: []"
        return
    yield "documents:"
    known = {one["kind"]: one for one in shipped["documents"]}
    asked = {material.slot: material for material in draft.materials}
    for slot in sorted(slots - {"photo", "video"}):
        label = asked[slot].label if slot in asked else "总结"
        titles = asked[slot].titles if slot in asked else ()
        like = known.get(slot, {"titles": []})
        guess = "此项材料的其他叫法请补上" if slot not in known else ""
        words = dict.fromkeys((*(titles or (label,)), *like["titles"]))
        data: dict[str, Any] = {"kind": slot, "titles": list(words)}
        data |= {"unlike": list(like["unlike"])} if like.get("unlike") else {}
        if slot in asked and asked[slot].formats:
            data["formats"] = list(asked[slot].formats)
        yield from _item(data, guess)


def _rules(draft: Draft, slots: set[str], shipped: Mapping[str, Any]) -> Iterator[str]:
    told: set[str] = set()
    asked = {material.slot: material for material in draft.materials}
    for figure in _merged(draft.figures):
        twin = asked.get(figure.slot)
        if figure.slot and (figure.what == "count" or (twin and twin.formats)):
            continue  # said of the material itself
        rule = _rule(figure, shipped, asked)
        met = figure.slot or figure.of in ("document", "archive") or figure.of in slots
        if rule is None or not met:
            if figure.what != "count":
                yield f"  # {UNCONFIRMED}：未能归到某项材料：{_squeezed(figure.source)}"
            continue
        if rule["code"] in told:
            yield f"  # {UNCONFIRMED}：同一要求另有一处：{_squeezed(figure.source)}"
            continue
        told.add(rule["code"])
        yield from _item(rule, figure.guess)
    for material in draft.materials:
        if any(material.words):
            yield from _item(_length_rule(material))
    for named in draft.names:
        slot = named.slot if named.slot in slots else "any"
        words = "、".join({"unit": "单位名称", "date": "日期"}[one] for one in named.contains)
        rule = {
            "code": f"{slot.upper()}_NAME",
            "test": "file_name",
            "applies_to": slot,
            "contains": list(named.contains),
            "severity": "warning",
            "text": f"文件名应注明{words}",
            "fix": "今后请按通知的写法命名，仅此一项无需重新报送。",
            "source": _squeezed(named.source),
        }
        if rule["code"] not in told:
            told.add(rule["code"])
            yield from _item(rule, "文件名写法由通知推定，只作提示")
    yield "  # 以下为各类材料通用的规则，照现成的规则写。"
    for rule in shipped["rules"]:
        target = rule.get("applies_to", "any")
        general = {"document", "archive", "mail", "any", *slots}
        if rule["test"] in ("size", "format") or target not in general or rule["code"] in told:
            continue
        if rule["test"] in ("keywords", "share") and not re.search("演练|演习", draft.title.value):
            continue
        if rule.get("when") == "form_picture" and "form" not in slots:
            continue
        if rule.get("when") == "short_text" and "text" not in slots:
            continue
        basis = rule.get("basis", "notice")
        source = rule["source"] if basis == "standard" else _OFFICE
        yield from _item(
            {key: value for key, value in rule.items() if key != "reason"}
            | {"source": source, "basis": "standard" if basis == "standard" else "office"}
        )


def _merged(figures: Sequence[Figure]) -> list[Figure]:
    """不少于1分钟,不超过10分钟 is one rule; formats named twice are one list."""
    kept: list[Figure] = []
    for figure in figures:
        if figure.slot:  # a sign-in sheet as .pdf or .jpg is one list
            figure = replace(figure, of="document")
        for place, other in enumerate(kept):
            if (other.what, other.of, other.slot) != (figure.what, figure.of, figure.slot):
                continue
            if figure.what == "format":
                kept[place] = replace(
                    other,
                    formats=tuple(dict.fromkeys((*other.formats, *figure.formats))),
                    words=tuple(dict.fromkeys((*other.words, *figure.words))),
                )
                break
            if figure.what in ("file_size", "duration") and (
                (other.minimum is None) != (figure.minimum is None)
                and (other.maximum is None) != (figure.maximum is None)
                and (other.minimum or figure.minimum or 0) < (other.maximum or figure.maximum or 0)
            ):
                kept[place] = replace(
                    other,
                    minimum=other.minimum or figure.minimum,
                    maximum=other.maximum or figure.maximum,
                    guess=other.guess or figure.guess,
                )
                break
        else:
            kept.append(figure)
    return kept


def _length_rule(material: Asked) -> dict[str, Any]:
    least, most = material.words
    said = [f"不少于{least}字"] if least else []
    said += [f"不超过{most}字"] if most else []
    return {
        "code": f"{material.slot.upper()}_LENGTH",
        "test": "word_count",
        "applies_to": material.slot,
        **({"minimum": least} if least else {}),
        **({"maximum": most} if most else {}),
        "severity": "error",
        "text": f"{material.label}应{'、'.join(said)}",
        "fix": "请补充或精简后重新报送。",
        "source": _squeezed(material.source),
        "basis": "notice",
    }


def _rule(
    figure: Figure, shipped: Mapping[str, Any], asked: Mapping[str, Asked]
) -> dict[str, Any] | None:
    if figure.what == "count" or not (figure.of or figure.slot):
        return None
    label, target = _LABELS.get(figure.of, ""), figure.of
    if figure.slot:
        label, target = asked[figure.slot].label, figure.slot
    source = {"source": _squeezed(figure.source), "basis": "notice"}
    base: dict[str, Any] = {"code": f"{target.upper()}_{figure.what.upper()}"}
    base |= {"test": figure.what, "applies_to": target}
    like: Mapping[str, Any] = next(
        (r for r in shipped["rules"] if r["test"] == figure.what and r["applies_to"] == target), {}
    )
    fix = {"fix": like.get("fix") or f"请按要求处理后重新报送{label}。"}
    if figure.what == "size":
        how = "大于" if figure.operator == ">" else "不低于"
        base |= {"operator": figure.operator, "width": figure.width, "height": figure.height}
        text = f"{label}分辨率应{how}{figure.width}像素×{figure.height}像素"
    elif figure.what == "taken":
        base |= {"test": "taken_between", "from": figure.days[0], "to": figure.days[1]}
        base |= {"when_absent": "notice"}
        text = f"{label}应为{figure.days[0]}至{figure.days[1]}期间拍摄"
        fix = {"fix": f"请报送期间拍摄的原始{label}。"}
    elif figure.what == "format":
        base |= {"allowed": list(figure.formats)}
        text = f"{label}格式应为{'、'.join(figure.words)}"
        fix = {"fix": f"请将{label}另存为{figure.words[0]}格式后重新报送。"}
    else:
        unit, end = ("秒", "s") if figure.what == "duration" else ("MB", "mb")
        bounds = {"minimum": figure.minimum, "maximum": figure.maximum}
        base |= {f"{key}_{end}": value for key, value in bounds.items() if value}
        said = [f"不少于{_amount(figure.minimum, unit)}"] if figure.minimum else []
        said += [f"不超过{_amount(figure.maximum, unit)}"] if figure.maximum else []
        name = "时长" if figure.what == "duration" else "文件大小"
        text = f"{label}{name}应{'、'.join(said)}"
        fix = {"fix": f"请调整{label}的{name}后重新报送。"}
    severity = "warning" if target in ("document", "archive") else "error"
    return base | {"severity": severity, "text": text} | fix | source


def _amount(number: float, unit: str) -> str:
    """3分钟, 90秒, 500KB, 5MB."""
    if unit == "秒" and number % 60 == 0:
        return f"{number / 60:g}分钟"
    if unit == "MB" and number < 1:
        return f"{number * 1000:g}KB"
    return f"{number:g}{unit}"


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
    return _entry("identity", data, "我办的其他写法请补入recipients，外地地名可列入other_places")
