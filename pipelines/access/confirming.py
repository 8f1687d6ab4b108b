"""Who is at the screen, asked again for acts that need more than an open page."""

from dataclasses import dataclass

from pipelines.access import audit
from pipelines.access.encryption import load_keyring
from pipelines.access.passwords import is_right
from pipelines.access.people import Person
from pipelines.access.pools import pool_of
from pipelines.access.sessions import use_confirmation
from pipelines.access.sign_in import SELECT_HASH, SignInError
from pipelines.access.throttle import forget_tries, is_admitted
from pipelines.database.roles import Role
from pipelines.settings import Settings

REFUSED = (
    "The password is wrong. After five wrong tries it rests for 15 minutes, "
    "here and at the sign-in."
)


@dataclass(frozen=True)
class Proof:
    """A password; or the token of a session whose person the provider asked anew."""

    password: str = ""
    token: str = ""


def confirm_identity(settings: Settings, person: Person, proof: Proof) -> None:
    """Check that the person at the screen is the one who signed in.

    Raises:
        SignInError: the password is wrong, or there were too many tries.
    """
    is_confirmed = use_confirmation(
        settings, person, proof.token
    ) or _knows_the_password(settings, person, proof.password)
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


def _knows_the_password(settings: Settings, person: Person, password: str) -> bool:
    signin = pool_of(settings, Role.SIGNIN)
    keyring = load_keyring(settings.keys_folder)
    with signin.connection() as connection:
        admitted = is_admitted(connection, keyring, person.user_id)
        found = connection.execute(SELECT_HASH, (person.user_id,)).fetchone()
    # No connection is held while hashing.
    if not is_right(password, found[0] if found and admitted else None):
        return False
    with signin.connection() as connection:
        forget_tries(connection, keyring, person.user_id)
    return True
