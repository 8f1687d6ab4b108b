-- Whose accounting is asked for.

create function audit.find_patients(tokens uuid[])
returns table (patient_key bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct stored.patient_key
    from identity.search_token as stored
    where stored.kind = 'number'
        and stored.token = any(tokens)
        and (select audit.is_compliance())
    order by stored.patient_key
    limit 20
$$;
comment on function audit.find_patients(uuid[]) is
'Patients by their whole record number; compliance does not browse names.';
