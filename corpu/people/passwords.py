"""The only place that hashes passwords, one at a time.

A hash takes 19 MiB and some 40 ms on purpose. Several at once would starve a small
server of memory and of the core that serves everybody else, so they queue; who waits
too long is asked to come back. Never call this with a write transaction open.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from corpu.errors import N_, DomainError
from corpu.people.rules import PASSWORD_MAX, prepared_password

# OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, two passes, one lane.
MEMORY_KIB, PASSES, LANES = 19456, 2, 1
LONGEST_QUEUE = 3.0  # seconds

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
_gate = threading.BoundedSemaphore(1)
# One thread does the hashing: the 19 MiB then come from one arena of the allocator, where each
# of the server's threads would keep its own for ever.
_worker = ThreadPoolExecutor(1, thread_name_prefix="hash")
# A hash of the same cost that no password has, for people who do not exist.
NOBODY = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$" + "A" * 22 + "$" + "A" * 43


class Busy(DomainError):
    status = 503
    message = N_("Banyak orang sedang masuk. Coba lagi beberapa detik lagi.")


@contextmanager
def _turn() -> Iterator[None]:
    if not _gate.acquire(timeout=LONGEST_QUEUE):
        raise Busy
    try:
        yield
    finally:
        _gate.release()


def hash_password(password: str) -> str:
    """The Argon2id hash to keep. Raises Busy after three seconds in the queue."""
    with _turn():
        return _worker.submit(_hasher.hash, prepared_password(password)).result()


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one of the hash; costs the same without a hash."""
    with _turn():
        guess = prepared_password(password)[:PASSWORD_MAX]
        try:
            _worker.submit(_hasher.verify, password_hash or NOBODY, guess).result()
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's and should be made anew."""
    return _hasher.check_needs_rehash(password_hash)
