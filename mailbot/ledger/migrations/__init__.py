"""The tables, as migrations: what has been released is never edited, only added to.

Times are ISO 8601 in UTC. JSON columns hold the model's dataclasses as `store` writes them.
A migration stands beside those of what it is about; its number says when it is applied.
Enters: the connection of a ledger that has those before it. Leaves: one that has this too.
"""

from mailbot.ledger.migrations import arrivals, asking, console, mails, persons
from mailbot.ledger.migrations.register import Migration, in_order

__all__ = ["Migration", "arrivals", "asking", "console", "in_order", "mails", "persons"]
