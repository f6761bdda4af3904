"""The annexed table of a notice read into the fields of form.yaml; types guessed from headings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailbot.model import Cell, Grid

# What a heading's words say of its type, the first that is met; a guess every time.
_TYPES: tuple[tuple[str, str], ...] = (
    ("身份证", "id_number"),
    ("电话|手机|联系方式|传真", "phone"),
    ("时间|日期|年月", "date"),
    ("万元", "money_wan"),
    ("率$|比例|占比|百分|%|％", "percent"),
    (
        "次数|人数|人次|场次|数量|个数|总数|场数|[(（][个次人场家台辆份项起名处节所座套件期篇条户间批组宗][次数]?[)）]|数$",
        "count",
    ),
    ("经费|投入|金额|资金|费用|[(（]元[)）]|产值|补贴|奖金|造价", "money_wan"),
    (
        "负责人|责任人|联系人|填表人|填报人|审核人|制表人|审批人|签发人|经手人|记录人|姓名|经办人|签名",
        "person",
    ),
    ("(?<!所在)单位|^学校$|^企业$|^医院$|学校(?=[(（]盖章)|学校名称|企业名称", "unit"),
    (
        "面积|长度|重量|容量|[(（](?:分钟|小时|秒|天|米|公里|千米|平方米|公顷|亩|吨|公斤|立方米|度)[)）]",
        "number",
    ),
)
# What says something of the form itself: type, and the key it goes by.
_OF_THE_FORM = {"unit": "unit", "date": "reported_on", "person": "filled_by", "phone": "phone"}
_ROW_NUMBER = re.compile(r"序号|编号")


@dataclass(frozen=True, slots=True)
class Field:
    """One field as guessed."""

    key: str
    path: tuple[str, ...]
    type: str
    choices: tuple[str, ...] = ()
    reason: str = ""
    sure: bool = False  # the heading itself proves its type
    place: str = "table"


@dataclass(frozen=True, slots=True)
class Sum:
    """Fields that add up to another, by the words of the table itself."""

    total: str  # keys
    parts: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Table:
    """The fields of a table, or the columns of its repeating rows."""

    fields: tuple[Field, ...] = ()
    heading: tuple[str, ...] = ()  # of repeating rows
    columns: tuple[Field, ...] = ()
    sums: tuple[Sum, ...] = ()
    sealed: bool = False  # it asks for a seal


def type_of(heading: str) -> tuple[str, tuple[str, ...], str]:
    """Type, choices, and why."""
    if listed := re.search(r"[(（]([^()（）\d]*[/／][^()（）\d]*)[)）]$", heading):
        words = tuple(one.strip() for one in re.split("[/／]", listed[1]) if one.strip())
        if len(words) > 1 and all(len(one) <= 10 and one not in "年月日" for one in words):
            return "choice", words, "栏目名后列有选项"
    if re.match("是否|有无", heading):
        choices = ("是", "否") if heading.startswith("是否") else ("有", "无")
        return "choice", choices, f"栏目以“{heading[:2]}”起"
    for pattern, type in _TYPES:
        if found := re.search(pattern, heading):
            return type, (), f"由“{found[0]}”推定"
    return "text", (), "由栏目名看不出类型，按文字掌握"


# What a heading says outright: its unit in brackets, its choices, or whose name or number it is.
_PROVEN: dict[str, str] = {
    "id_number": "身份证",
    "phone": "电话|手机|联系方式|传真",
    "date": "日期|[(（]年[/、.]?月",
    "money_wan": "万元",
    "percent": "[(（][%％][)）]|率[(（]",
    "count": "[(（][个次人场家台辆份项起名处节所座套件期篇条户间批组宗][次数]?[)）]|人数|人次|次数",
    "person": "姓名|[填制]表人|填报人|审核人|联系人|负责人|责任人|签[名字]",
    "unit": "[(（]盖章|填报单位|报送单位|单位名称|学校名称|企业名称",
    "choice": "^(?:是否|有无)|[/／]",
    "number": "[(（](?:分钟|小时|秒|天|米|公里|千米|平方米|公顷|亩|吨|公斤|立方米|度)[)）]",
}


def is_proven(heading: str, type: str) -> bool:
    """Whether the heading's own words leave no doubt of its type."""
    return type in _PROVEN and bool(re.search(_PROVEN[type], heading))


