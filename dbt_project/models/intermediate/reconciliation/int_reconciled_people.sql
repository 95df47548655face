-- Grain: one row per record of a person, deleted ones included and merged ones not, in a system that is a MAP or a CRM
-- but not both, while the other role has people too. A converted lead is its contact, with what the lead says where the
-- contact says nothing.
-- Of each compared field `<field>_key` is what is compared, and `<field>_value` what its system holds.
{%- set fields = [
    'email', 'first_name', 'last_name', 'company_name', 'job_title', 'phone', 'country', 'state', 'industry',
    'lead_source', 'lead_status', 'is_opted_out', 'owner',
] %}
{%- set name_marks = "[. ''-]+" %}
with

person_records as (select * from {{ ref('int_person_records') }}),

-- What was merged away speaks for nobody.
counted_records as (
    select
        *,
        max(case when is_counted then 1 else 0 end) over (partition by counted_record_id) = 1 as is_living
    from {{ ref('int_counted_records') }}
    where heir_record_id = person_record_id
),

core_counts as (select * from {{ ref('core_counts') }} where stage is not null),

told as (
    select distinct records.system, records.record_id as counted_record_id
    from {{ ref('int_core_count_records') }} as records
    inner join core_counts on records.core_count = core_counts.core_count
),

accounts as (select * from {{ ref('int_account_records_united') }}),

owners as (select * from {{ ref('int_sales_owners') }}),

reconciled_values as (select * from {{ ref('reconciled_values') }}),

roles as (
    select
        system,
        min(system_role) as system_role
    from {{ ref('int_system_roles') }}
    where system_role in ('map', 'crm')
    group by system
    having count(*) = 1
),

members as (
    select
        counted_records.counted_record_id,
        counted_records.is_living,
        roles.system_role,
        person_records.*,
        row_number() over (
            partition by counted_records.counted_record_id
            order by
                case when person_records.person_record_id = counted_records.counted_record_id then 1 else 2 end asc,
                person_records.created_at desc,
                person_records.person_record_id asc
        ) as place
    from counted_records
    inner join person_records on counted_records.person_record_id = person_records.person_record_id
    inner join roles on person_records.system = roles.system
    where counted_records.is_counted = counted_records.is_living
),

both_sides as (
    select count(distinct system_role) as side_count from members
    where is_delivered
),

valued as (
    select
        members.*,
        members.email_normalized as email_value,
        members.email_normalized as email_key,
        {% for field in ['first_name', 'last_name'] -%}
            members.{{ field }} as {{ field }}_value,
            {{ replace_all(normalize_text('members.' ~ field), name_marks, '') }} as {{ field }}_key,
        {% endfor -%}
        coalesce(members.company_name, accounts.account_name) as company_name_value,
        {{ normalize_company('coalesce(members.company_name, accounts.account_name)') }} as company_name_key,
        members.phone_digits as phone_value,
        nullif(regexp_replace(members.phone_digits, '^0+', ''), '') as phone_key,
        {% for field in ['job_title', 'country'] -%}
            members.{{ field }} as {{ field }}_value,
            {{ normalize_text('members.' ~ field) }} as {{ field }}_key,
        {% endfor -%}
        {% for field in ['state', 'industry', 'lead_source', 'lead_status'] -%}
            members.{{ field }} as {{ field }}_value,
            nullif({{ value_spelling('coalesce(' ~ field ~ '_means.means, members.' ~ field ~ ')') }}, '')
                as {{ field }}_key,
        {% endfor -%}
        cast(members.is_unsubscribed as string) as is_opted_out_value,
        cast(members.is_unsubscribed as string) as is_opted_out_key,
        coalesce(owners.owner_name, members.owner_id) as owner_value,
        {{ normalize_text('owners.owner_name') }} as owner_key
    from members
    left join accounts on members.account_record_id = accounts.account_record_id
    left join owners on members.owner_id = owners.owner_id
    {% for field in ['state', 'industry', 'lead_source', 'lead_status'] -%}
        left join reconciled_values as {{ field }}_means
            on
                members.system = {{ field }}_means.system
                and {{ field }}_means.field = '{{ field }}'
                and {{ value_spelling('members.' ~ field) }} = {{ value_spelling(field ~ '_means.value') }}
    {% endfor -%}
),

final as (
    select
        valued.system_role,
        valued.system,
        {{ split_part('valued.counted_record_id', ':', 2) }} as record_type,
        valued.counted_record_id as record_id,
        min(valued.person_id) as person_id,
        valued.is_living,
        max(case when valued.is_delivered then 1 else 0 end) = 1 as is_delivered,
        {% for field in fields -%}
            min_by(valued.{{ field }}_value, case when valued.{{ field }}_key is not null then valued.place end)
                as {{ field }}_value,
            min_by(valued.{{ field }}_key, case when valued.{{ field }}_key is not null then valued.place end)
                as {{ field }}_key,
        {% endfor -%}
        min(valued.created_at) as created_at,
        max(valued.updated_at) as updated_at
    from valued
    cross join both_sides
    left join told on valued.system = told.system and valued.counted_record_id = told.counted_record_id
    where
        both_sides.side_count = 2
        and (valued.is_delivered or told.counted_record_id is not null)
    group by valued.system_role, valued.system, valued.counted_record_id, valued.is_living
)

select * from final
