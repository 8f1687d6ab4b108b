{#-
    Row-level security and rights of one mart. It runs as a post-hook, in the transaction
    that swaps the table, because dbt's swap drops policies and grants.

    The order is: nobody, security on, the base rule that every request names its user,
    who sees which patients, and only then the grants. Who reads a mart stands in
    `meta.readers` of its folder or model.
-#}
{% macro protect_mart() -%}
    {{ return(adapter.dispatch('protect_mart')()) }}
{%- endmacro %}

{% macro default__protect_mart() -%}{%- endmacro %}

{% macro postgres__protect_mart() -%}
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
{%- endmacro %}

{% macro policy(name, scope, condition) -%}
    drop policy if exists {{ name }} on {{ this }};
    create policy {{ name }} on {{ this }} as {{ scope }} using ({{ condition }});
{%- endmacro %}

{% macro user_is_named() -%}
    nullif(current_setting('ehr.user_id', true), '') is not null
{%- endmacro %}

{#-
    Which rows a role sees. Doctors, laboratory technicians, registrars and billing staff
    see everyone, as long as the user is an active person of that role; nurses and patients see an array of keys:
    written as a function of the row it is 40 times slower. Each sub-query runs once.
-#}
{% macro sees(role) -%}
    {%- if role in (
        'ehr_doctor', 'ehr_lab_technician', 'ehr_registrar', 'ehr_billing'
    ) -%}
        (select access.is_known_person())
    {%- elif role in ('ehr_nurse', 'ehr_patient') -%}
        patient_key = any ((select access.visible_patients())::bigint[])
    {%- else -%}
        {{ exceptions.raise_compiler_error('No row policy is defined for ' ~ role) }}
    {%- endif -%}
{%- endmacro %}
