"""mailbot takes in what units e-mail to a municipal office and answers every sender.

Mail flows through the packages in this order, and imports look back only::

    inbox ──► inspection ──► judgement ──► ledger ──► outbox ──► report
    take in    facts          verdicts      record     answer     tell the office

States of an arrival and of a reply::

    arrival   discovered → spooled → examined → answered   (or quarantined after 3 crashes)
    reply     queued → claimed → sent | deferred (next attempt) | dead

Guarantees (tests/workflow/test_guarantees.py tries them):

G1  A message is marked or moved on the server only after its ledger row is committed.
G2  The verdict, the dossier's change and the queued reply commit in one transaction.
G3  A reply's Message-ID is fixed when it is queued; a second send carries the same one.
G4  At worst a reply is delivered twice, never silently not at all: every row ends sent or
    dead, and dead rows stand in the digest.
G5  No message, however broken, stops the ones after it; no byte of a submission is deleted.
G6  Every arrival without a reply has its reason on record.
G7  Memory does not grow with the size of a message.
"""

__version__ = "0.2.0"
