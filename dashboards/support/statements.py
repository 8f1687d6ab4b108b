"""The SQL of support's pages: functions that name no patient."""

WARD_MEMBERS = """
    select
        member.user_id,
        member.display_name,
        member.source_system,
        member.ward_name,
        member.is_in_charge,
        member.valid_from
    from access.ward_members() as member
"""
WARDS = """
    select ward.source_system, ward.ward_name
    from access.wards() as ward
"""
