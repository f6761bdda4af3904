"""The columns of a spreadsheet by their letters, as A1 references name them."""


def column_number(letters: str) -> int:
    """A → 1, AA → 27; no letters → 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 → A, 27 → AA; "" below 1."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
