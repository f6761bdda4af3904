"""A draft as the files of a rules folder: YAML with a line 待确认 above everything guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from mailbot.campaign.draft import Asked, Draft, Said
from mailbot.campaign.draft_figures import Figure
from mailbot.campaign.draft_form import Table, form_data
from mailbot.campaign.draft_whose import sort_deadlines
from mailbot.campaign.unconfirmed import UNCONFIRMED

UNITS_HEAD = "unit,code,group,aliases,addresses,expected,deadline\n"
_OFFICE = "-"  # the source of what the office adds by itself
_LABELS = {"photo": "照片", "video": "视频", "document": "文档"}


def folder_of(draft: Draft, table: Table, shipped: Mapping[str, Any]) -> dict[str, str]:
    """File name → content. `shipped` is the campaign.yaml whose general rules are taken over."""
    files = {
        "campaign.yaml": "\n".join(_campaign(draft, shipped)) + "\n",
        "units.csv": UNITS_HEAD,
        "notice.txt": draft.text.strip() + "\n",
    }
    if any(material.slot == "form" for material in draft.materials):
        title = draft.form_title.value or "统计表"
        lines = ["# 由通知附表起草，栏目类型系推定。"]
        for key, value, guess in form_data(table, title):
            lines += _entry(key, value, guess)
            if key == "fields":
                lines = _explained(lines, {one.key: one.reason for one in table.fields})
            elif key == "rows":
                lines = _explained(lines, {one.key: one.reason for one in table.columns})
        files["form.yaml"] = "\n".join(lines) + "\n"
    return files


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
    opening = f"{first.moment.year}-01-01"
    yield from _entry("opening", opening, "通知未写何时起收件，此前到达的邮件不处理")
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
        if figure.of != kind or kind == "document":
            continue
        if figure.what == "count":
            data |= {"minimum": int(figure.minimum)} if figure.minimum else {}
            data |= {"maximum": int(figure.maximum)} if figure.maximum else {}
            guesses += [figure.guess] if figure.guess else []
        elif figure.what == "format":
            wishes.append(f"格式为{'、'.join(figure.words)}")
    if kind in ("photo", "video"):
        data["accumulates"] = True
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
        like = known.get(slot, {"titles": []})
        guess = "此项材料的其他叫法请补上" if slot not in known else ""
        data = {"kind": slot, "titles": list(dict.fromkeys((label, *like["titles"])))}
        data |= {"unlike": list(like["unlike"])} if like.get("unlike") else {}
        yield from _item(data, guess)


def _rules(draft: Draft, slots: set[str], shipped: Mapping[str, Any]) -> Iterator[str]:
    told: set[str] = set()
    for figure in _merged(draft.figures):
        rule = _rule(figure, shipped)
        if rule is None or (figure.of != "document" and figure.of not in slots):
            if figure.what != "count":
                yield f"  # {UNCONFIRMED}：未能归到某项材料：{_squeezed(figure.source)}"
            continue
        if rule["code"] in told:
            yield f"  # {UNCONFIRMED}：同一要求另有一处：{_squeezed(figure.source)}"
            continue
        told.add(rule["code"])
        yield from _item(rule, figure.guess)
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
        for place, other in enumerate(kept):
            if (other.what, other.of) != (figure.what, figure.of):
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


def _rule(figure: Figure, shipped: Mapping[str, Any]) -> dict[str, Any] | None:
    if figure.what == "count" or not figure.of:
        return None
    label, target = _LABELS[figure.of], figure.of
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
    elif figure.what == "format":
        base |= {"allowed": list(figure.formats)}
        text = f"{label}格式应为{'、'.join(figure.words)}"
        fix = {"fix": f"请将{label}另存为{figure.words[0]}格式后重新报送。"}
    else:
        unit, end = ("秒", "s") if figure.what == "duration" else ("MB", "mb")
        bounds = {"minimum": figure.minimum, "maximum": figure.maximum}
        base |= {f"{key}_{end}": value for key, value in bounds.items() if value}
        said = [f"不少于{figure.minimum:g}{unit}"] if figure.minimum else []
        said += [f"不超过{figure.maximum:g}{unit}"] if figure.maximum else []
        name = "时长" if figure.what == "duration" else "文件大小"
        text = f"{label}{name}应{'、'.join(said)}"
        fix = {"fix": f"请调整{label}的{name}后重新报送。"}
    severity = "warning" if target == "document" else "error"
    return base | {"severity": severity, "text": text} | fix | source


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
