"""identify: what a file is.

Enters: a path and the name its sender gave it. Leaves: its family (photo, video, document, archive,
mail …) and format. Promise: the content decides; the name is asked only where two formats have the
same octets (.wps and .doc). A new format's signature goes into `filetype`.
"""
