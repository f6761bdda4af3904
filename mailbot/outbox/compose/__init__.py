"""compose: one reply from the unit's dossier to its octets."""
