"""Word 97-2003 (.doc, .wps): what is not seen is marked before anydoc reads.

Enters: the octets of a compound file. Leaves: the same without what is not seen, and a second
opinion on what the first reader made of them.
"""
