-- Grain: one row per opportunity record of a system, with the opportunity it belongs to: the survivor of its merges, or
-- the CRM's opportunity that it is a copy of. A stage that neither its system nor the seed explains is unknown: neither
-- open nor closed.
{%- set fields = [
    'account_record_id', 'campaign_id', 'owner_id', 'opportunity_name', 'stage_name', 'opportunity_type',
    'lead_source', 'loss_reason', 'amount', 'currency_code', 'close_date',
] %}
{%- set custom = custom_fields('opportunities') %}
with

versions as (select * from {{ ref('opportunities') }}),

stages as (select * from {{ ref('int_opportunity_stages') }}),

roles as (select * from {{ ref('int_system_roles') }} where system_role = 'crm'),

-- A single-currency CRM exports no currency: its amounts are in the corporate currency.
corporate as (
    select
        system,
        max(currency_code) as currency_code
    from {{ ref('currencies') }}
    where is_corporate
    group by system
),

-- That of the CRM, where another system contradicts it.
any_corporate as (
    select
        coalesce(
            max(case when roles.system is not null then corporate.currency_code end), max(corporate.currency_code)
        ) as currency_code
    from corporate
    left join roles on corporate.system = roles.system
),

in_stages as (
    select
        opportunity_id,
        {{ newest_known('stage_name') }} as stage_name
    from versions
    group by opportunity_id
),

-- What a version does not say of closing, its stage does; one in a stage that was left says nothing of this one.
known as (
    select
        versions.opportunity_id as opportunity_record_id,
        versions.system,
        versions.source_opportunity_id,
        {% for field in fields + custom.keys() | list -%}
            {{ newest_known('versions.' ~ field) }} as {{ field }},
        {% endfor -%}
        {% for flag in ['is_closed', 'is_won'] -%}
            {{ newest_known(
                'case when is_in_stage then coalesce(versions.' ~ flag ~ ', stages.' ~ flag ~ ') end'
            ) }} as {{ flag }},
        {% endfor -%}
        max(case when versions.is_newest then versions.merged_into_opportunity_id end) as merged_into_id,
        {{ newest_known('versions.linked_opportunity_id') }} as linked_id,
        coalesce({{ newest_known('versions.is_deleted') }}, false) as is_deleted,
        min(versions.created_at) as created_at,
        max(versions.updated_at) as updated_at
    from (
        select
            versions.*,
            coalesce(
                {{ value_spelling('versions.stage_name') }} = {{ value_spelling('in_stages.stage_name') }}, true
            ) as is_in_stage
        from versions
        inner join in_stages on versions.opportunity_id = in_stages.opportunity_id
    ) as versions
    left join stages on versions.system = stages.system and versions.stage_name = stages.stage_name
    group by versions.opportunity_id, versions.system, versions.source_opportunity_id
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
    known.opportunity_record_id,
    coalesce(survivors.opportunity_record_id, known.opportunity_record_id) as opportunity_id,
    known.system,
    known.source_opportunity_id,
    known.account_record_id,
    known.campaign_id,
    known.owner_id,
    known.opportunity_name,
    known.stage_name,
    stages.stage_order,
    known.opportunity_type,
    known.lead_source,
    known.loss_reason,
    cast(known.amount as decimal(18, 2)) as amount,
    coalesce(
        known.currency_code, corporate.currency_code, any_corporate.currency_code, '{{ var("reporting_currency") }}'
    ) as currency_code,
    coalesce(known.currency_code, corporate.currency_code) as told_currency_code,
    coalesce(stages.is_pending_acceptance, false) as is_pending_acceptance,
    coalesce(known.is_closed, case when known.is_won then true end) as is_closed,
    coalesce(known.is_won, case when not known.is_closed then false end) as is_won,
    known.is_deleted,
    known.merged_into_id is not null
    and coalesce(survivors.opportunity_record_id <> known.opportunity_record_id, false) as is_merged_away,
    known.close_date,
    known.created_at,
    known.updated_at{% for field in custom %}, known.{{ field }}{% endfor %}
from known
cross join any_corporate
left join corporate on known.system = corporate.system
left join stages on known.system = stages.system and known.stage_name = stages.stage_name
left join pointer_ends on known.opportunity_record_id = pointer_ends.id
left join known as survivors on pointer_ends.target = survivors.opportunity_record_id
