"""Workbooks of Office Open XML, as their parts have them.

Enters: a package that `zipguard` has measured. Leaves: a `Sheet` for each worksheet.
"""
