"""blankform: the statistics table to fill in, for Excel (`workbook`) and for Word (`document`).

Enters: a FormSpec and, where a table is sent back, what was read of it. Leaves: the octets of a
file whose fields carry hidden names, so that it is read without guessing when it comes back.
"""
