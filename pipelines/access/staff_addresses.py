"""Home addresses of the staff: kept as keyed hashes, to be compared with patients'."""

from pipelines.access.encryption import load_keyring
from pipelines.access.ties import ADDRESS, term_of_address
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

KEEP = """
    insert into access.person_address (user_id, token)
    select user_id, %s from access.person where user_id = %s
    on conflict (user_id) do update set token = excluded.token
    returning user_id
"""


def keep_staff_address(
    settings: Settings, user_id: str, address_line: str, postal_code: str
) -> bool:
    """Keep the hash of an address; return whether person and address are known."""
    term = term_of_address(address_line, postal_code)
    if not term:
        return False
    token = load_keyring(settings.keys_folder).search_token(ADDRESS, term)
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(KEEP, (token, user_id)).fetchone() is not None
