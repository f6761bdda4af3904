"""previews: small pictures of what came, for a person's eyes; made from hostile files.

Enters: a stored file, or the picture that was decoded to judge it. Leaves: JPEG or PNG drawn anew
from pixels, never an octet of the sender's: no metadata, no second file hidden behind the first.
They are made in the confined workers alone, lie beside the blobs under the SHA-256 of what they
show (`store`), and go with it (`workflow.pruning`). A preview is no record: one that is missing is
drawn again from the file (`drawing`).
"""
