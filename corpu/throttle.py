"""Count failures by key, and say when there were too many: for sign-in and verification.

Only failures count, because a whole office shares one address. The counts live in the
process, or in Redis when it is configured; they are a brake, not a fact, so losing
them costs nothing and a Redis that is down stops nobody.
"""

import ipaddress
import logging

from flask import Flask
from limits import RateLimitItemPerMinute
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

log = logging.getLogger(__name__)

FAILURES, MINUTES = 300, 10


class Throttle:
    """`Throttle(app, "sign-in")`: 300 failures in any 10 minutes per key, unless told otherwise."""

    def __init__(
        self, app: Flask, kind: str = "failures", *, limit: int = FAILURES, minutes: int = MINUTES
    ) -> None:
        self._item = RateLimitItemPerMinute(limit, minutes, namespace=f"corpu:{kind}")
        self._limiter = MovingWindowRateLimiter(_storage(app))

    def hit_failure(self, key: str) -> None:
        """Count one failure."""
        try:
            self._limiter.hit(self._item, key)
        except Exception:
            log.exception("a failure could not be counted")

    def is_blocked(self, key: str) -> bool:
        """Whether the key has used up its failures for now."""
        try:
            return not self._limiter.test(self._item, key)
        except Exception:
            log.exception("failures could not be read")
            return False


def address_key(address: str | None) -> str:
    """The key of a client's address: an IPv6 client owns its whole /64, so that is one."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if found.version == 6:
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _storage(app: Flask) -> Storage:
    if "throttle_storage" not in app.extensions:
        url = app.config["SETTINGS"].redis_url or "memory://"
        app.extensions["throttle_storage"] = storage_from_string(url)
    return app.extensions["throttle_storage"]
