-- Grain: one row per program.
with

programs as (select * from {{ ref('stg_marketo__programs') }} where is_newest)

select
    'marketo:' || cast(program_id as string) as campaign_id,
    cast(program_id as string) as source_campaign_id,
    program_name as campaign_name,
    coalesce(channel, program_type) as campaign_type,
    status,
    'salesforce:' || salesforce_campaign_id as linked_campaign_id,
    start_date,
    end_date,
    is_deleted
from programs