_TITLE = re.compile(r"(?:表|台账|清单|名单|册|簿|目录|问卷)(?:[（(][^（）()]*[）)])?$")
_BOXES = re.compile(r"[□☐○◯◻]([^□☐○◯◻]+)")


def read_table(grids: Sequence[Grid]) -> Table:
    """Of the largest table; nothing where there is none."""
    tables = [grid for grid in grids if grid.is_table and len(grid.cells) > 1]
    if not tables:
        return Table()
    return _table(max(tables, key=lambda one: sum(bool(cell.text.strip()) for cell in one.cells)))


def read_tables(grids: Sequence[Grid]) -> list[tuple[str, Table]]:
    """Every annexed table with the title that stands over it, "" where none does."""
    found: list[tuple[str, Table]] = []
    for grid in grids:
        if not grid.is_table or len(grid.cells) < 2:
            continue
        lines = [re.sub(r"\s+", "", line) for line in grid.caption]
        lines += [re.sub(r"\s+", "", grid.cells[0].text)] if grid.cells[0].column_span > 2 else []
        title = next((one for one in reversed(lines) if _TITLE.search(one)), "")
        if not title:  # whatever stands right below 附件2
            marks = [n for n, one in enumerate(lines[:-1]) if re.fullmatch(r"附[件表]\d*", one)]
            title = lines[marks[-1] + 1] if marks and len(lines[marks[-1] + 1]) <= 30 else ""
        title = re.sub(r"^附[件表]\d*[:：.、]?", "", title)
        found.append((title, _table(grid)))
    return found


def _table(grid: Grid) -> Table:
    cells = {(cell.row, cell.column): re.sub(r"\s+", "", cell.text) for cell in grid.cells}
    spans = {(cell.row, cell.column): cell for cell in grid.cells}
    heading = _heading_of_rows(cells)
    fields: dict[tuple[str, ...], Field] = {}
    rows: list[int] = []
    for (row, column), written in sorted(cells.items()):
        text = written.rstrip("：:")
        if row == heading or not _is_label(text) or spans[row, column].column_span > 2:
            continue
        # A label has the empty cell that takes its value to its right, or below.
        right = column + spans[row, column].column_span
        below = row + spans[row, column].row_span
        offered = _BOXES.findall(cells.get((row, right), ""))
        free_right = (row, right) in cells and (not cells[row, right] or len(offered) > 1)
        free_below = (below, column) in cells and not cells[below, column]
        if not (free_right or (free_below and heading is None)):
            continue
        outer = _above(spans, cells, row, column) if not free_right else ""
        path = (outer, text) if outer else (text,)
        if path not in fields:
            field = _field(f"field_{len(fields) + 1}", path)
            if len(offered) > 1:
                boxed = tuple(word.strip("、，,；;") for word in offered)
                field = replace(field, type="choice", choices=boxed, reason="栏内印有选项")
            fields[path] = field
            rows.append(row)
    placed = tuple(_placed(list(_like_their_whole(list(fields.values()))), rows, heading))
    made = _rows(cells, heading) if heading is not None else Table()
    sealed = any(re.search("盖章|公章|签章", text) for text in cells.values())
    return replace(made, fields=placed, sums=tuple(_among(placed)), sealed=sealed)


def _among(fields: Sequence[Field]) -> Iterator[Sum]:
    """举办次数, 其中：地震, 其中：火灾: what stands under 其中 adds up to what stands before it."""
    before: list[Field] = []
    parts: list[Field] = []
    for field in (*fields, Field("", ("",), "")):
        if any(label.startswith("其中") for label in field.path):
            parts.append(field)
            continue
        if len(parts) > 1 and (total := _whole_of(parts, before)):
            words = "、".join(one.path[-1] for one in parts)
            yield Sum(total.key, tuple(one.key for one in parts), words)
        before, parts = [*before, field], []


