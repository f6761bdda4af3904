"""Two pictures of figures as SVG text: bars side by side, and curves over a logarithmic axis."""

import math
from collections.abc import Mapping, Sequence
from html import escape

_COLOURS = ("#1f6f8b", "#c97b3d", "#6b8e4e", "#8a5a83", "#b03a48", "#55616b")
_FONT = 'font-family="sans-serif" font-size="13"'


def bars(title: str, rows: Mapping[str, Mapping[str, float]]) -> str:
    """A group of bars for each row, one bar for each of its measures; the figure beside each."""
    measures = list(next(iter(rows.values())))
    most = max(value for row in rows.values() for value in row.values()) or 1
    parts, top = [_text(10, 22, title, bold=True)], 40
    for place, name in enumerate(measures):
        parts.append(f'<rect x="{10 + 130 * place}" y="{top}" width="12" height="12"')
        parts.append(f' fill="{_COLOURS[place]}"/>' + _text(28 + 130 * place, top + 11, name))
    top += 28
    for name, row in rows.items():
        parts.append(_text(10, top + 9 * len(measures) + 4, name))
        for place, measure in enumerate(measures):
            width = 420 * row[measure] / most
            parts.append(f'<rect x="170" y="{top}" width="{width:.1f}" height="16"')
            parts.append(f' fill="{_COLOURS[place]}"/>')
            parts.append(_text(176 + width, top + 13, f"{row[measure]:.1f}"))
            top += 18
        top += 10
    return _svg(660, top, parts)


def curves(title: str, lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """One line for each measure over a common logarithmic axis, each scaled to its own largest
    value, which stands at its end: it is the shape that tells."""
    places = [x for line in lines.values() for x, _ in line]
    low, high = math.log10(min(places)), math.log10(max(places))
    parts = [_text(10, 22, title, bold=True)]
    for place, (name, line) in enumerate(lines.items()):
        most = max(value for _, value in line) or 1
        points = [
            (60 + 420 * (math.log10(x) - low) / ((high - low) or 1), 260 - 200 * value / most)
            for x, value in line
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        colour = _COLOURS[place % len(_COLOURS)]
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = points[-1]
        parts.append(_text(x + 8, y + 4 + 16 * place - 16, f"{name}: {most:.3g}", colour))
    for x in sorted(set(places)):
        at = 60 + 420 * (math.log10(x) - low) / ((high - low) or 1)
        parts.append(_text(at - 12, 284, f"{x:g}"))
    return _svg(760, 300, parts)


def _text(x: float, y: float, words: str, colour: str = "#222", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" {_FONT}{weight}>{escape(words)}</text>'


def _svg(width: int, height: float, parts: Sequence[str]) -> str:
    size = f'width="{width}" height="{height:.0f}" viewBox="0 0 {width} {height:.0f}"'
    ground = '<rect width="100%" height="100%" fill="white"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ground}{"".join(parts)}</svg>\n'
