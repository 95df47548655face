-- Grain: one row per attribution setting, basis, conversion and person whose touches may earn credit for it.
with

settings as (select * from {{ ref('int_attribution_settings') }}),

conversions as (select * from {{ ref('int_conversions') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

with_a_role as (
    {{ opportunity_roles_at('conversions', ['basis', 'conversion_id'], 'conversion_at', 'opportunity_people') }}
),

of_the_account as (
    select
        conversions.*,
        people_accounts.person_id as acting_person_id
    from conversions
    inner join people_accounts on conversions.account_id = people_accounts.account_id
    where conversions.person_id is null or conversions.person_id <> people_accounts.person_id
),

people_by_mode as (
    {% for columns, people in [
        ("'contact_roles' as mode, acting_person_id", 'with_a_role'),
        ("'primary_role', acting_person_id", 'with_a_role where is_primary'),
        ("'contact_roles', person_id", 'conversions where person_id is not null'),
        ("'primary_role', person_id", 'conversions where person_id is not null'),
        ("'account', person_id", 'conversions where person_id is not null'),
        ("'account', acting_person_id", 'of_the_account'),
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
    people_by_mode.acting_person_id as person_id,
    people_by_mode.opportunity_created_at,
    people_by_mode.conversion_at,
    settings.lookback_days
from people_by_mode
inner join settings on people_by_mode.mode = settings.mode
