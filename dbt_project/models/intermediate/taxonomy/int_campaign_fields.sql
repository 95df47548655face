-- Grain: one row per campaign record and field of it that the taxonomy governs, judged by the rules of its first day;
-- where nobody tells that, of the day when a link last brought somebody, else of today.
-- An ad platform's types say which network shows it; the others' are the company's own. A campaign that only links name
-- has no record: its name is judged as theirs.
with

campaigns as (select * from {{ ref('int_campaigns_united') }} where not is_deleted),

sessions as (select * from {{ ref('int_web_sessions_attributed') }} where campaign is not null),

spellings as (select * from {{ ref('int_utm_campaigns') }}),

roles as (select * from {{ ref('int_system_roles') }}),

periods as (select * from {{ ref('int_taxonomy_periods') }}),

own_types as (select distinct system from roles where system_role in ('map', 'crm')),

visits as (
    select spellings.campaign_id, max({{ reporting_date('sessions.session_start_at') }}) as last_seen_date
    from sessions
    inner join spellings on sessions.campaign = spellings.utm_campaign
    group by spellings.campaign_id
),

dated as (
    select campaigns.*, coalesce(campaigns.start_date, visits.last_seen_date) as known_date
    from campaigns
    left join visits on campaigns.canonical_campaign_id = visits.campaign_id
),

fields as (
    select campaign_id, known_date, 'campaign_name' as field, campaign_name as value
    from dated
    where system <> 'web'
    union all
    select dated.campaign_id, dated.known_date, 'campaign_type', dated.campaign_type
    from dated
    inner join own_types on dated.system = own_types.system
    union all
    select campaign_id, known_date, 'utm_campaign', utm_campaign
    from dated
    where system = 'web'
)

select
    fields.campaign_id as campaign_record_id,
    fields.field,
    fields.value,
    periods.valid_from as judged_on,
    fields.known_date is not null as is_dated
from fields
inner join periods on {{ holds_on('periods', 'coalesce(fields.known_date, ' ~ reporting_date(as_of()) ~ ')') }}
where fields.value is not null
