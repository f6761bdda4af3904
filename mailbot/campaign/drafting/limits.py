"""The limits of a notice as rules, and the general rules that any folder has."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mailbot.campaign.drafting.bounds import AROUND, Figure
from mailbot.campaign.drafting.lines import item, squeezed
from mailbot.campaign.drafting.said import Asked, Draft
from mailbot.campaign.unconfirmed import UNCONFIRMED

_OFFICE = "-"  # the source of what the office adds by itself
_PHOTOGRAPHED = re.compile("拍照|照片|图片|截图|截屏|翻拍")
_LABELS = {"photo": "照片", "video": "视频", "document": "文档", "archive": "压缩包"}


def rules_of(draft: Draft, slots: set[str], shipped: Mapping[str, Any]) -> Iterator[str]:
    """The rules as lines: the notice's own, file names, and what goes for all material."""
    told: set[str] = set()
    asked = {material.slot: material for material in draft.materials}
    either = list(_either(draft.figures, slots))
    for pair in either:
        any_of = _either_rule(*pair, shipped, asked)
        told |= {any_of["code"], *(f"{one.of.upper()}_{one.what.upper()}" for one in pair)}
        yield from item(any_of)
    joined = [figure for pair in either for figure in pair]
    for figure in _merged([one for one in draft.figures if one not in joined]):
        twin = asked.get(figure.slot)
        if figure.slot and (figure.what == "count" or (twin and (twin.formats or twin.editable))):
            continue  # said of the material itself
        rule = _rule(figure, shipped, asked)
        met = figure.slot or figure.of in ("document", "archive") or figure.of in slots
        if rule is None or not met:
            if figure.what != "count":
                yield f"  # {UNCONFIRMED}：未能归到某项材料：{squeezed(figure.source)}"
            continue
        if rule["code"] in told:
            yield f"  # {UNCONFIRMED}：同一要求另有一处：{squeezed(figure.source)}"
            continue
        told.add(rule["code"])
        yield from item(
            rule, "；".join(one for one in (figure.guess, _of_all(figure, draft)) if one)
        )
        for mate in _mates(figure, draft):  # 演练方案和脚本，各1份，Word版
            if other := _rule(replace(figure, slot=mate), shipped, asked):
                told.add(other["code"])
                yield from item(other, figure.guess)
    for material in draft.materials:
        if material.editable:
            yield from item(_editable_rule(material))
        if any(material.words):
            said = replace(material, source=material.words_source or material.source)
            around = AROUND if re.search("字左右", said.source) else ""
            about = material.words_guess or around
            rule = _length_rule(said, "word_count", "LENGTH", "字", material.words)
            if AROUND in about:
                rule |= {
                    "severity": "warning",
                    "text": f"{material.label}以{material.words[1]}字左右为宜",
                }
            yield from item(rule, about)
        if any(material.pages):
            yield from item(_length_rule(material, "page_count", "PAGES", "页", material.pages))
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
            "source": squeezed(named.source),
        }
        if rule["code"] not in told:
            told.add(rule["code"])
            yield from item(rule, "文件名写法由通知推定，只作提示")
    yield "  # 以下为各类材料通用的规则，照现成的规则写。"
    for rule in shipped["rules"]:
        target = rule.get("applies_to", "any")
        general = {"document", "archive", "mail", "any", *slots}
        if rule["test"] in ("size", "format") or target not in general or rule["code"] in told:
            continue
        drill = re.search("演练|演习", draft.title.value)
        if not drill and (
            rule["test"] in ("keywords", "share") or rule.get("when") == "look_alike"
        ):
            continue
        if rule.get("when") == "form_picture" and "form" not in slots:
            continue
        if rule.get("when") == "short_text" and "text" not in slots:
            continue
        basis = rule.get("basis", "notice")
        source = rule["source"] if basis == "standard" else _OFFICE
        rejects = rule["test"] in ("keywords", "share") and rule["severity"] == "error"
        yield from item(
            {
                key: value
                for key, value in (rule if drill else _of_any_notice(rule, draft)).items()
                if key != "reason"
            }
            | _without_figures_of_another(rule, draft)
            | {"source": source, "basis": "standard" if basis == "standard" else "office"},
            "照安全生产应急演练的要求写，不符的退回；本通知没有这一要求的请删去" if rejects else "",
        )


