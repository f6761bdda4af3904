"""yearbook: the year's ledger (台账), its sheets, sums and files."""
