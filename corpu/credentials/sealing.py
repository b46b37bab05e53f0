"""The signed payload of a certificate's QR, made once, at issue."""

import logging
from datetime import datetime

from corpu.credentials.payload import DoesNotFit, content_of, seal
from corpu.credentials.snapshot import Snapshot
from corpu.signing.service import Signer

log = logging.getLogger(__name__)


def qr_payload(content: Snapshot, pen: Signer, *, at: datetime) -> str | None:
    """What the QR holds behind the address and `#`, signed; None where the address is so long
    that nothing fits behind it: the QR then holds the address alone, as it did before."""
    try:
        text = seal(
            content.verify_url,
            content_of(content),
            pen.kid,
            lambda data: pen.sign(data, at=at).value,
        )
    except DoesNotFit:
        log.warning("no payload fits behind the address of certificate %s", content.number)
        return None
    return text.partition("#")[2]
