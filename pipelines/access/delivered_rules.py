"""Rules of access that sources deliver: care teams, consents, stays on wards.

They are renewed at the end of every build. Readers see the old rules until the
transaction commits, then the new ones.
"""

import psycopg

# The current version of a fact: the highest by source version time, then adapter, then
# open before closed, then content.
CURRENT = """
    select
        version.*,
        row_number() over (
            partition by source_system, record_id
            order by version_at desc, adapter_revision desc, is_closed,
                content_hash desc
        ) as version_rank
    from raw.{} as version
"""
CARE_TEAM = f"""
    insert into access.care_team
    select source_system, practitioner_id, patient_key, started_at, ended_at
    from ({CURRENT.format("care_team")}) as ranked
    where version_rank = 1 and not is_closed and practitioner_id is not null
"""  # noqa: S608 - literals of this module
# A decision in a word that nobody knows is taken for the one that shows less.
CONSENTS = f"""
    insert into access.consent (
        patient_key, scope_code, recipient_name, decision_code, valid_from, valid_to,
        recorded_by, source_system, record_id
    )
    select
        patient_key,
        lower(trim(scope_code)),
        nullif(trim(recipient_name), ''),
        case
            when lower(trim(decision_code)) in ('permit', 'deny')
                then lower(trim(decision_code))
            when lower(trim(scope_code)) in ('treating_team_only', 'ask_first')
                then 'permit'
            else 'deny'
        end,
        started_at,
        case when ended_at >= started_at then ended_at end,
        'delivered',
        source_system,
        record_id
    from ({CURRENT.format("consents")}) as ranked
    where version_rank = 1
        and not is_closed
        and lower(trim(scope_code)) in (
            'research', 'sharing', 'treating_team_only', 'ask_first'
        )
"""  # noqa: S608 - literals of this module
# Ended stays are of no use to who works on the ward now.
WARD_STAYS = f"""
    insert into access.ward_stay
    select source_system, trim(location_name), patient_key, started_at, ended_at
    from ({CURRENT.format("encounters")}) as ranked
    where version_rank = 1
        and not is_closed
        and nullif(trim(location_name), '') is not null
        and (ended_at is null or ended_at > now())
"""  # noqa: S608 - literals of this module


def refresh_delivered_rules(connection: psycopg.Connection) -> None:
    """Renew what sources say about access, as the builder or the owner."""
    refresh_care_team(connection)
    with connection.transaction():
        connection.execute("delete from access.consent where source_system is not null")
        connection.execute(CONSENTS)
        connection.execute("delete from access.ward_stay")
        connection.execute(WARD_STAYS)


def refresh_care_team(connection: psycopg.Connection) -> int:
    """Renew ``access.care_team`` from the current facts.

    Returns:
        How many memberships there are now.
    """
    with connection.transaction():
        connection.execute("delete from access.care_team")
        return connection.execute(CARE_TEAM).rowcount
