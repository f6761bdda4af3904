"""dossiers: what is on record of a unit, brought before `judgement`, and the result stored.

Enters: a unit or an address. Leaves: plain data for pure decisions (`entries`), and the dossier
as it stands now. The ledger's rows come out here and go in here; what they mean is judged in
`judgement.dossier` and `judgement.whose`. `roster`: the campaign with the units, names and
addresses that were added by command.
"""
