-- Grain: one row per program and name that it ever had.
select
    'marketo:' || cast(program_id as string) as campaign_id,
    program_name as campaign_name,
    max(valid_from) as named_at
from {{ ref('stg_marketo__programs') }}
where program_name is not null
group by program_id, program_name
