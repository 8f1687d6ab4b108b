"""Settings of one installation, from ``EHR_`` variables or ``.env``; nothing else.

Everything an installation writes lies under ``home``, so several can run side by side.
"""

from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).parents[1]
LOOPBACK = ("localhost", "127.0.0.1", "::1")
Severity = Literal["critical", "warning", "info"]


class Mode(StrEnum):
    """What an installation is for; ``demo`` and ``test`` open doors shut in care."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class Settings(BaseSettings):
    """All settings, each documented in ``.env.example``."""

    model_config = SettingsConfigDict(
        env_prefix="EHR_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # secrets are among it
    )

    home: Path = Field(PROJECT / "var", description="Folder for everything written.")
    mode: Mode = Field(Mode.PRODUCTION, description="production, demo or test.")
    database_url: SecretStr | None = Field(
        None, description="An external PostgreSQL 15+; empty: the embedded server."
    )
    record_url: SecretStr | None = Field(
        None, description="A record on another PostgreSQL, which is only read."
    )
    record_source: str = Field(
        "record", description="What the source of that record is called."
    )
    backup_folder: Path | None = Field(
        None, description="Where backups go, on another disk; empty: none are made."
    )
    backup_chains: int = Field(
        4, ge=1, description="Full backups to keep, each with its increments."
    )
    time_zone: str = Field("UTC", description="Zone of times delivered without one.")
    dashboard_port: int = Field(8501, description="Port of the dashboards.")
    dagster_port: int = Field(3000, description="Port of the Dagster UI.")
    public_url: str = Field(
        "", description="Address of the dashboards as people type it, behind a proxy."
    )
    tls_certificate: Path | None = Field(
        None, description="Certificate chain (PEM); with it the pages speak https."
    )
    tls_key: Path | None = Field(None, description="Its private key (PEM).")
    second_factor_roles: str = Field(
        "", description="Roles that need a code beside the password, with commas."
    )
    oidc_issuer: str = Field("", description="Address of the OpenID provider.")
    oidc_client_id: str = Field("", description="Our name at the provider.")
    oidc_client_secret: SecretStr | None = Field(
        None, description="Our secret at the provider."
    )
    oidc_name: str = Field(
        "Hospital account", description="What the button of the provider says."
    )

    alert_least_severity: Severity = Field(
        "critical", description="Least severity of an incident that is told."
    )
    alert_timeout_seconds: int = Field(
        10, ge=1, le=60, description="How long a receiver of alerts may take."
    )
    alert_ca_file: Path | None = Field(
        None, description="Certificates (PEM) that vouch for receivers of alerts."
    )
    alert_webhook_url: str = Field(
        "", description="Where alerts are posted to; https, or this very machine."
    )
    alert_webhook_secret: SecretStr | None = Field(
        None, description="What alerts that are posted are signed with."
    )
    alert_smtp_host: str = Field("", description="Mail server that takes alerts.")
    alert_smtp_port: int = Field(587, description="Its port, with STARTTLS.")
    alert_smtp_user: str = Field("", description="Our name at the mail server.")
    alert_smtp_password: SecretStr | None = Field(
        None, description="Our password at the mail server."
    )
    alert_email_from: str = Field("", description="Sender of alerts.")
    alert_email_to: str = Field("", description="Receivers of alerts, with commas.")

    @field_validator(
        "tls_certificate",
        "tls_key",
        "backup_folder",
        "record_url",
        "alert_ca_file",
        "alert_webhook_secret",
        "alert_smtp_password",
        mode="before",
    )
    @classmethod
    def _nothing_if_empty(cls, value: object) -> object:
        """Take an empty variable as none; as a path it would be this folder."""
        return value or None

    @model_validator(mode="after")
    def _certificate_has_key(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            msg = "EHR_TLS_CERTIFICATE and EHR_TLS_KEY belong together: set both"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _webhook_is_closed(self) -> Self:
        """Refuse a webhook that could be overheard, or that could not trust us."""
        if not self.alert_webhook_url:
            return self
        address = urlsplit(self.alert_webhook_url)
        is_here = address.scheme == "http" and address.hostname in LOOPBACK
        if not address.hostname or not (address.scheme == "https" or is_here):
            msg = "EHR_ALERT_WEBHOOK_URL must be https:// and name a host"
            raise ValueError(msg)
        if self.alert_webhook_secret is None:
            msg = "EHR_ALERT_WEBHOOK_URL needs EHR_ALERT_WEBHOOK_SECRET, to sign with"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _mail_has_people(self) -> Self:
        people = self.alert_email_from and self.alert_email_to
        if self.alert_smtp_host and not people:
            msg = "EHR_ALERT_SMTP_HOST needs EHR_ALERT_EMAIL_FROM and _TO"
            raise ValueError(msg)
        return self

    @cached_property
    def root(self) -> Path:
        """Return ``home`` as an absolute path."""
        return self.home.expanduser().resolve()

    @property
    def archive_folder(self) -> Path:
        """Return where deliveries are kept, encrypted, for ever."""
        return self.root / "archive"

    @property
    def deliveries_folder(self) -> Path:
        """Return what the sensor watches: ``deliveries/<format>/<name>/``."""
        return self.root / "deliveries"

    @property
    def reports_folder(self) -> Path:
        """Return where printable reports are kept; they name no patient."""
        return self.root / "reports"

    @property
    def keys_folder(self) -> Path:
        """Return where the keys are; never in a database, in backups only sealed."""
        return self.root / "keys"

    @property
    def has_tls(self) -> bool:
        """Return whether browsers reach the pages by https, here or at a proxy."""
        return self.tls_certificate is not None or self.public_url.startswith(
            "https://"
        )

    @property
    def has_oidc(self) -> bool:
        """Return whether people can sign in at an OpenID provider."""
        return bool(self.oidc_issuer and self.oidc_client_id)

    @property
    def alert_channels(self) -> tuple[str, ...]:
        """Return by what quality staff are told of incidents."""
        channels = {"e-mail": self.alert_smtp_host, "webhook": self.alert_webhook_url}
        return tuple(name for name, is_set_up in channels.items() if is_set_up)

    @property
    def second_factor_role_names(self) -> frozenset[str]:
        """Return the roles whose passwords alone are not enough."""
        names = self.second_factor_roles.split(",")
        return frozenset(filter(None, map(str.strip, names)))

    @property
    def is_open_for_demonstration(self) -> bool:
        """Return whether one-click sign-in and ``ehr psql`` are allowed."""
        return self.mode in {Mode.DEMO, Mode.TEST}


def load_settings() -> Settings:
    """Read the settings from the environment, now."""
    return Settings()
