-- Facts that are there and not shown.

create function access.hidden_facts(patient_key bigint)
returns table (kind_code text, fact_count bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not hidden_facts.patient_key
        = any(access.may_see(array[hidden_facts.patient_key]))
        or hidden_facts.patient_key = any(access.entrusted_patients())
        or to_regclass('marts.fct_labelled_facts') is null
    then
        return;
    end if;
    return query
    select
        labelled.kind_code,
        count(*)
    from marts.fct_labelled_facts as labelled
    where labelled.patient_key = hidden_facts.patient_key
        and labelled.sensitivity & (select access.withheld_labels()) <> 0
    group by labelled.kind_code
    order by labelled.kind_code;
end
$$;
comment on function access.hidden_facts(bigint) is
'Of a patient who may be seen: how many facts of each kind a label withholds from the
person asking. What they are is not told.';
