"""A digest as its reader takes it in, and as the model says it must read."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from make.season.cast import SLOTS
from make.season.model import Model

LABELS = dict(
    zip(SLOTS, ("统计表", "演练方案", "演练评估总结", "视频", "照片", "文字信息"), strict=True)
)
_MARKS = {
    "accepted": "✓",
    "rejected": "待补",
    "missing": "缺",
    "announced": "链接",
    "held": "待核",
}
_TIMING = {"late": "迟", "supplemented_late": "逾期补正", "partial": "漏报"}
_ODD = {
    "报送了同一张照片": "one photograph",
    "照片拍摄日期不在活动期间": "another season",
    "按组织单位分类的举办次数之和": "contradiction",
}
_FIGURES = ("举办次数", "参演人数", "直接投入")


@dataclass(frozen=True)
class Digest:
    """What one digest tells, in plain values."""

    counted: tuple[int, int, int, int]  # expected, complete, partly, nothing
    days: int
    new: int
    needs: tuple[tuple[str, str], ...]  # the kind, and what it is about
    board: dict[str, tuple[tuple[str, ...], str]]
    silent: tuple[str, ...]
    sums: dict[str, tuple[float, int]]
    links: tuple[tuple[str, str], ...]
    warnings: frozenset[tuple[str, str]]


def read_digest(text: str) -> Digest:
    """The plain text of a mailed digest."""
    text = text.replace("\r\n", "\n")
    counted = re.search(r"应报(\d+)个单位：齐全(\d+)，部分(\d+)，未报(\d+)", text)
    assert counted, text
    days = re.search(r"还有(\d+)天|(今天)|已过(\d+)天", text.split("\n")[1])
    assert days, text
    sections = dict(re.findall(r"^【(.+?)】([\s\S]*?)(?=^【|\Z)", text, re.MULTILINE))
    needs = []
    for kind, title, detail in re.findall(
        r"^\d+\. 〔(.+?)〕(.*)\n(?:   (.*))?", sections.get("需要您处理", ""), re.MULTILINE
    ):
        if kind == "地址待确认":
            needs += [(kind, address) for address in re.findall(r"\S+@\S+?(?=；|$)", detail)]
        elif kind == "他址报送":
            needs += [(kind, address) for address in re.findall(r"(\S+@\S+?)（已计入", detail)]
        else:
            found = re.search(r"第\d+号来信|[\w.]+@[\w.]+|\d+(?=件|封)", title)
            needs.append((kind, found[0] if found and kind not in _NAMED else title))
    board = {}
    for unit, timing, cells in re.findall(
        r"^ · (.+?)(?:〔(.+?)〕)?：(统计表 .*)$", sections.get("报送进度", ""), re.MULTILINE
    ):
        board[unit] = (tuple(cell.split(" ")[1] for cell in cells.split("，")), timing)
    silent = sections.get("尚未报送", "").strip()
    sums = {
        label: (float(total.replace(",", "")), int(forms))
        for label, total, forms in re.findall(
            r"^ · 总体情况·(.+?)：([\d.,]+)\D*（(\d+)个单位）", sections.get("统计表汇总", ""), re.M
        )
    }
    warnings = re.findall(r"^ · (.+?)：(.*)$", sections.get("提请留意", ""), re.MULTILINE)
    return Digest(
        counted=(int(counted[1]), int(counted[2]), int(counted[3]), int(counted[4])),
        days=int(days[1] or 0) - int(days[3] or 0),
        new=int(sections.get("新来件", "0").split("封")[0]),
        needs=tuple(sorted(needs)),
        board=board,
        silent=tuple(silent.split("：")[1].split("、")) if silent else (),
        sums={label: sums[label] for label in _FIGURES if label in sums},
        links=tuple(
            sorted(
                re.findall(r"^ · (.+?)：.*）(.*)$", sections.get("待下载的链接", ""), re.MULTILINE)
            )
        ),
        warnings=frozenset(
            (unit, next((_ODD[words] for words in _ODD if words in what), what))
            for unit, what in warnings
        ),
    )


_NAMED = ("待核对", "替换待定")


def expect_digest(model: Model, now: datetime, since: datetime, today: date) -> Digest:
    """The digest of this moment."""
    states = {unit: model.state(unit) for unit in model.units}
    counts = Counter(states.values())
    deadline = model.story.deadline.date()
    board, sums, links = {}, dict.fromkeys(_FIGURES, (0.0, 0)), []
    for unit, state in states.items():
        slots = {name: model.slot(unit, name) for name in SLOTS}
        if state != "nothing":
            marks = tuple("免" if one.waived else _MARKS[one.verdict] for one in slots.values())
            board[unit] = (marks, _TIMING.get(model.punctuality(unit, now), ""))
        form = model.form_of(unit)
        if form is not None:
            for figure, value in zip(_FIGURES, form.figures, strict=True):
                total, forms = sums[figure]
                sums[figure] = (round(total + value, 2), forms + 1)
        if slots["video"].verdict != "accepted":
            links += [(unit, _expiry(today)) for _ in _links_of(model, unit)]
    return Digest(
        counted=(len(states), counts["complete"], counts["incomplete"], counts["nothing"]),
        days=(deadline - today).days,
        new=sum(
            one.examined_at is not None
            and since < one.examined_at <= now
            and one.letter.sort not in ("twin", "office")
            for one in model.came
        ),
        needs=tuple(sorted(_needs(model, states))),
        board=board,
        silent=tuple(unit for unit, state in states.items() if state == "nothing"),
        sums={figure: value for figure, value in sums.items() if value[1]},
        links=tuple(sorted(links)),
        warnings=frozenset(_warnings(model)),
    )


def _expiry(today: date) -> str:
    left = (date(2017, 7, 8) - today).days
    words = "已过期" if left < 0 else f"还有{left}天" if left else "今天为最后一天"
    return f"2017年7月8日到期，{words}"


def _links_of(model: Model, unit: str) -> list[str]:
    return [
        piece.name
        for came in model.came
        if came.unit == unit and came.counts
        for piece in came.letter.pieces
        if piece.slot == "link"
    ]


def _needs(model: Model, states: dict[str, str]) -> list[tuple[str, str]]:
    needs = [("邮件隔离", f"第{one.number}号来信") for one in model.quarantined]
    needs += [("答复未送达", address) for address in model.refused]
    needs += [("地址无效", address) for address in model.dead]
    for came in model.came:
        if str(came.number) not in model.on_hold and came.examined_at:
            title = f"第{came.number}号来信"
            needs += [(came.why_held, title)] if came.why_held else []
            needs += [("未答复", title)] if came.no_answer == "bcc" else []
            needs += [("来信待阅", title)] if came.no_answer == "nothing" else []
    for unit in states:
        for name in SLOTS:
            slot = model.slot(unit, name)
            piles = (("替换待定", slot.shown), ("待核对", slot.held))
            for kind, files in piles:
                if kind == "替换待定" or slot.verdict == "held":
                    names = [file.piece.name for file in files if file.piece]
                    needs += [(kind, f"{unit} {LABELS[name]}：{one}") for one in names]
    needs += [("地址待确认", address) for address in model.provisional()]
    needs += [("他址报送", address) for address in dict.fromkeys(model.strangers())]
    needs += [("已搁置", str(len(model.on_hold)))] if model.on_hold else []
    needs += [("待批准", str(len(model.waiting)))] if model.waiting else []
    return needs


def _warnings(model: Model) -> list[tuple[str, str]]:
    """Odd pieces in force: photographs whoever sent them, tables that are in force."""
    odd: list[tuple[str, str]] = []
    owners: dict[int, list[str]] = {}
    for unit in model.units:
        for file in model.slot(unit, "photo").in_force:
            if file.piece:
                owners.setdefault(file.piece.serial, []).append(unit)
                odd += [(unit, "another season")] if file.piece.odd == "season" else []
        form = model.form_of(unit)
        odd += [(unit, "contradiction")] if form and form.odd == "sums" else []
    odd += [
        ("、".join(sorted(units)), "one photograph") for units in owners.values() if len(units) > 1
    ]
    return odd


def day_before(now: datetime) -> datetime:
    """What is new counts from then at least."""
    return now - timedelta(days=1)
