-- Grain: one row per activity that one export tells by its older id and another by its GUID, under both.
-- Where any row brings both ids, they tell. Else one of one kind of id is one of the other by lead, second, type and
-- asset: of several such the first is the first, the second the second, so that two of one kind stay two. Of older ids
-- of one GUID `is_first` marks one.
{{ config(materialized='table') }}

with

activities as (select * from {{ ref('stg_marketo__activities') }}),

numbers as (
    select distinct
        activity_id,
        activity_number
    from {{ ref('stg_marketo__activity_numbers') }}
    where activity_number is not null
),

-- Nobody goes through the log of a company whose exports all name activities alike.
kinds as (
    select count(distinct is_told_by_number) as kind_count from activities
),

compared as (
    select
        activities.activity_id,
        activities.is_told_by_number,
        activities.lead_id,
        activities.activity_type_id,
        date_trunc('second', activities.activity_at) as happened_at,
        coalesce(
            lower(trim(activities.primary_attribute_value)), cast(activities.primary_attribute_value_id as string), ''
        ) as asset
    from activities
    inner join kinds on kinds.kind_count = 2
),

-- The older id is not unique everywhere.
by_id as (
    select
        numbered.activity_id as told_again_id,
        min(named.activity_id) as activity_id
    from compared as numbered
    inner join numbers on numbered.activity_id = numbers.activity_number
    inner join compared as named
        on
            numbers.activity_id = named.activity_id
            and numbered.activity_type_id = named.activity_type_id
            and (numbered.lead_id = named.lead_id or numbered.happened_at = named.happened_at)
    where numbered.is_told_by_number and not named.is_told_by_number
    group by numbered.activity_id
),

unpaired as (
    select compared.*
    from compared
    left join by_id on compared.activity_id = by_id.told_again_id
    left join numbers on compared.activity_id = numbers.activity_id
    where by_id.told_again_id is null and numbers.activity_id is null
),

meeting as (
    select
        lead_id,
        activity_type_id,
        happened_at,
        asset,
        count(*) as activity_count,
        min(case when is_told_by_number then activity_id end) as told_again_id,
        min(case when not is_told_by_number then activity_id end) as activity_id
    from unpaired
    group by lead_id, activity_type_id, happened_at, asset
    having min(is_told_by_number) <> max(is_told_by_number)
),

-- Few meet more than one of the other kind, and those alone are put in order.
placed as (
    select
        unpaired.*,
        row_number() over (
            partition by
                unpaired.is_told_by_number, unpaired.lead_id, unpaired.activity_type_id, unpaired.happened_at,
                unpaired.asset
            order by unpaired.activity_id
        ) as place
    from unpaired
    inner join meeting
        on
            unpaired.lead_id = meeting.lead_id
            and unpaired.activity_type_id = meeting.activity_type_id
            and unpaired.happened_at = meeting.happened_at
            and unpaired.asset = meeting.asset
            and meeting.activity_count > 2
)

select
    told_again_id,
    activity_id,
    row_number() over (partition by activity_id order by told_again_id) = 1 as is_first
from by_id
union all
select
    told_again_id,
    activity_id,
    true as is_first
from meeting
where activity_count = 2
union all
select
    numbered.activity_id as told_again_id,
    named.activity_id,
    true as is_first
from placed as numbered
inner join placed as named
    on
        numbered.lead_id = named.lead_id
        and numbered.activity_type_id = named.activity_type_id
        and numbered.happened_at = named.happened_at
        and numbered.asset = named.asset
        and numbered.place = named.place
where numbered.is_told_by_number and not named.is_told_by_number
