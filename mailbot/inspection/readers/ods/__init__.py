"""OpenDocument spreadsheets.

Enters: a package that `zipguard` has measured. Leaves: a `Document`.
"""
