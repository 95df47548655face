-- Grain: one row per campaign record and field of it that the taxonomy governs, judged by the rules of its first day.
-- An ad platform's types say which network shows it; the others' are the company's own. A campaign that only links name
-- has no record: its name is judged as theirs.
with

campaigns as (select * from {{ ref('int_campaigns_united') }} where not is_deleted),

roles as (select * from {{ ref('int_system_roles') }}),

periods as (select * from {{ ref('int_taxonomy_periods') }}),

own_types as (select distinct system from roles where system_role in ('map', 'crm')),

fields as (
    select campaign_id, start_date, 'campaign_name' as field, campaign_name as value
    from campaigns
    where system <> 'web'
    union all
    select campaigns.campaign_id, campaigns.start_date, 'campaign_type', campaigns.campaign_type
    from campaigns
    inner join own_types on campaigns.system = own_types.system
    union all
    select campaign_id, start_date, 'utm_campaign', utm_campaign
    from campaigns
    where system = 'web'
)

select
    fields.campaign_id as campaign_record_id,
    fields.field,
    fields.value,
    periods.valid_from as judged_on
from fields
inner join periods on {{ holds_on('periods', 'coalesce(fields.start_date, ' ~ reporting_date(as_of()) ~ ')') }}
where fields.value is not null
