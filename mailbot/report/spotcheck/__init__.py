"""spotcheck: the draw of units to be inspected (抽查), and what is laid out for it.

Enters: the units, a seed, names that are drawn in any case. Leaves: the drawn units, a folder with
the files of each, and a sheet to fill in. The draw can be repeated from its seed with sha256sum.
"""
