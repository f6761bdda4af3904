"""form: what the statistics table says.

Enters: grids of cells from any reader and the campaign's `FormSpec`. Leaves: a `FieldValue` for
each field (value, raw text, cell, confidence) and the findings of the rules between fields.

    labels, layout, matching, locate, candidates   where each field stands
    values, numerals, phones                       what a cell says; None where that is not sure
    confidence, doubted_cells, scans               how sure a reading is
    checks, files, contents                        what the rules make of it
    several_units                                  tables of more than one unit in a file
"""
