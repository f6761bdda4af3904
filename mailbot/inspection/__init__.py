"""Inspection measures files and knows no rule.

What enters: one file at rest and the name its sender gave it (`tree.Task`). What leaves: one
`model.Inspected`, plain data: family and format by content, facts (size, duration, time taken,
perceptual hash), text and grids, faults, and the same again for everything the file contains.

Promises: no input raises, a broken file ends in a `Fault`; nothing is fetched; nothing is written
but the blobs of members; the octets decide, a name only where the octets leave it open. The work is
done in processes that were started once (`workers.InspectionPool`), so that a crash, a hang or a
swelling of a native library costs one file and not the bot.
"""
