-- Label rules, set by compliance: a site changes its mind without a revision.

create function access.set_label_rule(
    role text, label_code text, is_withheld boolean
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform access.require_role(
        array['compliance'], 'only compliance decides which labels a role sees'
    );
    if set_label_rule.role not in ('doctor', 'lab_technician', 'registrar', 'billing')
    then
        raise invalid_parameter_value using
            message = 'this role sees no labelled entries, or entrusted patients only';
    end if;
    if set_label_rule.is_withheld then
        insert into access.label_rule (role, label_code)
        values (set_label_rule.role, set_label_rule.label_code)
        on conflict do nothing;
    else
        delete from access.label_rule as rule
        where rule.role = set_label_rule.role
            and rule.label_code = set_label_rule.label_code;
    end if;
    return found;
end
$$;
comment on function access.set_label_rule(text, text, boolean) is
'Compliance decides whether a role sees a label of entrusted patients only; true if that
changed something. It holds from the next statement on.';
