"""Tries: which arrivals are in hand, which failed, and when one is set aside (G5).

    in hand ─► examined
       └────► blamed (three times: quarantined) ─► released by a person

An arrival is blamed for what it does itself: an error of its own, a worker or a probe process that
it ended. A full disk or a lost connection is not its doing, and neither is the end of this very
program (G11): a watchdog or a power cut must not blame what was in hand by chance. Who was in hand
at a death is a suspect: tried after all others and one at a time, and from its second death on
first in a process of its own, whose end does prove something.
"""

import json
from collections.abc import Collection, Iterable, Mapping

from mailbot.ledger.store import Ledger

_IN_HAND = "in_hand"
_SUSPECTS = "suspects"
_UNFINISHED = "unfinished_pass"
_DEATHS = 2  # from so many on a suspect is tried in a process of its own


def take_in_hand(ledger: Ledger, arrivals: Iterable[int]) -> None:
    """These are being worked on from here, and no others."""
    ledger.set_meta(_IN_HAND, json.dumps(sorted(arrivals)))


def look_after_a_death(ledger: Ledger) -> bool:
    """At start, under the writer's lock: who was in hand when the program before us died is a
    suspect once more. Whether its last pass was cut short: then little should be begun at once.
    """
    left = _waiting(ledger, json.loads(ledger.meta(_IN_HAND) or "[]"))
    known = _deaths(ledger)
    waiting = _waiting(ledger, known) | left
    deaths = {one: known.get(one, 0) + (one in left) for one in sorted(waiting)}
    if left or known:
        _record_deaths(ledger, deaths)
        take_in_hand(ledger, ())
    return ledger.meta(_UNFINISHED) == "1"


def suspects(ledger: Ledger) -> frozenset[int]:
    """Those to be tried last and alone."""
    return frozenset(_deaths(ledger))


def wants_probe(ledger: Ledger, arrival: int) -> bool:
    """Whether a suspect is to be tried in a process of its own first."""
    return _deaths(ledger).get(arrival, 0) >= _DEATHS


def clear(ledger: Ledger, arrival: int) -> None:
    """Its own process came through: the deaths before were none of its doing."""
    deaths = _deaths(ledger)
    if deaths.get(arrival):
        _record_deaths(ledger, deaths | {arrival: 0})


def begin_pass(ledger: Ledger) -> None:
    """From here until `end_pass` a death cuts a pass short."""
    if ledger.meta(_UNFINISHED) != "1":
        ledger.set_meta(_UNFINISHED, "1")


def end_pass(ledger: Ledger) -> None:
    """The pass came to its end."""
    if ledger.meta(_UNFINISHED):
        ledger.set_meta(_UNFINISHED, "")


def blame(ledger: Ledger, arrival: int, text: str, limit: int) -> bool:
    """One more try failed through the arrival itself; True when it is quarantined now."""
    record_error(ledger, arrival, text)
    ledger.execute("UPDATE arrivals SET attempts = attempts + 1 WHERE id = ?", (arrival,))
    return (
        ledger.execute(
            "UPDATE arrivals SET state = 'quarantined', settled = 1,"
            " no_answer_reason = 'quarantined' WHERE id = ? AND attempts >= ?",
            (arrival, limit),
        )
        == 1
    )


def record_error(ledger: Ledger, arrival: int, text: str) -> None:
    """What went wrong with the latest try."""
    ledger.execute("UPDATE arrivals SET last_error = ? WHERE id = ?", (text[:500], arrival))


def _deaths(ledger: Ledger) -> dict[int, int]:
    """At how many deaths of the program each suspect was in hand."""
    stored = json.loads(ledger.meta(_SUSPECTS) or "{}")
    if isinstance(stored, list):  # as version 0.1 had it
        return dict.fromkeys(stored, 1)
    return {int(arrival): int(number) for arrival, number in stored.items()}


def _record_deaths(ledger: Ledger, deaths: Mapping[int, int]) -> None:
    ledger.set_meta(_SUSPECTS, json.dumps(deaths))


def _waiting(ledger: Ledger, arrivals: Collection[int]) -> set[int]:
    return {
        arrival
        for arrival in arrivals
        if ledger.row(
            "SELECT 1 FROM arrivals WHERE id = ? AND settled = 0"
            " AND state IN ('discovered', 'spooled')",
            (arrival,),
        )
    }
