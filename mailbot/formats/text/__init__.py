"""text: octets to characters.

Enters: octets and the label they came with, or HTML. Leaves: text. Promises: no input raises, and
the time taken grows in proportion to the input, since the sender chooses it.
"""
