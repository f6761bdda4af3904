"""whose: which unit a mail speaks for, and which address may.

Enters: what a mail says of its unit (`evidence`: address, form, subject, body, file names) and the
campaign's units. Leaves: one unit, or the reasons why a person must decide. Two sources that name
different units are never weighed against each other: the mail is held.
"""
