"""What spreadsheets of every format have in common: cells, formats, formulas, what is seen.

Enters: a `Sheet`, which a reader filled with what its file says. Leaves: grids of cells as the
screen shows them, with the doubts about each.
"""
