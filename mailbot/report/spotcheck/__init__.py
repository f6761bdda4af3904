"""spotcheck: 抽查: the draw, and what is laid out for it."""
