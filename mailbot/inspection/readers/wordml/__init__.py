"""WordprocessingML: docx, flat OPC, and the XML of Word 2003.

Enters: a package or one XML file. Leaves: a `Document` of what Word shows.
"""
