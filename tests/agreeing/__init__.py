"""What `mailbot check` says against what independent tools said, class by class of the samples.

A comparison is a generator of aspects: (its name, whether we agree, ours and theirs). It yields
nothing for a value the samples do not offer, so what is compared is counted by the test.
"""
