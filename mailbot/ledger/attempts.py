"""Tries: which arrivals are in hand, which failed, and when one is set aside (G5).

    in hand ─► examined
       └────► blamed (three times: quarantined) ─► released by a person

An arrival is blamed for what it does itself: an error of its own, a worker that it ended, or the
end of this very program while nothing else was in hand. A full disk or a lost connection is not
its doing. Whoever dies with several in hand cannot say which it was: these are suspects, tried
after all others and one at a time, so that the next death names the culprit. Before the last try,
the one that would set it aside, the program must have survived a pass without it: who is killed
from outside again and again (a watchdog, a machine that restarts) must not blame what it had in
hand by chance.
"""

import json
from collections.abc import Collection, Iterable

from mailbot.ledger.store import Ledger

_IN_HAND = "in_hand"
_SUSPECTS = "suspects"
_SURVIVED = "survived"
_DIED = "the program ended while it had only this in hand"


def take_in_hand(ledger: Ledger, arrivals: Iterable[int]) -> None:
    """These are being worked on from here, and no others."""
    ledger.set_meta(_IN_HAND, json.dumps(sorted(arrivals)))


def look_after_a_death(ledger: Ledger, limit: int) -> list[int]:
    """At start, under the writer's lock: who was in hand when the program before us died.

    The suspects there are now. One that was alone in hand is blamed.
    """
    left = _waiting(ledger, json.loads(ledger.meta(_IN_HAND) or "[]"))
    suspects = _waiting(ledger, json.loads(ledger.meta(_SUSPECTS) or "[]")) | left
    if left:
        ledger.set_meta(_SURVIVED, "")
    if left or ledger.meta(_SUSPECTS):
        ledger.set_meta(_SUSPECTS, json.dumps(sorted(suspects)))
        take_in_hand(ledger, ())
    if len(left) == 1:
        blame(ledger, left.pop(), _DIED, limit)
    return sorted(suspects)


def suspects(ledger: Ledger) -> frozenset[int]:
    """Those to be tried last and alone."""
    return frozenset(json.loads(ledger.meta(_SUSPECTS) or "[]"))


def rests(ledger: Ledger, attempts: int, limit: int) -> bool:
    """Whether a suspect with so many tries behind it waits for a pass that is survived."""
    return attempts >= limit - 1 and ledger.meta(_SURVIVED) != "1"


def record_pass_survived(ledger: Ledger) -> None:
    """A pass came to its end."""
    if suspects(ledger) and ledger.meta(_SURVIVED) != "1":
        ledger.set_meta(_SURVIVED, "1")


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
