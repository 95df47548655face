-- Grain: one row per experiment and unit.
with

experiments as (select * from {{ ref('int_experiments') }}),

cells as (select * from {{ ref('int_experiment_cells') }}),

members as (select * from {{ ref('int_experiment_members') }}),

people as (select * from members where member_kind = 'person'),

created as (select * from {{ ref('int_people_created') }}),

touchpoints as (select * from {{ ref('int_touchpoints_united') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

-- Whoever is known of a unit at any time.
found as (
    select distinct
        experiment_id,
        unit_value
    from members
),

known as (
    select
        people.experiment_id,
        people.unit_value,
        count(*) as person_count
    from people
    inner join experiments on people.experiment_id = experiments.experiment_id
    inner join created on people.member_id = created.person_id
    where {{ reporting_date('created.created_at') }} < experiments.test_start
    group by people.experiment_id, people.unit_value
),

touched as (
    select
        people.experiment_id,
        people.unit_value,
        count(distinct people.member_id) as touched_person_count,
        count(distinct case
            when
                touchpoints.channel = experiments.channel
                and (experiments.campaign is null or experiments.campaign = lower(campaigns.utm_campaign))
                then people.member_id
        end) as tested_person_count
    from people
    inner join experiments on people.experiment_id = experiments.experiment_id
    inner join touchpoints on people.member_id = touchpoints.person_id
    left join campaigns on touchpoints.campaign_id = campaigns.campaign_record_id
    where
        {{ reporting_date('touchpoints.touchpoint_at') }} >= experiments.test_start
        and {{ reporting_date('touchpoints.touchpoint_at') }} < experiments.test_end
    group by people.experiment_id, people.unit_value
)

select
    cells.experiment_id,
    cells.unit_value,
    cells.cell,
    cells.is_treated,
    cast(cells.recorded_size as bigint) as recorded_size,
    cells.is_in_both_cells,
    -- Accounts are units of one size. One that nobody knows is as likely mistyped, unless the lot was told of it.
    cast(
        case
            when experiments.unit_kind <> 'account' then coalesce(known.person_count, 0)
            when found.unit_value is not null or cells.recorded_size = 0 then 1
            else 0
        end as bigint
    ) as found_size,
    cast(coalesce(known.person_count, 0) as bigint) as known_person_count,
    cast(coalesce(touched.touched_person_count, 0) as bigint) as touched_person_count,
    cast(coalesce(touched.tested_person_count, 0) as bigint) as tested_person_count
from cells
inner join experiments on cells.experiment_id = experiments.experiment_id
left join found on cells.experiment_id = found.experiment_id and cells.unit_value = found.unit_value
left join known on cells.experiment_id = known.experiment_id and cells.unit_value = known.unit_value
left join touched on cells.experiment_id = touched.experiment_id and cells.unit_value = touched.unit_value
