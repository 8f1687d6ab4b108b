-- Texts of reports follow their report. A function of its own, so that everybody else
-- reads on while the marts do not have the new columns yet; access.readable_facts asks
-- it (0015).

create function access.are_texts_released(
    feed text, patient_key bigint, fact_key text
) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if are_texts_released.feed <> 'imaging_reports' or not access.holds_results() then
        return true;
    end if;
    return exists (
        select 1
        from marts.fct_protected_texts as fact
        where fact.kind_code = are_texts_released.feed
            and fact.patient_key = are_texts_released.patient_key
            and fact.fact_key = are_texts_released.fact_key
            and access.is_released(
                'report',
                fact.category_name,
                '{}'::text[],
                fact.sensitivity,
                fact.released_counted_from,
                fact.released_known_from,
                null::timestamptz
            )
    );
end
$$;
comment on function access.are_texts_released(text, bigint, text) is
'Whether the patient reads the texts of a fact now, by the rules of release.';
