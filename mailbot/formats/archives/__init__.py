"""archives: the files of zip, 7z, rar, tar and their relatives, stored and bounded.

Enters: an archive at rest, passwords that may open it, limits. Leaves: its files in the blob store,
one level deep, and faults. Promise: nothing is written under a name of the sender's, and what comes
out is counted, whatever the headers claim. `unpack.unpack` is the one door; each format has its
module.
"""
