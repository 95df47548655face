-- Grain: one row per attribution setting, basis, conversion and person whose touches may earn credit for it.
with

settings as (select * from {{ ref('attribution_settings') }}),

conversions as (select * from {{ ref('int_conversions') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

-- Who was taken off an opportunity before it converted had no part in it; who was its primary person then is so still.
with_a_role as (
    select
        conversions.*,
        opportunity_people.person_id as touched_person_id,
        row_number() over (
            partition by conversions.basis, conversions.conversion_id
            order by
                opportunity_people.role_rank asc, opportunity_people.given_at asc, opportunity_people.person_id asc
        ) = 1 as is_primary
    from conversions
    inner join opportunity_people on conversions.opportunity_id = opportunity_people.opportunity_id
    where opportunity_people.taken_at is null or opportunity_people.taken_at > conversions.conversion_at
),

of_the_account as (
    select
        conversions.*,
        people_accounts.person_id as touched_person_id
    from conversions
    inner join people_accounts on conversions.account_id = people_accounts.account_id
    where conversions.person_id is null or conversions.person_id <> people_accounts.person_id
),

people_by_mode as (
    {% for columns, people in [
        ("'contact_roles' as mode, touched_person_id", 'with_a_role'),
        ("'primary_role', touched_person_id", 'with_a_role where is_primary'),
        ("'contact_roles', person_id", 'conversions where person_id is not null'),
        ("'primary_role', person_id", 'conversions where person_id is not null'),
        ("'account', person_id", 'conversions where person_id is not null'),
        ("'account', touched_person_id", 'of_the_account'),
    ] -%}
        {{ 'union all' if not loop.first }}
        select basis, conversion_id, opportunity_id, opportunity_created_at, conversion_at, {{ columns }}
        from {{ people }}
    {% endfor %}
)

select
    settings.attribution_setting,
    people_by_mode.basis,
    people_by_mode.conversion_id,
    people_by_mode.opportunity_id,
    people_by_mode.touched_person_id as person_id,
    people_by_mode.opportunity_created_at,
    people_by_mode.conversion_at,
    coalesce(settings.lookback_days, {{ var('attribution_lookback_days') }}) as lookback_days
from people_by_mode
inner join settings on people_by_mode.mode = settings.mode
