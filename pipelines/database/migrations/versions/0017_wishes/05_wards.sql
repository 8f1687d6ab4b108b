-- Wards: who works on which one is entered by support, by hand.

create function access.ward_members()
returns table (
    user_id text,
    display_name text,
    source_system text,
    ward_name text,
    is_in_charge boolean,
    valid_from timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        member.user_id,
        nurse.display_name,
        member.source_system,
        member.ward_name,
        member.is_in_charge,
        member.valid_from
    from access.asking_person() as person
    cross join access.ward_member as member
    inner join access.person as nurse
        on member.user_id = nurse.user_id
    where person.role in ('support', 'compliance')
        and member.valid_from <= now()
        and (member.valid_to is null or member.valid_to > now())
    order by member.source_system, member.ward_name, nurse.display_name
$$;
comment on function access.ward_members() is
'Who works on which ward now; for support and compliance.';

create function access.wards()
returns table (source_system text, ward_name text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct
        stay.source_system,
        stay.ward_name
    from access.asking_person() as person
    cross join access.ward_stay as stay
    where person.role in ('support', 'compliance')
    order by stay.source_system, stay.ward_name
$$;
comment on function access.wards() is
'Wards on which somebody lies, without whom; for support and compliance.';

create function access.join_ward(
    user_id text, source_system text, ward_name text, is_in_charge boolean
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform access.require_role(array['support'], 'only support staffs wards');
    if not exists (
        select 1
        from access.person as nurse
        where nurse.user_id = join_ward.user_id
            and nurse.role = 'nurse'
            and nurse.is_active
    ) then
        raise invalid_parameter_value using
            message = 'only an active nurse works on a ward';
    end if;
    if not exists (
        select 1
        from access.wards() as known
        where known.source_system = join_ward.source_system
            and known.ward_name = join_ward.ward_name
    ) then
        raise no_data_found using message = 'nobody lies on such a ward';
    end if;
    perform access.leave_ward(
        join_ward.user_id, join_ward.source_system, join_ward.ward_name
    );
    insert into access.ward_member (user_id, source_system, ward_name, is_in_charge)
    values (
        join_ward.user_id, join_ward.source_system, join_ward.ward_name,
        join_ward.is_in_charge
    );
    return true;
end
$$;
comment on function access.join_ward(text, text, text, boolean) is
'Support puts a nurse on a ward, in charge of it or not; it holds from now on.';

create function access.leave_ward(user_id text, source_system text, ward_name text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform access.require_role(array['support'], 'only support staffs wards');
    update access.ward_member as member
    set valid_to = greatest(now(), member.valid_from)
    where member.user_id = leave_ward.user_id
        and member.source_system = leave_ward.source_system
        and member.ward_name = leave_ward.ward_name
        and (member.valid_to is null or member.valid_to > now());
    return found;
end
$$;
comment on function access.leave_ward(text, text, text) is
'Support takes a nurse off a ward; patients taken over stay until their hours end.';