def _without_figures_of_another(rule: Mapping[str, Any], draft: Draft) -> dict[str, str]:
    """The advice of a general rule without the shipped notice's size, where this has another."""
    target = rule.get("applies_to")
    own = [one for one in draft.figures if (one.what, one.of) == ("size", target)]
    fix = str(rule.get("fix", ""))
    if "（保持分辨率" not in fix or any((one.width, one.height) == (1280, 720) for one in own):
        return {}
    return {"fix": re.sub("（保持分辨率[^）]*）", "", fix)}


def _of_any_notice(rule: Mapping[str, Any], draft: Draft) -> Mapping[str, Any]:
    """The rule without the drill's own words: what is to be named is this notice's material."""
    named = "".join(f"“{one.label}”" for one in draft.materials if one.kind != "")[:60]
    words = {
        key: re.sub("（如“[^）]*）", f"（如{named}）" if named else "", value)
        for key, value in rule.items()
        if isinstance(value, str)
    }
    return {
        **rule,
        **{key: re.sub("演练(视频|照片|材料)", r"\1", value) for key, value in words.items()},
    }


def _of_all(figure: Figure, draft: Draft) -> str:
    """The slot `form` is named as its kind: what is said of it holds for the other tables too. So
    does a size for all documents, whichever of them it is said of."""
    if not figure.slot and (figure.what, figure.of) == ("file_size", "document"):
        return "通知说的可能是其中一项，此处对全部文档生效"
    others = [one.label for one in draft.materials if one.kind == "form" and one.slot != "form"]
    return (
        f"对{'、'.join(others)}同样生效，不适用的须另写" if figure.slot == "form" and others else ""
    )


_OR = re.compile(
    r"[^，,。；;]*(?:像素|[×xX*]\s*\d{3,4}|\d[Pp])[^，,。；;]{0,8}或者?[^，,。；;]{0,8}\d[^，,。；;]*"
)


def _either(figures: Sequence[Figure], slots: set[str]) -> Iterator[tuple[Figure, Figure]]:
    """分辨率不低于1600×1200或文件大小不低于2MB: one of the two is enough."""
    for one in figures:
        if one.what != "size" or one.of not in slots or not (said := _OR.search(one.source)):
            continue
        for other in figures:
            near = (other.source, other.of, other.what) == (one.source, one.of, "file_size")
            if near and re.search(r"或者?[^，,。；;]{0,8}\d+(?:\.\d+)?\s*(?:[MGK]|兆)", said[0]):
                yield one, other
                break


def _either_rule(
    one: Figure, other: Figure, shipped: Mapping[str, Any], asked: Mapping[str, Asked]
) -> dict[str, Any]:
    parts = [_rule(figure, shipped, asked) or {} for figure in (one, other)]
    inner = ("test", "operator", "width", "height", "minimum_mb", "maximum_mb")
    said = "，或".join(part["text"] for part in parts)
    return {
        "code": f"{one.of.upper()}_CLEAR",
        "test": "any_of",
        "applies_to": one.of,
        "rules": [{key: part[key] for key in inner if key in part} for part in parts],
        "severity": "error",
        "text": said,
        "fix": parts[0]["fix"],
        "source": squeezed(one.source),
        "basis": "notice",
    }


def _mates(figure: Figure, draft: Draft) -> list[str]:
    """The other materials that the same sentence asks for and this figure is said of."""
    if figure.what != "format" or not figure.slot:
        return []
    return [
        one.slot
        for one in draft.materials
        if one.source == figure.source
        and one.slot != figure.slot
        and not (one.formats or one.editable or one.slot in ("photo", "video"))
    ]


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
            if figure.what in ("file_size", "duration"):
                kept[place] = _wider(other, figure)
                break
            if figure.what == "size" and (figure.width, figure.height) != (
                other.width,
                other.height,
            ):
                small, large = sorted((other, figure), key=lambda one: one.width * one.height)
                why = f"通知另有一处写{large.width}×{large.height}，按较小的掌握"
                kept[place] = replace(small, guess=why)
                break
        else:
            kept.append(figure)
    return kept


