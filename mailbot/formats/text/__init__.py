"""text: octets to characters: charsets, HTML and flowed lines."""
