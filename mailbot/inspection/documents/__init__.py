"""documents: text, tables, scans and seals of anything that a person would print."""
