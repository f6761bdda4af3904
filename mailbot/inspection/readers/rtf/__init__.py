"""Rich Text Format: what is not seen is taken out before anydoc reads.

Enters: the octets of a file. Leaves: the same without what is not seen.
"""
