-- Grain: one row per launched campaign and item of the launch checklist.
-- A campaign is launched on the day that its register row names, else on the first that a system has, else on its first
-- of spend. Items are judged by what happened in so many days from then on; where the extracts begin later nobody can
-- say.
with

campaigns as (
    select * from {{ ref('dim_campaigns') }}
    where has_delivered_record and not is_deleted
),

campaign_records as (select * from {{ ref('dim_campaign_records') }}),

campaign_register as (select * from {{ ref('campaign_register') }}),

checklist as (select * from {{ ref('launch_checklist') }}),

signoffs as (select * from {{ ref('launch_signoffs') }}),

thresholds as (select * from {{ ref('check_thresholds') }}),

kpi_targets as (select * from {{ ref('kpi_targets') }}),

sessions as (select * from {{ ref('fct_sessions') }}),

touchpoints as (select * from {{ ref('fct_touchpoints') }}),

mqls as (select * from {{ ref('fct_speed_to_lead') }}),

spend as (select * from {{ ref('fct_ad_spend') }} where amount > 0),

aims as (
    select threshold as limit_name, warn from thresholds
    union all
    select kpi, warn_value from kpi_targets
    where {{ holds_on('kpi_targets', reporting_date(as_of())) }}
),

limits as (
    select
        max(case when limit_name = 'launch_days' then warn end) as launch_days,
        max(case when limit_name = 'tracking_compliance_rate' then warn end) as least_compliant_share,
        max(case when limit_name = 'launch_leads_share' then warn end) as least_lead_share,
        max(case when limit_name = 'lead_routing_exception_rate' then warn end) as most_exception_share,
        max(case when limit_name = 'launch_least_clicks' then warn end) as least_clicks
    from aims
),

registered as (
    select
        {{ taxonomy_value('campaign_name') }} as utm_campaign,
        campaign_register.campaign_name as registered_name,
        campaign_register.team,
        campaign_register.start_date
    from campaign_register
    where {{ holds_on('campaign_register', reporting_date(as_of())) }}
),

first_days as (
    select campaign_id, min(start_date) as start_date from campaign_records group by campaign_id
),

first_spend as (select campaign_id, min(spend_date) as start_date from spend group by campaign_id),

started as (
    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.channel,
        registered.registered_name,
        {{ or_unknown('registered.team') }} as team,
        coalesce(registered.start_date, first_days.start_date, first_spend.start_date) as launched_date
    from campaigns
    left join registered on campaigns.utm_campaign = registered.utm_campaign
    left join first_days on campaigns.campaign_id = first_days.campaign_id
    left join first_spend on campaigns.campaign_id = first_spend.campaign_id
),

launched as (
    select
        started.*,
        cast({{ add_seconds('cast(started.launched_date as timestamp)', 'limits.launch_days * 86400') }} as date)
            as judged_date
    from started
    cross join limits
    where started.launched_date <= {{ reporting_date(as_of()) }}
),

visits as (
    select
        launched.campaign_id,
        count(*) as visit_count,
        sum(case when sessions.is_taxonomy_compliant then 1 else 0 end) as compliant_count,
        sum(case when sessions.conversion_count > 0 then 1 else 0 end) as conversion_count,
        sum(case when sessions.conversion_count > 0 and sessions.person_id is not null then 1 else 0 end) as lead_count
    from launched
    inner join sessions
        on
            launched.campaign_id = sessions.campaign_id
            and launched.launched_date <= sessions.session_date
            and launched.judged_date > sessions.session_date
    group by launched.campaign_id
),

launch_touches as (
    select
        launched.campaign_id,
        launched.launched_date,
        launched.judged_date,
        touchpoints.person_id,
        touchpoints.touchpoint_kind
    from launched
    inner join touchpoints
        on
            launched.campaign_id = touchpoints.campaign_id
            and launched.launched_date <= touchpoints.touchpoint_date
            and launched.judged_date > touchpoints.touchpoint_date
),

touched as (select distinct campaign_id, launched_date, judged_date, person_id from launch_touches),

-- A click on a mail that opened a visit is part of the visit; these opened none.
lone_clicks as (
    select campaign_id, count(*) as click_count
    from launch_touches
    where touchpoint_kind = 'email_click'
    group by campaign_id
),

