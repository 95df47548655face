-- Grain: one row per touchpoint: a visit, or another marketing interaction of a known person.
-- Its kind is that of its strongest part; its channel, source and campaign are those of the first of session, click and
-- form that says where it came from.
with

parts as (select * from {{ ref('int_visit_parts') }}),

kinds as (select * from {{ ref('touchpoint_kinds') }}),

campaign_names as (select * from {{ ref('int_utm_campaigns') }}),

ranked as (
    select
        parts.*,
        row_number() over (
            partition by parts.touchpoint_id
            order by kinds.strength_order, parts.touched_at, parts.touchpoint_part_id
        ) as strength_position,
        row_number() over (
            partition by parts.touchpoint_id
            order by
                case when parts.channel in ('Direct', 'Unassigned') or parts.channel is null then 2 else 1 end,
                kinds.kind_order, parts.touched_at, parts.touchpoint_part_id
        ) as origin_position
    from parts
    inner join kinds on parts.touchpoint_kind = kinds.touchpoint_kind
),

visits as (
    select
        touchpoint_id,
        min(person_id) as person_id,
        min(touched_at) as touchpoint_at,
        count(*) as part_count,
        {% for column in ['touchpoint_kind', 'system', 'source_record_id'] -%}
            max(case when strength_position = 1 then {{ column }} end) as {{ column }},
        {% endfor -%}
        {% for column in ['channel', 'source', 'medium', 'utm_campaign'] -%}
            max(case when origin_position = 1 then {{ column }} end) as {{ column }},
        {% endfor -%}
        min_by(campaign_id, case when campaign_id is not null then origin_position end) as part_campaign_id
    from ranked
    group by touchpoint_id
)

select
    visits.touchpoint_id,
    visits.person_id,
    visits.touchpoint_at,
    visits.touchpoint_kind,
    coalesce(visits.channel, 'Unassigned') as channel,
    visits.source,
    visits.medium,
    coalesce(campaign_names.campaign_id, visits.part_campaign_id) as campaign_id,
    visits.utm_campaign,
    visits.system,
    visits.source_record_id,
    visits.part_count
from visits
left join campaign_names on visits.utm_campaign = campaign_names.utm_campaign
