"""The password asked again, for acts that need more than an open page."""

from pipelines.access import audit
from pipelines.access.encryption import load_keyring
from pipelines.access.passwords import is_right
from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.access.sign_in import SELECT_HASH, SignInError
from pipelines.access.throttle import forget_tries, is_admitted
from pipelines.database.roles import Role
from pipelines.settings import Settings

REFUSED = (
    "The password is wrong. After five wrong tries it rests for 15 minutes, "
    "here and at the sign-in."
)


def confirm_identity(settings: Settings, person: Person, password: str) -> None:
    """Check that the person at the screen is the one who signed in.

    Raises:
        SignInError: the password is wrong, or there were too many tries.
    """
    signin = pool_of(settings, Role.SIGNIN)
    keyring = load_keyring(settings.keys_folder)
    with signin.connection() as connection:
        admitted = is_admitted(connection, keyring, person.user_id)
        found = connection.execute(SELECT_HASH, (person.user_id,)).fetchone()
    is_confirmed = is_right(password, found[0] if found and admitted else None)
    audit.append(
        settings,
        audit.Event(
            person.user_id,
            person.role,
            "confirm identity",
            "session",
            result="ok" if is_confirmed else "denied",
        ),
    )
    if not is_confirmed:
        raise SignInError(REFUSED)
    with signin.connection() as connection:
        forget_tries(connection, keyring, person.user_id)
