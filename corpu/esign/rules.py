"""When a document is tried again, and what a person has to enter; decisions on plain values."""

import re
from datetime import timedelta

MOST_ATTEMPTS = 7  # the last pause ends about half a day after the first attempt
PAUSES = (1, 2, 5, 15, 60, 600)  # minutes after the 1st, 2nd, … attempt in vain
CLAIM = timedelta(minutes=3)  # longer than one document can take with every answer late
LONGEST_RUN = timedelta(hours=4)  # then a passphrase is forgotten, whatever is left
LONGEST_PASSPHRASE = 200


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts in vain; None when it is enough."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return timedelta(minutes=PAUSES[max(1, attempts) - 1])


def nik_digits(text: str) -> str | None:
    """A NIK as its 16 digits, however they were spaced; None for what is none."""
    digits = re.sub(r"[\s.\-]", "", text)
    return digits if re.fullmatch(r"[0-9]{16}", digits) else None
