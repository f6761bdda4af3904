"""report: what the office is told and hands over, from records that are already committed.

Enters: dossiers, arrivals and counts as the ledger has them. Leaves: files and mails for people.

    board          where every unit stands, for `status` and `show` (as_json: their JSON)
    digest         the daily mail: digest_view (its words), progress (its picture)
    yearbook       the 台账, with tables (the sheets behind it) and consolidation (the sums and
                   where each number is from); export writes it, workbook as .xlsx
    unit_archive   everything of one unit as files, history among them
    draw           spot checks: the lots, a folder a unit, the check_sheet (docx)
    reminders      who is reminded today, and queueing it

Nothing here opens a socket or judges; sending is the outbox's.
"""
