"""What Open Badges 3.0 asks of an OpenBadgeCredential, written down from the tables of its data
model (1EdTech, specification 3.0, appendix B.1) for the parts that we issue.

1EdTech's own schema file is in no package that could be installed, so this is ours: names,
multiplicities and kinds as the tables have them, and no property that they do not name.
"""

MOMENT = {"type": "string", "format": "date-time", "pattern": r"(Z|[+-]\d\d:\d\d)$"}
URI = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:\S+$"}
TEXT = {"type": "string", "minLength": 1}


def set_of(word):
    return {
        "type": "array",
        "minItems": 1,
        "items": {"type": "string"},
        "contains": {"const": word},
    }


def thing(required, **optional):
    return {
        "type": "object",
        "properties": required | optional,
        "required": list(required),
        "additionalProperties": False,
    }


IDENTITY = thing(
    {
        "type": {"const": "IdentityObject"},
        "hashed": {"type": "boolean"},
        "identityHash": {"type": "string", "pattern": r"^sha256\$[0-9a-fA-F]{64}$"},
        "identityType": {"type": "string", "pattern": r"^(emailAddress|ext:[a-zA-Z0-9._-]+)$"},
    },
    salt=TEXT,
)
ALIGNMENT = thing(
    {"type": set_of("Alignment"), "targetName": TEXT, "targetUrl": URI},
    targetCode=TEXT,
    targetFramework=TEXT,
    targetDescription=TEXT,
)
ACHIEVEMENT = thing(
    {
        "id": URI,
        "type": set_of("Achievement"),
        "criteria": {"type": "object", "properties": {"id": URI, "narrative": TEXT}},
        "description": TEXT,
        "name": TEXT,
    },
    achievementType={
        "enum": [
            "Achievement",
            "Certificate",
            "CertificateOfCompletion",
            "Course",
            "LearningProgram",
        ]
    },
    alignment={"type": "array", "items": ALIGNMENT},
    creditsAvailable={"type": "number"},
    inLanguage={
        "type": "string",
        "pattern": r"^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$",
    },
    version=TEXT,
)
SUBJECT = thing(
    {"type": set_of("AchievementSubject"), "achievement": ACHIEVEMENT},
    id=URI,
    identifier={"type": "array", "items": IDENTITY},
    activityStartDate=MOMENT,
    activityEndDate=MOMENT,
    creditsEarned={"type": "number"},
    licenseNumber=TEXT,
)
# W3C Data Integrity 1.0, 2.1, and Bitstring Status List 1.0, 2.1.
PROOF = thing(
    {
        "type": {"const": "DataIntegrityProof"},
        "cryptosuite": {"const": "eddsa-rdfc-2022"},
        "created": MOMENT,
        "verificationMethod": URI,
        "proofPurpose": {"const": "assertionMethod"},
        "proofValue": {"type": "string", "pattern": "^z[1-9A-HJ-NP-Za-km-z]+$"},
    }
)
STATUS = thing(
    {
        "id": URI,
        "type": {"const": "BitstringStatusListEntry"},
        "statusPurpose": {"const": "revocation"},
        "statusListIndex": {"type": "string", "pattern": "^(0|[1-9][0-9]*)$"},
        "statusListCredential": URI,
    }
)
CREDENTIAL = {"$schema": "https://json-schema.org/draft/2019-09/schema"} | thing(
    {
        "@context": {
            "type": "array",
            "minItems": 2,
            "prefixItems": [{"const": "https://www.w3.org/ns/credentials/v2"}],
            "contains": {
                "type": "string",
                "pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context-3\.0\.\d\.json$",
            },
        },
        "id": URI,
        "type": {
            "allOf": [set_of("VerifiableCredential"), set_of("OpenBadgeCredential")],
            "uniqueItems": True,
        },
        "name": TEXT,
        "issuer": thing({"id": URI, "type": set_of("Profile")}, name=TEXT, url=URI),
        "validFrom": MOMENT,
        "credentialSubject": SUBJECT,
    },
    credentialStatus=STATUS,
    proof=PROOF,
    validUntil=MOMENT,
)
