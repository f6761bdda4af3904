"""outbox: every arrival is answered once, in the office's words, or its silence has a reason.

Enters: a dossier and the arrivals that one reply answers (`compose`), rows that are due
(`delivery.Outbox`, kept by the ledger). Leaves: complete RFC 5322 messages, 7-bit clean, with
a Message-ID fixed before they are queued (G3); and for each row sent, a new attempt or dead (G4).

    etiquette   may this mail be answered at all, and is it the last answer today?
    answering   which replies are owed, and composing those that have fallen due
    compose     a reply from its kind to its octets: reply_items (what is asked), placement
                (what became of each file), reply_view (all that is said), wording (how the
                office writes), templating (templates/), mime (the octets)
    blankform   the blank or pre-filled statistics table that goes with a correction
    queue       the ledger's rows as the queue that `delivery` works through
    delivery    one step of the queue: claim, send, then finish, defer or bury
    transport   SMTP; refusals reads what a server's refusal means for the message

Only `transport` opens a socket. Nothing here decides a verdict.
"""
