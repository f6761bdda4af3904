"""compose: one reply from the unit's dossier to its octets.

Enters: a dossier, the arrivals that are answered, the campaign's templates. Leaves: a complete
message. `items` gathers what is asked, each thing once; `file_outcomes` says what became of each
file; `view` is all that the template may say; `mime` writes it. No other module words a reply.
"""
