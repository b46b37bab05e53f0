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
# What a new template begins with: title in English; words above the name and above the course,
# each in Indonesian and English.
FIRST_WORDS = {
    Kind.CERTIFICATE: (
        "Certificate",
        "Diberikan kepada",
        "Awarded to",
        "atas keberhasilannya menyelesaikan",
        "for successfully completing",
    ),
    Kind.STTP: (
        "Certificate of Completion of Training",
        "Menyatakan bahwa",
        "This is to certify that",
        "telah mengikuti dan dinyatakan lulus",
        "has attended and passed",
    ),
    Kind.STATEMENT: (
        "Statement of Participation",
        "Menerangkan bahwa",
        "This is to state that",
        "telah mengikuti",
        "has taken part in",
    ),
    Kind.CHARTER: (
        "Certificate of Appreciation",
        "Diberikan kepada",
        "Presented to",
        "atas prestasinya dalam",
        "for outstanding achievement in",
    ),
}
