-- Outcomes sum to the MQLs of each month, source and campaign, counted anew from the transitions.
with

dated as (
    select
        {{ month_start(reporting_date('transitions.entered_at')) }} as month_start_date,
        coalesce({{ safe_text(mask_emails('people.lead_source')) }}, 'unknown') as lead_source,
        coalesce(campaigns.breakdown_value, 'unknown') as campaign_id
    from {{ ref('int_stage_transitions') }} as transitions
    left join {{ ref('int_people_survived') }} as people on transitions.person_id = people.person_id
    left join {{ ref('int_people_breakdowns') }} as campaigns
        on transitions.person_id = campaigns.person_id and campaigns.breakdown = 'campaign'
    where transitions.stage = 'mql' and not transitions.is_skipped
),

mqls as (
    select month_start_date, lead_source, campaign_id, count(*) as mql_count
    from dated
    group by month_start_date, lead_source, campaign_id
),

feedback as (
    select
        month_start_date,
        lead_source,
        campaign_id,
        sum(mql_count) as mql_count,
        max(group_mql_count) as group_mql_count
    from {{ ref('fct_sales_feedback') }}
    group by month_start_date, lead_source, campaign_id
)

select
    coalesce(mqls.month_start_date, feedback.month_start_date) as month_start_date,
    coalesce(mqls.lead_source, feedback.lead_source) as lead_source,
    coalesce(mqls.campaign_id, feedback.campaign_id) as campaign_id,
    mqls.mql_count,
    feedback.mql_count as feedback_count
from mqls
full join feedback
    on
        mqls.month_start_date = feedback.month_start_date
        and mqls.lead_source = feedback.lead_source
        and mqls.campaign_id = feedback.campaign_id
where
    coalesce(mqls.mql_count, 0) <> coalesce(feedback.mql_count, 0)
    or feedback.mql_count <> feedback.group_mql_count
