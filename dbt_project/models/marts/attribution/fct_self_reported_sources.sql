-- Grain: one row per month of the answer, source that people name and channel of their first touch.
with

answers as (select * from {{ ref('int_self_reported_sources') }}),

living as (select * from {{ ref('int_people_living') }}),

first_touches as (select * from {{ ref('int_people_first_touches') }}),

sources as (select * from {{ ref('self_reported_sources') }} where channel <> 'unknown'),

lifecycle as (select * from {{ ref('fct_person_lifecycle') }} where stage = 'mql'),

opportunities as (select * from {{ ref('fct_opportunities') }}),

mqls as (select distinct person_id from lifecycle),

sold as (
    select
        primary_person_id as person_id,
        count(*) as opportunity_count,
        sum(amount_usd) as pipeline_usd,
        sum(case when is_won then 1 else 0 end) as won_opportunity_count,
        sum(case when is_won then won_amount_usd end) as won_usd
    from opportunities
    where primary_person_id is not null
    group by primary_person_id
),

people as (
    select
        answers.person_id,
        answers.self_reported_source,
        answers.told_date,
        {{ month_start('answers.told_date') }} as period_start_date,
        {{ or_unknown('first_touches.channel') }} as first_touch_channel
    from answers
    inner join living on answers.person_id = living.person_id
    left join first_touches on answers.person_id = first_touches.person_id
),

-- What tracking would show of the source that a person names, and whether it did.
compared as (
    select
        people.person_id,
        max(case when sources.channel is not null then 1 else 0 end) as is_trackable,
        max(case when sources.channel = people.first_touch_channel then 1 else 0 end) as is_agreed
    from people
    left join sources
        on people.self_reported_source = sources.self_reported_source and {{ holds_on('sources', 'people.told_date') }}
    group by people.person_id
),

judged as (
    select
        people.*,
        case
            when people.self_reported_source = 'Uncoded' then 'uncoded'
            when compared.is_trackable = 0 then 'untrackable'
            when people.first_touch_channel = 'unknown' then 'untracked'
            when compared.is_agreed = 1 then 'agrees'
            else 'disagrees'
        end as agreement
    from people
    inner join compared on people.person_id = compared.person_id
)

select
    judged.period_start_date,
    'month' as period_type,
    {{ periods_ago("'month'", 'judged.period_start_date') }} as periods_ago,
    judged.self_reported_source,
    judged.first_touch_channel,
    -- Rules may change within a month.
    max(judged.agreement) as agreement,
    count(*) as person_count,
    count(mqls.person_id) as mql_count,
    cast(coalesce(sum(sold.opportunity_count), 0) as bigint) as opportunity_count,
    cast(coalesce(sum(sold.pipeline_usd), 0) as decimal(18, 2)) as pipeline_usd,
    cast(coalesce(sum(sold.won_opportunity_count), 0) as bigint) as won_opportunity_count,
    cast(coalesce(sum(sold.won_usd), 0) as decimal(18, 2)) as won_usd
from judged
left join mqls on judged.person_id = mqls.person_id
left join sold on judged.person_id = sold.person_id
group by judged.period_start_date, judged.self_reported_source, judged.first_touch_channel
