"""campaign: what a rules folder says, as types, read and proved before anything is judged by it.

Enters: a folder of campaign.yaml, form.yaml, units.csv and templates/. Leaves: a `Campaign`, or
one SettingsError that names file, key and line. Nothing here knows a mail or a file of a unit.
"""
