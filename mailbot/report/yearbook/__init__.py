"""yearbook: the year's ledger (台账) as a file.

Enters: dossiers and rows of the ledger. Leaves: sheets (`tables`), sums with the source of every
number (`consolidation`), written as .xlsx (`workbook`), .csv or .json (`export`).
"""
