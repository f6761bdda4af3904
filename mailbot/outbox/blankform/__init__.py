"""blankform: the statistics table to fill in, from a FormSpec alone, for Excel and for Word."""
