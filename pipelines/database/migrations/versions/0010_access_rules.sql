-- Who may see whom, in one place.
create function access.may_see(patient_keys bigint[]) returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(asked.patient_key), '{}'::bigint[])
    from unnest(patient_keys) as asked (patient_key)
    where (select access.is_known_person())
        and (
            session_user in (
                'ehr_doctor', 'ehr_lab_technician', 'ehr_registrar', 'ehr_billing'
            )
            or asked.patient_key
            = any((select access.visible_patients())::bigint[])
        )
$$;
revoke execute on function access.may_see(bigint[]) from public;
grant execute on function access.may_see(bigint[]) to
ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_registrar, ehr_billing;
