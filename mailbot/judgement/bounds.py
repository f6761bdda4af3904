"""Measures and their bounds in the words of a finding: pages, lengths of time, megabytes."""

from mailbot.language import say

MB = 1_000_000  # CONTRACT, The language of rules


def between(low: float | None, high: float | None, unit: str) -> str:
    """不少于2页, 不超过9.5MB, 5至9.5MB."""
    if low is not None and high is not None:
        return say("{low}至{high}{unit}", low=short(low), high=short(high), unit=unit)
    return (
        say("不少于{low}{unit}", low=short(low), unit=unit)
        if low is not None
        else say("不超过{high}{unit}", high=short(high or 0), unit=unit)
    )


def lengths(low: float | None, high: float | None) -> str:
    """The same of lengths of time, in seconds: 45秒至2分钟."""
    if low is not None and high is not None:
        return say("{length}至{length2}", length=_length(low), length2=_length(high))
    return (
        say("不少于{length}", length=_length(low))
        if low is not None
        else say("不超过{length}", length=_length(high or 0))
    )


def _length(seconds: float) -> str:
    """`10分钟`, `90秒`."""
    minutes, rest = divmod(seconds, 60)
    return (
        say("{minutes}分钟", minutes=short(minutes))
        if minutes and not rest
        else say("{seconds}秒", seconds=short(seconds))
    )


def megabytes(size: int, bounds: set[float | None]) -> str:
    """Three digits behind the point, in KB below one MB; the octets too where that would show the
    bound itself."""
    rounded = round(size / MB, 3)
    octets = say("（{size}字节）", size=size) if rounded in bounds else ""
    shown = f"{short(rounded)}MB" if rounded >= 1 else f"{short(round(size / 1000))}KB"
    return f"{shown}{octets}"


def short(number: float) -> str:
    """A number without trailing zeros."""
    return f"{number:g}" if number < 1e6 else f"{number:.0f}"
