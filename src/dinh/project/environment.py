"""Every environment variable that Đình reads, in one place; `dinh check` prints this table."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from dinh.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("DINH_HOME", ".dinh", "folder for data, keys and logs"),
    Variable("PORT", "8000", "port to listen on"),
    Variable("DINH_HOST", "127.0.0.1", "address to listen on"),
    Variable("DINH_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "host names that are answered, by commas"),
    Variable("DINH_DATABASE_URL", "", "postgresql://… for the registers; empty is SQLite in DINH_HOME"),
    Variable("DINH_MQTT_URL", "", "mqtt://user:password@host:1883 of a broker; empty turns the gateway off"),
    Variable("DINH_MQTT_TOPICS", "", "file of topic templates; empty takes the built-in ones"),
    Variable("DINH_AREA", "urn:dinh:unit:2004:94", "the unit whose picture is shown; 94 is the former Sóc Trăng"),
    Variable("DINH_PUBLIC_URL", "", "address at which people reach Đình, for links in messages; empty is http://localhost:PORT"),
    Variable("DINH_EMAIL", "", "smtp://user:password@host:587?from=… or file; empty sends no e-mail"),
    Variable("DINH_SMS", "", "https://user:password@gateway/path?sender=… or file; empty sends no SMS"),
    Variable("DINH_ZALO", "", "file of settings for Zalo, or the word file; empty sends nothing by Zalo"),
    Variable("DINH_PUSH", "", "web or file; empty turns web push off"),
    Variable("DINH_UNPLUGGED", "", "systems and gateways to leave out, by commas"),
    Variable("DINH_DEMO", "", "1 in the demonstration: simulated data and one-click roles on loopback"),
    Variable("DINH_REGISTRATION", "", "1 lets anyone make an account for themselves, without any role"),
    Variable("DINH_VNEID_ISSUER", "", "https://… of the OpenID provider of VNeID; empty offers no sign-in by VNeID"),
    Variable("DINH_VNEID_CLIENT_ID", "", "the number under which Đình is registered there"),
    Variable("DINH_VNEID_CLIENT_SECRET_FILE", "", "file with the secret of that registration, readable by its owner alone"),
    Variable("DINH_VNEID_SCOPE", "openid profile phone address", "what is asked of VNeID, by spaces; openid is always among it"),
    Variable("DINH_VNEID_HOSTS", "", "further origins to which sign-in at VNeID may lead a browser, by commas"),
    Variable("DINH_DEBUG", "", "1 shows tracebacks; never in operation"),
    Variable("DINH_PROXIES", "127.0.0.1", "addresses whose X-Forwarded-For is believed, by commas"),
    Variable("DINH_LOG", "text", "text or json"),
    Variable("DINH_FILE_MB", "20", "megabytes that one uploaded file may have"),
    Variable("DINH_IMAGE_MEGAPIXELS", "50", "million pixels that one uploaded picture may have"),
    Variable("DINH_FILES_KEYS", "", "folder of the keys that open stored files; empty is files-keys in DINH_HOME"),
    Variable("DINH_VIRUS_SCAN", "", "clamd:/path/to/socket, clamd:host:port or command:/path; empty scans nothing"),
    Variable("DINH_AUTHORITY_CODE", "H13", "the province's code in numbers of dossiers (Decision 20/2020/QĐ-TTg); H13 is Cần Thơ"),
    Variable("DINH_PAYMENTS", "", "fake is the simulated bank (the demonstration's); empty: fees are paid at the counter"),
    Variable("DINH_BRIEF_AUTOPUBLISH", "", "1 publishes the daily brief without a person's check, marked as automatic"),
    Variable("DINH_CHECKPOINT_TO", "", "second places of signed checkpoints by commas: file:/disk/, https://…, mailto:…"),
    Variable("DINH_NODE", "", "letters of this machine in the numbers of what is handed in, where several serve one province"),
    Variable("DINH_FEED_NETWORKS", "", "networks of the house that news feeds may be read from, by commas; empty: the public Internet alone"),
    Variable("DINH_SEAL", "", "PKCS#12 file or pkcs11: address of the seal of documents; empty is one that Đình makes and signs itself"),
    Variable("DINH_SEAL_PASSWORD_FILE", "", "file that holds the seal's password or the token's PIN"),
    Variable("DINH_TIMESTAMP_URL", "", "time-stamp server (RFC 3161) for sealed documents; empty seals without stamps of time"),
    Variable("DINH_TIMESTAMP_FAILURE", "refuse", "refuse or sign: what is done with a document when that server gives no stamp"),
    Variable("DINH_DUCKDB_THREADS", "2", "threads of the history engine"),
)  # fmt: skip
_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


def read(name: str) -> str:
    """The variable's value or its default; only variables of the table can be read."""
    return os.environ.get(name) or _DEFAULTS[name]


def flag(name: str) -> bool:
    return read(name).strip().lower() in {"1", "true", "yes", "on"}


def listing(name: str) -> list[str]:
    return [part.strip() for part in read(name).split(",") if part.strip()]


def number(name: str) -> int:
    """Raises Invalid `environment.not_a_number` with the variable's name and value."""
    value = read(name)
    try:
        return int(value)
    except ValueError as error:
        raise Invalid(
            "environment.not_a_number", "{name} is '{value}'; give a whole number", name=name, value=value
        ) from error


def letters(name: str) -> str:
    """At most three of them, in capitals; raises Invalid `environment.not_letters`."""
    value = read(name).strip().upper()
    if value and not (value.isascii() and value.isalpha() and len(value) <= 3):
        raise Invalid(
            "environment.not_letters", "{name} is '{value}'; give one to three letters", name=name, value=value
        )
    return value


def home() -> Path:
    """The data folder, made readable by its owner alone when absent; `dinh check` tells of one that others can read."""
    folder = Path(read("DINH_HOME")).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
