-- Grain: one row per experiment and unit.
with

experiments as (select * from {{ ref('int_experiments') }}),

cells as (select * from {{ ref('experiment_cells') }}),

members as (select * from {{ ref('int_experiment_members') }} where member_kind = 'person'),

created as (select * from {{ ref('int_people_created') }}),

touchpoints as (select * from {{ ref('int_touchpoints_united') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

known as (
    select
        members.experiment_id,
        members.unit_value,
        count(*) as person_count
    from members
    inner join experiments on members.experiment_id = experiments.experiment_id
    inner join created on members.member_id = created.person_id
    where {{ reporting_date('created.created_at') }} < experiments.test_start
    group by members.experiment_id, members.unit_value
),

touched as (
    select
        members.experiment_id,
        members.unit_value,
        count(distinct members.member_id) as touched_person_count,
        count(distinct case
            when
                touchpoints.channel = experiments.channel
                and (experiments.campaign is null or experiments.campaign = lower(campaigns.utm_campaign))
                then members.member_id
        end) as tested_person_count
    from members
    inner join experiments on members.experiment_id = experiments.experiment_id
    inner join touchpoints on members.member_id = touchpoints.person_id
    left join campaigns on touchpoints.campaign_id = campaigns.campaign_record_id
    where
        {{ reporting_date('touchpoints.touchpoint_at') }} >= experiments.test_start
        and {{ reporting_date('touchpoints.touchpoint_at') }} < experiments.test_end
    group by members.experiment_id, members.unit_value
)

select
    cells.experiment_id,
    cells.unit_value,
    cells.cell,
    cells.is_treated,
    cast(cells.recorded_size as bigint) as recorded_size,
    -- Accounts are units of one size, whether somebody of them is known or not.
    cast(
        case when experiments.unit_kind = 'account' then 1 else coalesce(known.person_count, 0) end as bigint
    ) as found_size,
    cast(coalesce(known.person_count, 0) as bigint) as known_person_count,
    cast(coalesce(touched.touched_person_count, 0) as bigint) as touched_person_count,
    cast(coalesce(touched.tested_person_count, 0) as bigint) as tested_person_count
from cells
inner join experiments on cells.experiment_id = experiments.experiment_id
left join known on cells.experiment_id = known.experiment_id and cells.unit_value = known.unit_value
left join touched on cells.experiment_id = touched.experiment_id and cells.unit_value = touched.unit_value
