"""Whole numbers as they arrive in an address or a form."""

LARGEST = 2_147_483_647  # what an integer column of PostgreSQL holds


def whole_number(text: str) -> int | None:
    """The number written in ASCII digits, or None for anything else and for what no column holds."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))):
        return None
    number = int(text)
    return number if number <= LARGEST else None
