"""parting: a stream of octets to a message.

Enters: the octets as they come. Leaves: each attachment as a blob, and a `Message` read from the
skeleton that is left. Promises: memory is bounded whatever the mail's size; what is broken is
read as far as it goes and named in `defects`.

    scanner ─► splitter ─► leaves (blobs)
                       └─► skeleton ─► message
"""
