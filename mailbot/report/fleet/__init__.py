"""fleet: the boards and sums of many offices put together.

Enters: offices with their campaign and open ledger, one after the other. Leaves: one JSON document
or one workbook, in which each figure says where it is from.
"""
