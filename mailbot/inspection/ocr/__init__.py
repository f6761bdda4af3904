"""Reading scanned and photographed forms, and what a red seal needs to be found.

Enters: a page as a picture. Leaves: grids of cells, or nothing where there is no table on it.
Promises: a page of any perspective, light and orientation comes back as grids of cells with spans,
each cell with a confidence and its place on the page; what could not be read is never taken for
empty; nothing is fetched, the models lie in rapidocr's wheel. It needs the extra `mailbot[ocr]`,
except `process` (which says whether the extra is there, and runs the reading in a process of its
own, one at a time) and `places`.

    pages ─► colour ─► lines ─► recognise + ink ─► scan
    pixels   red ink   table,   text twice         cells, confidence,
                       cells                       places
"""
