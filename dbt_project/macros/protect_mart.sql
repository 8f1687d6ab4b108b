{#-
    Row-level security and rights of one mart. It runs as a post-hook, in the transaction
    that swaps the table, because dbt's swap drops policies and grants. A mart that is not
    swapped keeps them (unchanged_marts).

    The order is: nobody, security on, the base rule that every request names its user,
    who sees which patients, and only then the grants. Who reads a mart stands in
    `meta.readers` of its folder or model.
-#}
{% macro protect_mart() -%}
    {{ return(adapter.dispatch('protect_mart')()) }}
{%- endmacro %}

{% macro default__protect_mart() -%}{%- endmacro %}

{% macro postgres__protect_mart() -%}
    {%- if not is_incremental() -%}
    {%- set roles = var('application_roles') | join(', ') -%}
    {%- set readers = model.config.meta.readers -%}
    revoke all on {{ this }} from public, {{ roles }};
    {% if 'patient_key' in model.columns -%}
        alter table {{ this }} enable row level security;
        alter table {{ this }} force row level security;
        {{ policy('builder', 'permissive for all to ehr_builder', 'true') }}
        {{ policy('user_required', 'restrictive for all to ' ~ roles, user_is_named()) }}
        {%- for reader in readers %}
            {{ policy(reader, 'permissive for select to ' ~ reader, sees(reader)) }}
        {%- endfor %}
    {%- endif %}
    grant select on {{ this }} to {{ readers | join(', ') }}
    {%- endif -%}
{%- endmacro %}

{% macro policy(name, scope, condition) -%}
    drop policy if exists {{ name }} on {{ this }};
    create policy {{ name }} on {{ this }} as {{ scope }} using ({{ condition }});
{%- endmacro %}

{% macro user_is_named() -%}
    nullif(current_setting('ehr.user_id', true), '') is not null
{%- endmacro %}

{#-
    Which rows a role sees: of which patients, and with which labels.

    Nurses and patients see an array of keys: written as a function of the row it is 40
    times slower. Doctors see everyone but the few who are closed to them, as a set that
    is hashed once; all others of a working role see everyone. Whoever is entrusted with
    a patient sees what is labelled, too; nurses see entrusted patients only, and
    patients themselves. Each sub-query runs once. Results and reports reach their patient
    when the site's rules release them.

    The owner reads what is labelled for access.hidden_facts, and what has texts for
    access.protected_texts; nothing else.
-#}
{% macro sees(role) -%}
    {%- if role in ('ehr_nurse', 'ehr_patient') -%}
        patient_key = any ((select access.visible_patients())::bigint[])
        {%- if role == 'ehr_patient' and 'released_counted_from' in model.columns %}
        and {{ is_released() }}
        {%- endif %}
    {%- elif role == 'ehr_doctor' -%}
        (select access.is_known_person())
        and patient_key not in (select unnest(access.closed_patients()))
        and {{ is_label_seen() }}
    {%- elif role in (
        'ehr_lab_technician', 'ehr_registrar', 'ehr_billing', 'ehr_compliance'
    ) -%}
        (select access.is_known_person())
        and {{ is_label_seen() }}
    {%- elif
        role == 'ehr_owner'
        and this.identifier in ('fct_labelled_facts', 'fct_protected_texts')
    -%}
        true
    {%- else -%}
        {{ exceptions.raise_compiler_error('No row policy is defined for ' ~ role) }}
    {%- endif -%}
{%- endmacro %}

{% macro is_label_seen() -%}
    (
        (sensitivity & (select access.withheld_labels())) = 0
        or patient_key in (select unnest(access.entrusted_patients()))
    )
{%- endmacro %}

{#- Whether the patient reads a row now; asked row by row only where the site has rules. -#}
{% macro is_released() -%}
    (
        not (select access.holds_results())
        or access.is_released(
            {%- if this.identifier == 'own_reports' %}
            'report', modality_code, '{}', sensitivity, released_counted_from,
            released_known_from, null
            {%- else %}
            'result', category_name, array[loinc_code, test_key], sensitivity,
            released_counted_from, released_known_from, first_acknowledged_at
            {%- endif %}
        )
    )
{%- endmacro %}