def _whole_of(parts: Sequence[Field], before: Sequence[Field]) -> Field | None:
    """The nearest figure before them, of their unit where one goes by it: 演练次数（次）,
    参演人数（人）, 其中：防雷演练（次）."""
    kinds = {one.type for one in parts}
    if len(kinds) > 1 or not kinds <= {"count", "money_wan", "number"}:
        return None
    near = [one for one in reversed(before[-4:]) if one.type in kinds]
    unit = _unit_of(parts[0])
    return next((one for one in near if unit and _unit_of(one) == unit), near[0] if near else None)


def _unit_of(field: Field) -> str:
    """场 of 举办次数（场）."""
    found = re.search(r"[(（]([^()（）]{1,3})[)）]$", field.path[-1])
    return found[1] if found else ""


def _placed(fields: Sequence[Field], rows: Sequence[int], heading: int | None) -> Iterator[Field]:
    """Each with the key that its type is known by (`unit` tells whose form it is), and as header
    or footer where it stands above or below all figures."""
    figures = [row for one, row in zip(fields, rows, strict=True) if one.type not in _OF_THE_FORM]
    first = heading if heading is not None else min(figures, default=None)
    last = heading if heading is not None else max(figures, default=None)
    taken: set[str] = set()
    for one, row in zip(fields, rows, strict=True):
        key, place = _OF_THE_FORM.get(one.type, one.key), "table"
        if first is not None and last is not None and len(one.path) == 1:
            place = "header" if row < first else "footer" if row > last else "table"
        yield replace(one, key=one.key if key in taken else key, place=place)
        taken.add(key)


def _is_label(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text)) and len(text) <= 24 and not _BOXES.match(text)


def _above(
    spans: Mapping[tuple[int, int], Cell],
    cells: Mapping[tuple[int, int], str],
    row: int,
    column: int,
) -> str:
    """The heading that lies over this one and its neighbour."""
    for (upper, left), cell in spans.items():
        if upper == row - cell.row_span and left <= column < left + cell.column_span:
            wide = cell.column_span > 1
            whole = cell.column_span > max(c for _, c in cells)
            if wide and not whole and _is_label(cells[upper, left]):
                return cells[upper, left]
    return ""


def _heading_of_rows(cells: Mapping[tuple[int, int], str]) -> int | None:
    """The row of headings above repeating rows: it begins with 序号, or two rows and more below it
    are as wide and empty."""
    for (row, _), text in sorted(cells.items()):
        if _ROW_NUMBER.fullmatch(text):
            return row
    by_row: dict[int, list[str]] = {}
    for (row, _), text in sorted(cells.items()):
        by_row.setdefault(row, []).append(text)
    for row, texts in by_row.items():
        below = [by_row.get(row + further, ["?"]) for further in (1, 2)]
        empty = all(len(one) == len(texts) and not any(one) for one in below)
        if len(texts) > 2 and all(texts) and empty:
            return row
    return None


def _rows(cells: Mapping[tuple[int, int], str], heading: int) -> Table:
    words = tuple(text for (row, _), text in sorted(cells.items()) if row == heading and text)
    columns = tuple(
        _field(f"column_{number}", (word,))
        for number, word in enumerate(words, start=1)
        if not _ROW_NUMBER.fullmatch(word)
    )
    return Table(heading=words, columns=tuple(_like_their_whole(columns)))


def _like_their_whole(fields: Sequence[Field]) -> Iterator[Field]:
    """参加人数, 其中：医务人员: what a part counts is what its whole counts."""
    whole: Field | None = None
    for field in fields:
        if not field.path[-1].startswith("其中"):
            whole = field
        elif field.type == "text" and whole and whole.type in ("count", "money_wan", "number"):
            field = replace(field, type=whole.type, reason=f"与“{whole.path[-1]}”同类")
        yield field


def _field(key: str, path: tuple[str, ...]) -> Field:
    type, choices, reason = type_of(path[-1])
    return Field(key, path, type, choices, reason, is_proven(path[-1], type))
