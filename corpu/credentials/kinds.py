"""The kinds of documents that a course may end with (domain 5.3)."""

from enum import StrEnum

NO_DOCUMENT = "none"


class Kind(StrEnum):
    """As a course names it under `certificate`."""

    CERTIFICATE = "sertifikat"
    STTP = "sttp"
    STATEMENT = "surat-keterangan"
    CHARTER = "piagam"


# The title printed where no template says otherwise.
TITLES = {
    Kind.CERTIFICATE: "Sertifikat",
    Kind.STTP: "Surat Tanda Tamat Pelatihan",
    Kind.STATEMENT: "Surat Keterangan",
    Kind.CHARTER: "Piagam",
}
