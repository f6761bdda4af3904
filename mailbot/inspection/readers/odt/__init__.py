"""OpenDocument texts: what is not seen is taken out before anydoc reads.

Enters: a package. Leaves: the same without what is not seen.
"""
