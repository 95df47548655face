-- Grain: one row per experiment, kind of member (person, account) and member of one of its units.
with

units as (select * from {{ ref('int_experiment_cells') }} where is_first_spelling),

living as (select * from {{ ref('int_people_living') }}),

survived as (select * from {{ ref('int_people_survived') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

resolved as (select * from {{ ref('int_accounts_resolved') }}),

account_records as (select * from {{ ref('int_account_records_united') }}),

accounts as (
    select account_records.*
    from resolved
    inner join account_records on resolved.account_record_id = account_records.account_record_id
    where resolved.account_id = resolved.account_record_id
),

-- A person's own country comes before that of the account, and the account's domain before that of the address.
described as (
    select
        'person' as member_kind,
        living.person_id as member_id,
        coalesce(survived.country, accounts.country) as country,
        case when survived.country is null then accounts.state else survived.state end as state,
        coalesce(accounts.domain, {{ site_domain(split_part('survived.email', '@', 2)) }}) as domain,
        cast({{ person_bucket('survived.email') }} as string) as bucket
    from living
    left join survived on living.person_id = survived.person_id
    left join people_accounts on living.person_id = people_accounts.person_id
    left join accounts on people_accounts.account_id = accounts.account_record_id
    union all
    select
        'account',
        account_record_id,
        country,
        state,
        domain,
        cast(null as string)
    from accounts
),

belongings as (
    {% for kind, key in [
        ('country', country_spelling('country')),
        ('state', country_spelling('country') ~ " || '/' || " ~ normalize_text('state')),
        ('account', 'domain'),
        ('person_bucket', 'bucket'),
    ] -%}
        select
            member_kind,
            member_id,
            '{{ kind }}' as unit_kind,
            {{ key }} as unit_key
        from described
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    units.experiment_id,
    units.unit_value,
    belongings.member_kind,
    belongings.member_id
from units
inner join belongings on units.unit_kind = belongings.unit_kind and units.unit_key = belongings.unit_key
