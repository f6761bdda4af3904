"""SpreadsheetML 2003 (Excel's XML Spreadsheet).

Enters: one XML file. Leaves: a `Document`.
"""
