"""documents: text, tables, scans and seals of anything that a person would print.

Enters: a file that `identify` calls a document, or a photo that may show a form. Leaves: text,
grids of cells, pictures, whether a seal is on it, faults. `probe` chooses the reader and catches
what it raises; `scans` decides which pages are worth OCR.
"""
