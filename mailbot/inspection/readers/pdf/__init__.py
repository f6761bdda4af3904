"""PDF with text: tables by their lines, and what is seen when a page is drawn.

Enters: a PDF, within a budget. Leaves: a `Document`; a figure without ink bears a mark.
"""
