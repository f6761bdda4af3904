"""Readers: one module a family of formats, all behind `documents.probe`.

A reader takes the path of one file that content sniffing has named, and the limits, and returns
a `Document`: text in reading order, grids of cells, embedded pictures, facts, faults. It raises
`Unreadable` where nothing can be read; whatever else goes wrong inside a parser is caught in
`documents.probe`. Nothing is executed, nothing outside the file is fetched. Office packages are
measured (`zipguard`) before any library parses them.
"""
