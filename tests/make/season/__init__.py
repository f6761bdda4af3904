"""A campaign of 60 units over 40 days: the story, its mails, and what must come of them.

`story` says who sends and decides what, and when, with the nouns of `cast`; `files` makes the
octets; `model` (with `dossiers`) works out what must follow, from the rules alone and without a
line of mailbot; `direct` lets mailbot live through the story beside the model and reads what the
office and the units would read (`digest`); what was read is a `play.Season`.
"""
