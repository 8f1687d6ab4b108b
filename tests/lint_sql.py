"""Lints the SQL of the dbt project, as ``make lint`` does.

sqlfluff reads what dbt makes of a model, and dbt asks a database while it makes it: so
the lint has an installation of its own, in which nothing is built.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pipelines.dbt_program import dbt_environment
from tests.conftest import running_installation

FOLDERS = ("dbt_project/models", "dbt_project/tests")


def main() -> int:
    """Return sqlfluff's exit code."""
    with tempfile.TemporaryDirectory(prefix="ehr-lint-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # the service user passes through it
        for settings in running_installation(home / "home"):
            present = [each for each in FOLDERS if Path(each).is_dir()]
            return subprocess.run(
                [sys.executable, "-m", "tests.lighter_sqlfluff", "lint", *present],
                env={**os.environ, **dbt_environment(settings)},
                check=False,
            ).returncode
    return 1


if __name__ == "__main__":
    sys.exit(main())
