"""HTML, also as Excel and Word save it, and MHTML: what a browser shows of it.

Enters: a page and its style sheets. Leaves: a `Document` of what is seen; what may be seen
otherwise than it is written bears a mark (`shown`).
"""
