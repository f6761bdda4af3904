"""parting: a stream of octets to a message, each attachment decoded and stored as it passes."""