routed as (
    select
        touched.campaign_id,
        count(*) as mql_count,
        sum(case when mqls.has_routing_exception then 0 else 1 end) as routed_count
    from touched
    inner join mqls
        on
            touched.person_id = mqls.person_id
            and touched.launched_date <= mqls.mql_date
            and touched.judged_date > mqls.mql_date
    where mqls.is_routed
    group by touched.campaign_id
),

spent as (
    select
        launched.campaign_id,
        count(distinct spend.spend_date) as spend_day_count,
        sum(spend.click_count) as click_count
    from launched
    inner join spend
        on
            launched.campaign_id = spend.campaign_id
            and launched.launched_date <= spend.spend_date
            and launched.judged_date > spend.spend_date
    group by launched.campaign_id
),

reach as (
    select
        (select min(session_date) from sessions) as first_session_date,
        (select min(mql_date) from mqls) as first_mql_date,
        (select min(spend_date) from spend) as first_spend_date
),

asked as (
    select
        launched.*,
        checklist.item,
        checklist.area,
        checklist.is_manual,
        checklist.owner,
        checklist.remedy,
        signoffs.signed_on,
        case checklist.item
            when 'leads_routed' then reach.first_mql_date
            when 'spend_meets_visits'
                then case
                    when reach.first_spend_date is not null
                        then greatest(reach.first_spend_date, reach.first_session_date)
                end
            else reach.first_session_date
        end as first_told_date,
        cast(case checklist.item
            when 'visits_tagged' then visits.visit_count
            when 'forms_create_leads' then visits.conversion_count
            when 'leads_routed' then routed.mql_count
            when 'spend_meets_visits' then spent.spend_day_count
        end as bigint) as asked_count,
        cast(case checklist.item
            when 'visits_tagged' then visits.compliant_count
            when 'forms_create_leads' then visits.lead_count
            when 'leads_routed' then routed.routed_count
            when 'spend_meets_visits' then visits.visit_count
        end as bigint) as right_count,
        case checklist.item
            when 'visits_tagged' then limits.least_compliant_share
            when 'forms_create_leads' then limits.least_lead_share
            when 'leads_routed' then 1 - limits.most_exception_share
        end as least_share,
        coalesce(spent.click_count, 0) + coalesce(lone_clicks.click_count, 0) + coalesce(visits.visit_count, 0)
        >= limits.least_clicks as is_clicked
    from launched
    cross join limits
    cross join reach
    inner join checklist
        on
            (checklist.asked_of = '*' or launched.channel = checklist.asked_of)
            and {{ holds_on('checklist', 'launched.launched_date') }}
    left join signoffs on launched.registered_name = signoffs.campaign_name and checklist.item = signoffs.item
    left join visits on launched.campaign_id = visits.campaign_id
    left join routed on launched.campaign_id = routed.campaign_id
    left join spent on launched.campaign_id = spent.campaign_id
    left join lone_clicks on launched.campaign_id = lone_clicks.campaign_id
    -- Only who keeps a register can sign for a campaign.
    where launched.registered_name is not null or not checklist.is_manual
),

-- A campaign that was clicked on and has no visits fails its tracking, one that nobody clicked on says nothing.
judged as (
    select
        *,
        case
            when is_manual then signed_on is not null
            when item = 'spend_meets_visits' then asked_count is not null and right_count is not null
            else coalesce(asked_count > 0 and right_count >= least_share * asked_count, false)
        end as is_right
    from asked
)

select
    {{ hash_key(['campaign_id', 'item']) }} as launch_check_id,
    campaign_id,
    campaign_name,
    team,
    channel,
    launched_date,
    judged_date,
    item,
    area,
    is_manual,
    case
        when is_manual then case when is_right then 'passed' else 'unsigned' end
        when first_told_date is null or first_told_date > launched_date then 'no_data'
        when judged_date > {{ reporting_date(as_of()) }} then 'pending'
        when is_right then 'passed'
        when item <> 'spend_meets_visits' and asked_count > 0 then 'failed'
        when item in ('visits_tagged', 'spend_meets_visits') and is_clicked then 'failed'
        else 'too_few'
    end as status,
    coalesce(asked_count, 0) as asked_count,
    coalesce(right_count, 0) as right_count,
    signed_on,
    owner,
    remedy
from judged
