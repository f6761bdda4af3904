"""wording: how an office writes things: dates, sizes, states; templates and their proof.

Enters: values and the campaign's templates. Leaves: text as an office writes it (`phrases`,
`office`), what a dossier asks of its unit (`items`), and the pages of its Word documents (`word`).
What reply, reminder and digest say alike is said here once.
"""
