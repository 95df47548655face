-- Grain: one row per lead source of an opportunity, and one for unknown.
with

opportunities as (select * from {{ ref('int_opportunities_united') }}),

named as (
    select lead_source from opportunities
    where lead_source is not null
    union
    select 'unknown' as lead_source
)

select
    lead_source,
    lead_source <> 'unknown' as is_known
from named
