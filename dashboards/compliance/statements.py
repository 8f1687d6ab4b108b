"""The SQL of the compliance pages: selects from the trail and its books."""

EVENTS_OF_FILTER = """
    from audit.event as event
    where event.happened_at >= %(since)s
        and event.happened_at < %(until)s
        and (%(user_id)s::text is null or event.user_id = %(user_id)s)
        and (%(action)s::text is null or event.action = %(action)s)
        and (%(result)s::text is null or event.result = %(result)s)
        and (
            %(asked_key)s::bigint is null
            or event.patient_keys @> array[%(asked_key)s::bigint]
        )
"""
EVENTS = f"""
    select
        event.event_id,
        event.happened_at,
        event.recorded_at,
        event.user_id,
        person.display_name,
        event.role,
        event.action,
        event.subject,
        cardinality(event.patient_keys) as patients_count,
        event.row_count,
        event.purpose,
        event.result,
        event.is_spooled,
        event.client_address
    from (select event.* {EVENTS_OF_FILTER}) as event
    left join audit.staff_names() as person on event.user_id = person.user_id
    order by event.event_id desc
    limit %(most)s offset %(offset)s
"""  # noqa: S608 - put together from constants
COUNTED = f"""
    select
        date_trunc(%(step)s, event.happened_at) as begins_at,
        case when event.result in ('denied', 'error') then 'refused' else 'shown' end
            as outcome,
        count(*) as events
    {EVENTS_OF_FILTER}
    group by 1, 2
    order by 1, 2
"""
ACTIONS = """
    select distinct event.action
    from audit.event as event
    where event.happened_at >= %(since)s and event.happened_at < %(until)s
    order by event.action
"""
STAFF = "select user_id, display_name, role from audit.staff_names() order by user_id"
REVIEWS = """
    select
        review.week,
        review.prepared_at,
        review.figures,
        review.signed_at,
        review.signed_by,
        review.comment
    from audit.review as review
    order by review.week desc
    limit 26
"""
SNOOPING = """
    select
        look.user_id,
        look.role,
        look.patient_key,
        look.looks,
        look.first_at,
        look.last_at,
        look.has_care_relation,
        look.is_same_surname,
        look.surname_patients,
        look.is_same_address,
        look.is_own_name,
        look.staff_id,
        look.labels
    from audit.find_snooping(
        %(since)s, %(until)s, %(user_ids)s, %(surnames)s::uuid[], %(full_names)s::uuid[]
    ) as look
    order by look.last_at desc
"""
GLASS = """
    select
        glass.break_glass_id,
        glass.user_id,
        glass.display_name,
        glass.role,
        glass.patient_key,
        glass.reason_code,
        glass.reason_text,
        glass.opened_at,
        glass.ends_at,
        glass.looks,
        glass.reviewed_at,
        glass.reviewed_by,
        glass.review_result_code,
        glass.review_text
    from audit.glass_to_review() as glass
"""
DISCLOSURES = """
    select
        disclosure.event_id,
        disclosure.disclosed_at,
        disclosure.user_id,
        disclosure.recipient_name,
        disclosure.recipient_address,
        disclosure.purpose_code,
        disclosure.purpose_text,
        disclosure.what
    from audit.disclosure as disclosure
    where disclosure.patient_keys @> array[%(asked_key)s::bigint]
        and disclosure.disclosed_at > now() - interval '6 years'
    order by disclosure.disclosed_at desc
"""
LATEST_DISCLOSURES = """
    select
        disclosure.disclosed_at,
        disclosure.user_id,
        disclosure.recipient_name,
        disclosure.purpose_code,
        disclosure.what,
        cardinality(disclosure.patient_keys) as patients_count
    from audit.disclosure as disclosure
    order by disclosure.event_id desc
    limit 20
"""
GRANTS = """
    select
        held.user_id,
        held.display_name,
        held.role,
        held.is_active,
        held.created_at,
        held.last_sign_in_at,
        held.assigned_patients,
        held.team_patients,
        held.glass_count,
        held.decision_code,
        held.decided_by,
        held.decided_at,
        held.comment
    from audit.access_grants() as held
"""
RELEASE_RULES = """
    select
        rule.release_rule_id,
        rule.kind_code,
        rule.matched_by,
        rule.matched_value,
        rule.hours,
        rule.valid_from,
        rule.valid_to,
        rule.set_by,
        rule.reason,
        rule.ended_by
    from access.release_rule as rule
    order by rule.valid_to desc nulls first, rule.valid_from desc, rule.release_rule_id
"""
LABELS = """
    select label.label_code, label.label_name
    from access.sensitivity_label as label
    order by label.label_bit
"""
RESTRICTIONS = """
    select
        restriction.restriction_id,
        restriction.patient_key,
        restriction.label_code,
        restriction.valid_from,
        restriction.valid_to,
        restriction.set_by,
        restriction.reason
    from access.restriction as restriction
    where restriction.valid_to is null or restriction.valid_to > now()
    order by restriction.valid_from desc, restriction.restriction_id
"""
LABEL_RULES = """
    select rule.role, rule.label_code
    from access.label_rule as rule
    order by rule.role, rule.label_code
"""
