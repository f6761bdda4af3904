"""Readers: one module a family of formats, all behind `documents.probe`.

Enters: the path of one file whose format `identify` has named, and the limits. Leaves: a
`Document`: text in reading order, grids of cells, embedded pictures, facts, faults; or
`Unreadable` is raised where nothing can be read. Whatever else goes wrong inside a parser is caught
in `documents.probe`. Nothing is executed, nothing outside the file is fetched. Office packages are
measured (`zipguard`) before any library parses them.
"""
