-- Grain: one row per membership of a campaign, human touch or form fill that stands, and person record that it is of: a
-- meeting may be with several.
with

acts as (
    select
        system,
        'campaign_member' as record_type,
        system || ':' || object || ':' || source_record_id as record_id,
        person_record_id,
        campaign_id,
        cast(null as string) as owner_id
    from {{ ref('campaign_members') }}
    where is_newest and not coalesce(is_deleted, false)
    union all
    select
        system,
        'human_touch',
        system || ':' || object || ':' || source_record_id,
        person_record_id,
        cast(null as string),
        owner_id
    from {{ ref('human_touches') }}
    union all
    select
        system,
        'form_fill',
        system || ':form_fill:' || source_record_id,
        person_record_id,
        cast(null as string),
        cast(null as string)
    from {{ ref('form_fills') }}
)

select
    system,
    record_type,
    record_id,
    person_record_id,
    min(campaign_id) as campaign_id,
    min(owner_id) as owner_id
from acts
group by system, record_type, record_id, person_record_id
