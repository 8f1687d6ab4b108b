"""The passwords of the logins are private, and the same for all who ask at once."""

import os
import stat
import threading
from pathlib import Path

import pytest

from pipelines.database.passwords import (
    LOGINS,
    PasswordFileError,
    ensure_passwords,
    password_file,
)
from pipelines.settings import Mode, Settings


def fresh(home: Path) -> Settings:
    return Settings(home=home, mode=Mode.TEST, _env_file=None)


def test_only_the_owner_reads_the_passwords(tmp_path: Path) -> None:
    settings = fresh(tmp_path)
    before = os.umask(0)
    try:
        ensure_passwords(settings)
    finally:
        os.umask(before)

    assert stat.S_IMODE(password_file(settings).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.keys_folder.stat().st_mode) == 0o700


def test_passwords_made_at_once_by_many_are_the_same_for_all(tmp_path: Path) -> None:
    settings, made = fresh(tmp_path), []
    threads = [
        threading.Thread(target=lambda: made.append(ensure_passwords(settings)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == [made[0]] * 8
    assert set(made[0]) == set(LOGINS)


@pytest.mark.parametrize(
    ("mode", "content", "remedy"),
    [(0o644, "{}", "chmod 600"), (0o600, "{", "restore it from its backup")],
)
def test_a_file_of_passwords_that_cannot_be_trusted_is_refused(
    tmp_path: Path, mode: int, content: str, remedy: str
) -> None:
    settings = fresh(tmp_path)
    settings.keys_folder.mkdir()
    password_file(settings).write_text(content)
    password_file(settings).chmod(mode)

    with pytest.raises(PasswordFileError, match=remedy):
        ensure_passwords(settings)
