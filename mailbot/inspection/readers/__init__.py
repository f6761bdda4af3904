"""Readers: one module a family of formats, all behind `mailbot.inspection.document`.

A reader takes the path of one file that content sniffing has named, and the limits, and returns
a `Document`: text in reading order, grids of cells, embedded pictures, facts, faults. It raises
`Unreadable` where nothing can be read; whatever else goes wrong inside a parser is caught in
`document.py`. Nothing is executed, nothing outside the file is fetched. Office packages are
measured (`zipguard`) before any library parses them.
"""
