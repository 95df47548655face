-- Grain: one row per record that hygiene is judged of and field, with what the field holds, as text.
{{ config(materialized='view') }}
{%- set typed = [
    'email_normalized', 'first_name', 'last_name', 'company_name', 'job_title', 'phone_digits', 'country', 'state',
    'industry', 'lead_source',
] %}
{%- set survived = {'email_normalized': 'email', 'phone_digits': 'phone'} %}
with

records as (select * from {{ ref('int_hygiene_records') }}),

person_records as (select * from {{ ref('int_person_records') }}),

people as (select * from {{ ref('int_people_survived') }}),

person_versions as (select * from {{ ref('people') }} where is_newest),

accounts as (select * from {{ ref('int_account_records_united') }}),

opportunities as (select * from {{ ref('int_opportunity_records') }}),

opportunity_versions as (select * from {{ ref('opportunities') }} where is_newest),

roles as (
    select opportunity_id, max(person_record_id) as person_record_id
    from {{ ref('opportunity_roles') }}
    where is_newest and not coalesce(is_deleted, false)
    group by opportunity_id
),

recipients as (select * from {{ ref('int_hygiene_recipients') }}),

last_signs as (select * from {{ ref('int_hygiene_last_signs') }}),

of_person_records as (
    select
        person_records.*,
        records.record_id as record_key,
        trim(person_versions.implausible_instants) as implausible_instants,
        cast(last_signs.last_sign_at as string) as last_sign_at
    from records
    inner join person_records on records.record_id = person_records.person_record_id
    left join person_versions on records.record_id = person_versions.person_record_id
    left join last_signs on records.record_id = last_signs.record_id and last_signs.record_kind = 'person_record'
    where records.record_kind = 'person_record'
),

of_opportunities as (
    select
        opportunities.system,
        opportunities.opportunity_record_id as record_key,
        opportunities.owner_id as owner,
        roles.person_record_id as contact_role,
        cast(opportunities.amount as string) as amount,
        cast(opportunities.close_date as string) as close_date,
        case when not opportunities.is_closed then cast(opportunities.close_date as string) end as open_close_date,
        case when not opportunities.is_closed then cast(last_signs.last_sign_at as string) end as last_move_at,
        trim(
            coalesce(
                opportunity_versions.implausible_instants,
                case when not {{ is_plausible('opportunities.close_date') }} then 'close_date' end
            )
        ) as implausible_instants
    from records
    inner join opportunities on records.record_id = opportunities.opportunity_record_id
    left join opportunity_versions on records.record_id = opportunity_versions.opportunity_id
    left join roles on records.record_id = roles.opportunity_id
    left join last_signs on records.record_id = last_signs.record_id and last_signs.record_kind = 'opportunity'
    where records.record_kind = 'opportunity'
),

of_accounts as (
    select accounts.*, records.record_id as record_key
    from records
    inner join accounts on records.record_id = accounts.account_record_id
    where records.record_kind = 'account'
),

of_people as (
    select people.*, records.record_id as record_key
    from records
    inner join people on records.record_id = people.person_id
    where records.record_kind = 'person'
)

{% for field in typed + ['implausible_instants', 'last_sign_at'] -%}
    select system, record_type, record_key as record_id, '{{ field }}' as field, {{ field }} as value
    from of_person_records
    union all
{% endfor -%}
{% for field in typed -%}
    select 'all', 'person', record_key, '{{ field }}', {{ survived.get(field, field) }}
    from of_people
    union all
{% endfor -%}
{% for field in [
    'owner', 'contact_role', 'amount', 'close_date', 'open_close_date', 'last_move_at', 'implausible_instants',
] -%}
    select system, 'opportunity', record_key, '{{ field }}', {{ field }}
    from of_opportunities
    union all
{% endfor -%}
{% for field in ['employee_count', 'country', 'website'] -%}
    select system, 'account', record_key, '{{ field }}', cast({{ field }} as string)
    from of_accounts
    union all
{% endfor -%}
{% for field in [
    'email_normalized', 'soft_bounce_count', 'role_mailbox', 'first_record_id', 'last_engaged_at',
] -%}
    select system, record_type, record_id, '{{ field }}', {{ field }}
    from recipients
    union all
{% endfor -%}
select system, record_type, record_id, 'hard_bounce', hard_bounce
from recipients
where has_bounces
