"""Settings of one installation, from ``EHR_`` variables or ``.env``; nothing else.

Everything an installation writes lies under ``home``, so several can run side by side.
"""

from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).parents[1]


class Mode(StrEnum):
    """What an installation is for; ``demo`` and ``test`` open doors shut in care."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class Settings(BaseSettings):
    """All settings, each documented in ``.env.example``."""

    model_config = SettingsConfigDict(
        env_prefix="EHR_", env_file=".env", extra="ignore", frozen=True
    )

    home: Path = Field(PROJECT / "var", description="Folder for everything written.")
    mode: Mode = Field(Mode.PRODUCTION, description="production, demo or test.")
    database_url: SecretStr | None = Field(
        None, description="An external PostgreSQL 15+; empty: the embedded server."
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

    @field_validator("backup_folder", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

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
    def keys_folder(self) -> Path:
        """Return where the keys are; never in a database, in backups only sealed."""
        return self.root / "keys"

    @property
    def is_open_for_demonstration(self) -> bool:
        """Return whether one-click sign-in and ``ehr psql`` are allowed."""
        return self.mode in {Mode.DEMO, Mode.TEST}


def load_settings() -> Settings:
    """Read the settings from the environment, now."""
    return Settings()
