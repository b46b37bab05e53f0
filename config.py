"""Settings, from the environment only; a bad one stops the start with one clear line."""

import os
import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
MODES = ("demo", "production", "test")
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


class BadSetting(SystemExit):
    """A setting that stops the start, with the sentence to print."""


SIASN_URL = "https://apimws.bkn.go.id:8243/apisiasn/1.0"
SIASN_TOKEN_URL = "https://apimws.bkn.go.id/oauth2/token"


@dataclass(frozen=True)
class Siasn:
    """The web service of BKN, as an agency may use it. Keys are given to agencies by BKN; what is
    secret is never part of what this object is written as."""

    url: str = SIASN_URL
    token_url: str = SIASN_TOKEN_URL
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    sso_token: str = field(default="", repr=False)
    agency: str = ""  # instansiId
    timeout: float = 15.0  # seconds for one question and its answer

    @property
    def missing(self) -> list[str]:
        """The variables still to be set; nothing is sent while there are any."""
        needed = {
            "CORPU_SIASN_KEY": self.key,
            "CORPU_SIASN_SECRET": self.secret,
            "CORPU_SIASN_SSO_TOKEN": self.sso_token,
            "CORPU_SIASN_AGENCY": self.agency,
        }
        return [name for name, value in needed.items() if not value]

    @property
    def is_local(self) -> bool:
        """Whether the service is on this machine, as in a test."""
        return urlsplit(self.url).hostname in LOCAL_HOSTS


SMTP_SECURITY = ("starttls", "tls", "none")


