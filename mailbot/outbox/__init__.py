"""outbox: every arrival is answered once, in the office's words, or its silence has a reason.

Enters: a dossier and the arrivals that one reply answers (`compose`), rows that are due
(`delivery.Outbox`, kept by the ledger). Leaves: complete RFC 5322 messages, 7-bit clean, with
a Message-ID fixed before they are queued (G3); and for each row sent, a new attempt or dead (G4).

    etiquette   may this mail be answered at all, and is it the last answer today?
    owed        when a reply falls due, and what goes with it
    answering   opening the replies that are owed, and composing those that have fallen due
    compose     a reply from its kind to its octets: file_outcomes (what became of each file), view
                (all that is said), mime (the octets); the words are `wording`'s
    blankform   the blank or pre-filled statistics table that goes with a correction
    delivery    queue (the ledger's rows), step (claim, send, then finish, defer or bury),
                transport (SMTP), refusals (what a server's refusal means for the message)

Only `delivery.transport` opens a socket. Nothing here decides a verdict.
"""
