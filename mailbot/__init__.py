"""mailbot takes in what units e-mail to a municipal office and answers every sender.

Mail flows through the packages in this order, and imports look back only::

    inbox ──► inspection ──► judgement ──► ledger ──► outbox ──► report
    take in    facts          verdicts      record     answer     tell the office

The ground they stand on: `model` (the nouns that cross a border), `errors`, `clock`, `files`,
`entries`; `campaign` (what a folder of rules says), `settings`, `formats`, `wording`. What drives
them: `workflow`; what a person decides: `deciding`; what is called: `cli`, `demo`. Each package's
docstring says what enters, what leaves and what it promises.

States of an arrival and of a reply::

    arrival   discovered → spooled → examined → answered
              quarantined: after 3 crashes, until a person releases it; gone: recalled on the server
    reply     queued → claimed → sent | deferred (next attempt) | dead
              withdrawn: not to be sent after all

Guarantees (tried in tests/workflow/test_guarantees.py and test_crashes.py, tests/live and
tests/threats; G8 wherever a reader is tested):

G1  A message is marked or moved on the server only after its ledger row is committed.
G2  The verdict, the dossier's change and the queued reply commit in one transaction: all or none.
G3  A reply's Message-ID is fixed when it is queued; a second send carries the same one.
G4  At worst a reply is delivered twice, never silently not at all: every row ends sent or
    dead, and dead rows stand in the digest.
G5  No message, however broken, stops the ones after it; no byte of a submission is deleted by the
    program before its retention date.
G6  Every arrival without a reply has its reason on record.
G7  Memory does not grow with the size of a message.
G8  A value in the ledger is what a person sees in the file, or it is marked as doubtful; never
    another number in silence.
G9  Nobody is answered who brought nothing and asked nothing; without new material no address
    hears from us twice in seven days.
G10 Nothing that a sender could have written himself is proof of who he is. Every decision of a
    person has one row in the audit trail, whichever door it came by.
G11 A fault is blamed on a message only by evidence: a death from outside proves nothing.
"""

__version__ = "0.2.0"
