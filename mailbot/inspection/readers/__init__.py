"""Readers: what stands in a document, all behind `documents.probe`.

A folder a family of formats: `html` `pdf` `wordml` (docx, Word 2003) `doc` `odt` `rtf` `xlsx` `xls`
`ods` `spreadsheetml`; `word` and `excel` are the readers that take several of them to one library.
In each, `shown` or `look` says what a person sees, `harmless` what takes nothing from that.
`sheets` holds what every spreadsheet has in common, the modules beside it what every document has.

Enters: the path of one file whose format `identify` has named, and the limits. Leaves: a
`Document`: text in reading order, grids of cells, embedded pictures, facts, faults; or
`Unreadable` is raised where nothing can be read. Whatever else goes wrong inside a parser is caught
in `documents.probe`. Nothing is executed, nothing outside the file is fetched. Office packages are
measured (`zipguard`) before any library parses them.
"""
