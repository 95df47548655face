-- Grain: one row per opportunity record of a system, with the opportunity it belongs to: the survivor of its merges, or
-- the CRM's opportunity that it is a copy of.
{%- set fields = [
    'account_record_id', 'campaign_id', 'owner_id', 'opportunity_name', 'stage_name', 'opportunity_type',
    'lead_source', 'loss_reason', 'amount', 'currency_code', 'is_closed', 'is_won', 'close_date',
] %}
with

versions as (select * from {{ ref('opportunities') }}),

known as (
    select
        opportunity_id as opportunity_record_id,
        system,
        source_opportunity_id,
        {% for field in fields -%}
            {{ newest_known(field) }} as {{ field }},
        {% endfor -%}
        max(case when is_newest then merged_into_opportunity_id end) as merged_into_id,
        {{ newest_known('linked_opportunity_id') }} as linked_id,
        coalesce({{ newest_known('is_deleted') }}, false) as is_deleted,
        min(created_at) as created_at,
        max(updated_at) as updated_at
    from versions
    group by opportunity_id, system, source_opportunity_id
),

-- A copy of what was never delivered stands for itself.
targets as (
    select
        known.opportunity_record_id as id,
        coalesce(known.merged_into_id, linked.opportunity_record_id) as target
    from known
    left join known as linked on known.linked_id = linked.opportunity_record_id
),

{{ follow_pointers('targets', 4) }}

select
    known.*,
    coalesce(survivors.opportunity_record_id, known.opportunity_record_id) as opportunity_id,
    survivors.opportunity_record_id is null and pointer_ends.target is null as is_survivor,
    known.merged_into_id is not null as is_merged_away
from known
left join pointer_ends on known.opportunity_record_id = pointer_ends.id
left join known as survivors on pointer_ends.target = survivors.opportunity_record_id
