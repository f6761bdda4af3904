"""Verdicts: what the measured facts mean under a campaign's rules.

Enters: `model.Inspected` (facts, text, grids, faults) and a `campaign.Campaign`; for the table,
`model.Grid` and `campaign.FormSpec`. Leaves: `model.Judged` with its `model.Finding`s, the
fields of the table with the cell each came from, the unit a file names, and the dossier.

Promises: every function is pure. No socket, file, database or clock is touched; the same facts
and rules give the same verdict on any machine, so a rule change can be replayed over stored
facts. All reasons are gathered before one verdict is made. What is not sure is left open
(`None`, held), never guessed.
"""
