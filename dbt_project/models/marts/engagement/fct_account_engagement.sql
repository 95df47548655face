-- Grain: one row per account that is there.
with

accounts as (select * from {{ ref('dim_accounts') }} where not coalesce(is_deleted, false)),

living as (select * from {{ ref('int_people_living') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

touchpoints as (
    select * from {{ ref('fct_touchpoints') }}
    where is_eligible and touchpoint_at <= {{ as_of() }}
),

opportunities as (select * from {{ ref('fct_opportunities') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }} where is_held),

buying_group_roles as (
    select * from {{ ref('buying_group_roles') }} as roles
    where {{ holds_on('roles', reporting_date(as_of())) }}
),

thresholds as (select * from {{ ref('check_thresholds') }}),

limits as (
    select
        max(case when threshold = 'engagement_days' then warn end) as day_count,
        max(case when threshold = 'engaged_people' then warn end) as least_people
    from thresholds
),

people as (
    select people_accounts.account_id, people_accounts.person_id
    from people_accounts
    inner join living on people_accounts.person_id = living.person_id
),

person_counts as (
    select
        account_id,
        count(*) as person_count
    from people
    group by account_id
),

-- Spans of so many days up to the run: the newest is 0, the one before it 1.
dated as (
    select
        people.account_id,
        people.person_id,
        touchpoints.channel,
        touchpoints.touchpoint_at,
        floor({{ days_between('touchpoints.touchpoint_at', as_of()) }} / limits.day_count) as span
    from people
    inner join touchpoints on people.person_id = touchpoints.person_id
    cross join limits
),

touched as (
    select
        account_id,
        sum(case when span = 0 then 1 else 0 end) as touch_count,
        sum(case when span = 1 then 1 else 0 end) as former_touch_count,
        count(distinct case when span = 0 then person_id end) as engaged_person_count,
        count(distinct case when span = 0 then channel end) as channel_count,
        count(distinct person_id) as touched_person_count,
        min(touchpoint_at) as first_touch_at,
        max(touchpoint_at) as last_touch_at
    from dated
    group by account_id
),

sold as (
    select
        account_id,
        sum(case when not is_closed then 1 else 0 end) as open_opportunity_count,
        sum(case when not is_closed then amount_usd end) as open_pipeline_usd,
        sum(case when is_won then 1 else 0 end) as won_opportunity_count,
        sum(case when is_won then won_amount_usd end) as won_usd
    from opportunities
    group by account_id
),

held as (
    select distinct opportunities.account_id, buying_group_roles.buying_group_role
    from opportunities
    inner join opportunity_people on opportunities.opportunity_id = opportunity_people.opportunity_id
    inner join buying_group_roles
        on
            ';' || {{ role_spelling('opportunity_people.roles') }} || ';'
            like '%;' || buying_group_roles.role || ';%'
    where not opportunities.is_closed
),

needed as (select distinct buying_group_role from buying_group_roles where is_needed),

-- Whom a deal needs is asked of accounts that have one open.
asked as (
    select sold.account_id, needed.buying_group_role
    from sold
    cross join needed
    where sold.open_opportunity_count > 0
    union
    select account_id, buying_group_role from held
),

roles as (
    select
        asked.account_id,
        count(held.buying_group_role) as covered_role_count,
        sum(case when needed.buying_group_role is not null then 1 else 0 end) as needed_role_count,
        sum(case when needed.buying_group_role is not null and held.buying_group_role is null then 1 else 0 end)
            as missing_role_count,
        {{ listed('case when held.buying_group_role is not null then asked.buying_group_role end', ', ',
            'asked.buying_group_role') }} as covered_roles,
        {{ listed('case when held.buying_group_role is null then asked.buying_group_role end', ', ',
            'asked.buying_group_role') }} as missing_roles
    from asked
    left join held on asked.account_id = held.account_id and asked.buying_group_role = held.buying_group_role
    left join needed on asked.buying_group_role = needed.buying_group_role
    group by asked.account_id
)

select
    accounts.account_id,
    cast(coalesce(person_counts.person_count, 0) as bigint) as person_count,
    cast(coalesce(touched.touched_person_count, 0) as bigint) as touched_person_count,
    cast(coalesce(touched.engaged_person_count, 0) as bigint) as engaged_person_count,
    coalesce(touched.engaged_person_count, 0) >= limits.least_people as is_engaged,
    cast(coalesce(touched.touch_count, 0) as bigint) as touch_count,
    cast(coalesce(touched.former_touch_count, 0) as bigint) as former_touch_count,
    cast(coalesce(touched.channel_count, 0) as bigint) as channel_count,
    touched.first_touch_at,
    touched.last_touch_at,
    cast(coalesce(sold.open_opportunity_count, 0) as bigint) as open_opportunity_count,
    cast(coalesce(sold.open_pipeline_usd, 0) as decimal(18, 2)) as open_pipeline_usd,
    cast(coalesce(sold.won_opportunity_count, 0) as bigint) as won_opportunity_count,
    cast(coalesce(sold.won_usd, 0) as decimal(18, 2)) as won_usd,
    cast(coalesce(roles.covered_role_count, 0) as bigint) as covered_role_count,
    cast(coalesce(roles.needed_role_count, 0) as bigint) as needed_role_count,
    cast(coalesce(roles.missing_role_count, 0) as bigint) as missing_role_count,
    roles.covered_roles,
    roles.missing_roles
from accounts
cross join limits
left join person_counts on accounts.account_id = person_counts.account_id
left join touched on accounts.account_id = touched.account_id
left join sold on accounts.account_id = sold.account_id
left join roles on accounts.account_id = roles.account_id