def _wider(one: Figure, other: Figure) -> Figure:
    """公益广告不超过90秒，微电影不超过8分钟: nothing is refused that one of the two lets pass."""
    if (one.minimum, one.maximum) == (other.minimum, other.maximum):
        return one
    low, high = (one.minimum, other.minimum), (one.maximum, other.maximum)
    said = one.guess if one.guess.startswith(_DIFFERS) else f"{_DIFFERS}{_told(one)}"
    return replace(
        one,
        minimum=min(filter(None, low)) if all(low) else None,
        maximum=max(filter(None, high)) if all(high) else None,
        guess=f"{said}；{_told(other)}",
    )


_DIFFERS = "通知有几种写法，按最宽的掌握："


def _told(figure: Figure) -> str:
    """不少于1分钟、不超过3分钟."""
    unit = "秒" if figure.what == "duration" else "MB"
    said = [f"不少于{_amount(figure.minimum, unit)}"] if figure.minimum else []
    return "、".join(said + ([f"不超过{_amount(figure.maximum, unit)}"] if figure.maximum else []))


def _editable_rule(material: Asked) -> dict[str, Any]:
    name = "Excel" if "xlsx" in material.editable else "Word"
    return {
        "code": f"{material.slot.upper()}_FORMAT",
        "test": "format",
        "applies_to": material.slot,
        "allowed": list(material.editable),
        "severity": "error",
        "text": f"{material.label}应为{name}格式",
        "fix": f"请以{name}格式重新报送。",
        "source": squeezed(material.source),
        "basis": "notice",
    }


def _length_rule(
    material: Asked, test: str, code: str, unit: str, bounds: tuple[int, int]
) -> dict[str, Any]:
    least, most = bounds
    said = [f"不少于{least}{unit}"] if least else []
    said += [f"不超过{most}{unit}"] if most else []
    return {
        "code": f"{material.slot.upper()}_{code}",
        "test": test,
        "applies_to": material.slot,
        **({"minimum": least} if least else {}),
        **({"maximum": most} if most else {}),
        "severity": "error",
        "text": f"{material.label}应{'、'.join(said)}",
        "fix": "请补充或精简后重新报送。",
        "source": squeezed(material.source),
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
    source = {"source": squeezed(figure.source), "basis": "notice"}
    base: dict[str, Any] = {"code": f"{target.upper()}_{figure.what.upper()}"}
    base |= {"test": figure.what, "applies_to": target}
    like: Mapping[str, Any] = next(
        (r for r in shipped["rules"] if r["test"] == figure.what and r["applies_to"] == target), {}
    )
    fix = {"fix": like.get("fix") or f"请按要求处理后重新报送{label}。"}
    if figure.what == "size":
        how = "大于" if figure.operator == ">" else "不低于"
        if f"{figure.width}像素×{figure.height}像素" not in fix["fix"]:  # another notice's figure
            fix = {"fix": f"请用原始{label}，或按要求的分辨率重新导出后报送。"}
        base |= {"operator": figure.operator, "width": figure.width, "height": figure.height}
        text = f"{label}分辨率应{how}{figure.width}像素×{figure.height}像素"
    elif figure.what == "taken":
        base |= {"test": "taken_between", "from": figure.days[0], "to": figure.days[1]}
        base |= {"when_absent": "notice"}
        text = f"{label}应为{_day(figure.days[0])}至{_day(figure.days[1])}期间拍摄"
        fix = {"fix": f"请报送期间拍摄的原始{label}。"}
    elif figure.what == "format":
        allowed, words = list(figure.formats), "、".join(figure.words)
        shown = figure.slot and asked[figure.slot].pictured and "jpeg" not in allowed
        if shown and _PHOTOGRAPHED.search(figure.source):
            allowed, words = [*allowed, "jpeg", "mpo", "png"], f"{words}或照片"
        base |= {"allowed": list(dict.fromkeys(allowed))}
        text = f"{label}格式应为{words}"
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
    lenient = target in ("document", "archive") or AROUND in figure.guess
    severity = "warning" if lenient else "error"
    return base | {"severity": severity, "text": text} | fix | source


def _day(written: str) -> str:
    year, month, day = written.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def _amount(number: float, unit: str) -> str:
    """3分钟, 90秒, 500KB, 5MB."""
    if unit == "秒" and number % 60 == 0:
        return f"{number / 60:g}分钟"
    if unit == "MB" and number < 1:
        return f"{number * 1000:g}KB"
    return f"{number:g}{unit}"
