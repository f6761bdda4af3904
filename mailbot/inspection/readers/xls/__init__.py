"""Workbooks of Excel 5 to 2003 and of WPS (.et), as their records have them.

Enters: the stream of records. Leaves: a `Sheet` for each worksheet.
"""
