"""Whether what lies on a disk is encrypted there: as far as the kernel tells.

The values of patients' names are encrypted by us; all else that PostgreSQL writes is
not, so a production installation lies on an encrypted volume. A disk that encrypts
itself, or a cloud's, cannot be told from one that does not.
"""

import errno
import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SYSTEM = Path("/sys/dev/block")
MOUNTS = Path("/proc/self/mountinfo")
# ioctl FS_IOC_GET_ENCRYPTION_POLICY_EX, and the size that it wants to be told.
READ_POLICY = 0xC0096616
POLICY_BYTES = 32
IN_MEMORY = frozenset({"tmpfs", "ramfs"})
NOT_OURS = "an external server's disks cannot be seen from here"


class Encrypted(StrEnum):
    """What can be said."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True)
class Volume:
    """One place: what lies there, and whether it is encrypted, with the reason."""

    title: str
    path: str
    encrypted: Encrypted
    reason: str


@dataclass(frozen=True)
class Mount:
    """Where a file system is mounted, of which kind it is and from which device."""

    point: Path
    kind: str
    source: str


def volume_of(
    title: str, path: Path, system: Path = SYSTEM, mounts: Path = MOUNTS
) -> Volume:
    """Return whether a folder, or the nearest one above it, lies encrypted."""
    try:
        there = next(each for each in (path, *path.parents) if each.exists())
        encrypted, reason = _judged(there.resolve(), system, mounts)
    except OSError as problem:
        encrypted, reason = Encrypted.UNKNOWN, problem.strerror or "not readable"
    return Volume(title, str(path), encrypted, reason)


def unseen_volume(title: str) -> Volume:
    """Return what can be said of a disk of another machine."""
    return Volume(title, "", Encrypted.UNKNOWN, NOT_OURS)


def _judged(path: Path, system: Path, mounts: Path) -> tuple[Encrypted, str]:
    if _has_own_policy(path):
        return Encrypted.YES, "the folder has an fscrypt policy"
    mount = _mount_of(path, mounts)
    if mount and mount.kind in IN_MEMORY:
        return Encrypted.UNKNOWN, f"{mount.kind}: in memory, encrypted as the swap is"
    if mount and mount.kind == "zfs":
        return _judged_zfs(mount.source)
    device = _device_of(path, mount)
    if device is None or not (system / device).exists():
        kind = mount.kind if mount else "this file system"
        return Encrypted.UNKNOWN, f"{kind} does not tell its device"
    if any(_is_crypt(each) for each in _chain(system / device)):
        return Encrypted.YES, "dm-crypt"
    return Encrypted.NO, f"no dm-crypt below {(system / device).resolve().name}"


def _has_own_policy(path: Path) -> bool:
    """Ask the file system whether it encrypts this folder (ext4, f2fs, ubifs)."""
    descriptor = os.open(path, os.O_RDONLY)
    policy = bytearray((POLICY_BYTES - 8).to_bytes(8, "little") + bytes(POLICY_BYTES))
    try:
        fcntl.ioctl(descriptor, READ_POLICY, policy)
    except OSError as problem:
        if problem.errno == errno.EPERM:
            raise
        return False
    finally:
        os.close(descriptor)
    return True


def _mount_of(path: Path, mounts: Path) -> Mount | None:
    """Return the mount that a path lies on: the deepest, the last of equals."""
    found = None
    for line in mounts.read_text().splitlines():
        left, _, right = line.partition(" - ")
        point = Path(left.split()[4].encode().decode("unicode_escape"))
        if not path.is_relative_to(point):
            continue
        if found is None or len(point.parts) >= len(found.point.parts):
            kind, source, *_ = right.split()
            found = Mount(point, kind, source)
    return found


def _device_of(path: Path, mount: Mount | None) -> str | None:
    """Return major:minor; a file system over several devices says its source alone."""
    device = path.stat().st_dev
    if os.major(device):
        return f"{os.major(device)}:{os.minor(device)}"
    source = Path(mount.source) if mount else None
    if source and source.is_block_device():
        number = source.stat().st_rdev
        return f"{os.major(number)}:{os.minor(number)}"
    return None


def _chain(device: Path) -> Iterator[Path]:
    """Yield a device and those that it is made of, down to the disks."""
    yield device
    for below in sorted((device / "slaves").glob("*")):
        yield from _chain(below)


def _is_crypt(device: Path) -> bool:
    uuid = device / "dm" / "uuid"
    return uuid.is_file() and uuid.read_text().startswith("CRYPT-")


def _judged_zfs(dataset: str) -> tuple[Encrypted, str]:
    program = shutil.which("zfs")
    if program is None:
        return Encrypted.UNKNOWN, "zfs, and no zfs program to ask"
    asked = [program, "get", "-H", "-o", "value", "encryption", dataset]
    told = subprocess.run(  # noqa: S603 - the system's own program, a mounted data set
        asked, capture_output=True, text=True, check=False
    ).stdout.strip()
    if not told:
        return Encrypted.UNKNOWN, "zfs does not tell"
    return (Encrypted.NO if told == "off" else Encrypted.YES), f"zfs encryption {told}"