@dataclass(frozen=True)
class Smtp:
    """The server that takes letters. The password is never part of what this is written as."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""  # the address that letters come from
    security: str = "starttls"

    @property
    def missing(self) -> list[str]:
        """The variables still to be set; no letter is sent while there are any."""
        needed = {"CORPU_SMTP_HOST": self.host, "CORPU_SMTP_SENDER": self.sender}
        return [name for name, value in needed.items() if not value]


SIGNERS = ("none", "pades", "bsre")


@dataclass(frozen=True)
class Esign:
    """Who puts the electronic signature (TTE) on documents; what is secret is never part of what
    this object is written as."""

    signer: str = "none"
    key: str = ""  # pades: path of a PKCS#12 or PEM file
    passphrase: str = field(default="", repr=False)  # pades: empty, it is asked for each batch
    timestamp_url: str = ""  # pades: RFC 3161
    level: str = ""  # pades: b-lt, else B-B or, with a timestamp server, B-T
    url: str = ""  # bsre: base of the client service
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    trust: str = ""  # path of a PEM file with the roots by which signers are believed
    timeout: float = 30.0  # seconds for one question and its answer

    @property
    def missing(self) -> list[str]:
        """The variables still to be set; nothing is signed while there are any."""
        needed = {"none": {"CORPU_TTE": ""}, "pades": {"CORPU_TTE_KEY": self.key}}
        needed["bsre"] = {
            "CORPU_TTE_URL": self.url,
            "CORPU_TTE_USER": self.user,
            "CORPU_TTE_PASSWORD": self.password,
        }
        names = [name for name, value in needed[self.signer].items() if not value]
        if self.signer == "pades" and self.level == "b-lt":
            more = {"CORPU_TTE_TIMESTAMP_URL": self.timestamp_url, "CORPU_TTE_TRUST": self.trust}
            names += [name for name, value in more.items() if not value]
        return names

    @property
    def is_local(self) -> bool:
        """Whether the service is on this machine, as in a test."""
        return urlsplit(self.url).hostname in LOCAL_HOSTS

    @classmethod
    def from_environment(cls, env: "os._Environ[str] | dict[str, str]") -> "Esign":
        signer = env.get("CORPU_TTE", "").strip() or "none"
        level = env.get("CORPU_TTE_LEVEL", "").strip().lower()
        if signer not in SIGNERS:
            raise BadSetting(f"CORPU_TTE={signer}: tulis pades atau bsre, atau kosongkan.")
        if level not in ("", "b-b", "b-t", "b-lt"):
            raise BadSetting(f"CORPU_TTE_LEVEL={level}: tulis b-lt, atau kosongkan.")
        return cls(
            signer=signer,
            key=env.get("CORPU_TTE_KEY", "").strip(),
            passphrase=env.get("CORPU_TTE_PASSPHRASE", ""),
            timestamp_url=env.get("CORPU_TTE_TIMESTAMP_URL", "").strip(),
            level=level,
            url=_address(env, "CORPU_TTE_URL", ""),
            user=_one_line(env, "CORPU_TTE_USER"),
            password=_one_line(env, "CORPU_TTE_PASSWORD"),
            trust=_certificates(env, "CORPU_TTE_TRUST"),
        )


@dataclass(frozen=True)
class Settings:
    mode: str = "production"
    database_url: str = ""
    secret_key: str = ""
    secret_key_fallbacks: list[str] = field(default_factory=list)
    key_passphrase: str = ""  # seals the signing key instead of the secret
    instance: Path = ROOT / "instance"
    public_url: str = ""
    proxies: int = 0
    redis_url: str = ""
    worker: str = "thread"  # thread: in the web process; none: `flask jobs work` does it
    privacy_version: str = "1.3"
    privacy_date: date = date(2026, 11, 25)
    security_contact: str = ""
    privacy_contact: str = ""  # who answers questions about personal data
    plan_month: int = 3  # from its first day on, a development plan of the year is missed
    source_url: str = ""  # where people who use this installation find its source (AGPL, 13)
    siasn: Siasn = field(default_factory=Siasn)
    smtp: Smtp = field(default_factory=Smtp)
    esign: Esign = field(default_factory=Esign)

    @classmethod
    def from_environment(cls, environ: dict[str, str] | None = None) -> "Settings":
        env = os.environ if environ is None else environ
        mode = env.get("CORPU_MODE", "production")
        if mode not in MODES:
            raise BadSetting(f"CORPU_MODE={mode}: tulis demo atau production.")
        instance = Path(env.get("CORPU_INSTANCE", ROOT / "instance"))
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        instance.chmod(0o700)
        url = env.get("DATABASE_URL") or f"sqlite:///{instance / 'corpu.db'}"
        if url.startswith(("postgres://", "postgresql://")):
            url = "postgresql+psycopg://" + url.split("://", 1)[1]
        return cls(
            mode=mode,
            database_url=url,
            secret_key=_secret(env, mode, instance),
            secret_key_fallbacks=env.get("SECRET_KEY_FALLBACKS", "").split(),
            key_passphrase=_passphrase(env),
            instance=instance,
            public_url=env.get("CORPU_PUBLIC_URL", "").rstrip("/"),
            proxies=_whole_number(env, "CORPU_PROXIES", 0),
            redis_url=env.get("REDIS_URL", ""),
            worker=env.get("CORPU_WORKER", "thread"),
            security_contact=env.get("CORPU_SECURITY_CONTACT", "").strip(),
            privacy_contact=env.get("CORPU_PRIVACY_CONTACT", "").strip(),
            plan_month=_month(env, "CORPU_PLAN_MONTH", 3),
            source_url=env.get("CORPU_SOURCE_URL", "").strip(),
            siasn=Siasn(
                url=_address(env, "CORPU_SIASN_URL", SIASN_URL),
                token_url=_address(env, "CORPU_SIASN_TOKEN_URL", SIASN_TOKEN_URL),
                key=_one_line(env, "CORPU_SIASN_KEY"),
                secret=_one_line(env, "CORPU_SIASN_SECRET"),
                sso_token=_one_line(env, "CORPU_SIASN_SSO_TOKEN"),
                agency=_one_line(env, "CORPU_SIASN_AGENCY"),
            ),
            smtp=_smtp(env, mode),
            esign=Esign.from_environment(env),
        )


def _smtp(env: "os._Environ[str] | dict[str, str]", mode: str) -> Smtp:
    """In clear only on this machine; a demonstration, whose people are made up, only there too."""
    host, sender = _one_line(env, "CORPU_SMTP_HOST"), _one_line(env, "CORPU_SMTP_SENDER")
    security = env.get("CORPU_SMTP_SECURITY", "").strip() or "starttls"
    if security not in SMTP_SECURITY:
        raise BadSetting("CORPU_SMTP_SECURITY: tulis starttls, tls, atau none.")
    if sender and sender.count("@") != 1:
        raise BadSetting("CORPU_SMTP_SENDER: tulis satu alamat surel.")
    if host and host not in LOCAL_HOSTS:
        if security == "none":
            raise BadSetting("CORPU_SMTP_SECURITY=none hanya untuk server di mesin ini.")
        if mode == "demo":
            host = ""
    port = _whole_number(env, "CORPU_SMTP_PORT", 465 if security == "tls" else 587)
    return Smtp(
        host,
        port,
        _one_line(env, "CORPU_SMTP_USER"),
        env.get("CORPU_SMTP_PASSWORD", ""),
        sender,
        security,
    )


def _address(env: "os._Environ[str] | dict[str, str]", name: str, default: str) -> str:
    """An address that secrets are sent to: encrypted, unless it is this machine."""
    text = env.get(name, "").strip().rstrip("/") or default
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_plain = parts.scheme == "http" and parts.hostname in LOCAL_HOSTS
        is_good = bool(parts.hostname) and (parts.scheme == "https" or is_plain)
        is_good = is_good and parts.port != 0 and not (parts.username or parts.query)
    except ValueError:
        is_good = False
    if not is_good or not text.isascii() or any(letter.isspace() for letter in text):
        raise BadSetting(f"{name}: tulis alamat yang diawali https://, tanpa nama dan sandi.")
    return text


def _one_line(env: "os._Environ[str] | dict[str, str]", name: str) -> str:
    """A value that goes into a header: letters, digits and signs of ASCII. Never repeated."""
    text = env.get(name, "").strip()
    if text and not (text.isascii() and text.isprintable()):
        raise BadSetting(f"{name}: ada huruf yang tidak dapat dikirim. Salin sekali lagi.")
    return text


def _certificates(env: "os._Environ[str] | dict[str, str]", name: str) -> str:
    """The path of a file of certificates in PEM; empty where none is named."""
    text = env.get(name, "").strip()
    try:
        if text and "-----BEGIN CERTIFICATE-----" not in Path(text).read_text("ascii"):
            raise BadSetting(f"{name}={text}: berkas ini tidak berisi sertifikat PEM.")
    except (OSError, ValueError) as error:
        raise BadSetting(f"{name}={text}: berkas ini tidak dapat dibaca.") from error
    return text


def _whole_number(env: "os._Environ[str] | dict[str, str]", name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit():
        raise BadSetting(f"{name}={text}: tulis sebuah bilangan bulat.")
    return int(text)


def _month(env: "os._Environ[str] | dict[str, str]", name: str, default: int) -> int:
    month = _whole_number(env, name, default)
    if not 1 <= month <= 12:
        raise BadSetting(f"{name}={month}: tulis bulan 1 sampai 12.")
    return month


def _secret(env: "os._Environ[str] | dict[str, str]", mode: str, instance: Path) -> str:
    key = env.get("SECRET_KEY", "")
    if mode != "production":
        return key or _kept_secret(instance / "secret")
    if len(key.encode()) < 32 or len(set(key)) < 8:
        # Commands that read no session may run without one; the web start refuses it.
        return ""
    return key


def _passphrase(env: "os._Environ[str] | dict[str, str]") -> str:
    phrase = env.get("CORPU_KEY_PASSPHRASE", "")
    if phrase and len(phrase) < 16:
        raise BadSetting("CORPU_KEY_PASSPHRASE: tulis paling sedikit 16 huruf, atau kosongkan.")
    return phrase


def _kept_secret(path: Path) -> str:
    """Made once, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
