-- Grain: one row per hole or disorder in what was delivered: a campaign's day without spend, a currency without a
-- rate, a file out of order.
with

spend as (select * from {{ ref('spend') }}),

roles as (select * from {{ ref('int_system_roles') }}),

campaigns as (select * from {{ ref('int_campaigns_united') }}),

rates as (select * from {{ ref('int_currency_rates') }}),

ledger as (select * from {{ ref('stg_lake__ledger') }} where load_status <> 'rejected'),

stats as (
    select distinct system, ad_campaign_id, spend_date
    from spend
    where ad_campaign_id is not null
),

delivered_days as (select min(spend_date) as first_date, max(spend_date) as last_date from stats),

-- Every day, also one on which no platform delivered anything.
calendar as (
    select cast(days.day as date) as spend_date
    from delivered_days
    cross join {{ date_rows('delivered_days.first_date', 'delivered_days.last_date') }}
),

-- A campaign's plan, where the CRM or the MAP has one, says of its first and last days that they are missing.
planned as (
    select
        ads.system,
        ads.source_campaign_id as ad_campaign_id,
        plans.start_date,
        plans.end_date
    from campaigns as ads
    inner join campaigns as plans on ads.canonical_campaign_id = plans.campaign_id
    inner join roles as ad_roles on ads.system = ad_roles.system and ad_roles.system_role = 'ads'
    inner join roles as plan_roles on plans.system = plan_roles.system and plan_roles.system_role in ('crm', 'map')
),

marks as (
    select system, ad_campaign_id, spend_date from stats
    union
    select system, ad_campaign_id, {{ add_days('start_date', -1) }} from planned
    union
    select system, ad_campaign_id, {{ add_days('end_date', 1) }} from planned
    where end_date < {{ reporting_date(as_of()) }}
),

followed as (
    select
        system,
        ad_campaign_id,
        cast(spend_date as date) as spend_date,
        cast(lead(spend_date) over (partition by system, ad_campaign_id order by spend_date) as date) as next_date
    from marks
),

-- A hole of a few days is a loss; a longer one is a pause.
holes as (
    select followed.system, followed.ad_campaign_id, calendar.spend_date
    from followed
    inner join calendar
        on followed.spend_date < calendar.spend_date and followed.next_date > calendar.spend_date
    where {{ days_between('cast(followed.spend_date as timestamp)', 'cast(followed.next_date as timestamp)') }} <= 4
),

dated_files as (
    select
        system,
        object,
        source_file,
        min(modified_at) as delivered_at,
        nullif(regexp_extract(source_file, '(20[0-9][0-9]-[0-9][0-9]-[0-9][0-9])', 1), '') as file_date
    from ledger
    group by system, object, source_file
),

ordered_files as (
    select
        *,
        min(delivered_at) over (
            partition by system order by file_date desc range between unbounded preceding and current row
        ) as first_later_delivery_at,
        row_number() over (partition by system, object, file_date order by delivered_at, source_file) as delivery_number
    from dated_files
    where file_date is not null
),

defects as (
    select
        'spend_gap' as defect_kind, system, 'stats' as object,
        ad_campaign_id || ':' || cast(spend_date as string) as record_id,
        system || ':' || ad_campaign_id as related_record_id,
        cast(null as string) as detail, cast(spend_date as timestamp) as occurred_at
    from holes
    union all
    select
        'currency_gap', 'currency', 'conversion_rates', currency_code || ':' || cast(start_date as string),
        cast(null as string), 'until ' || cast(end_date as string), cast(start_date as timestamp)
    from rates
    where rate_status = 'gap' and start_date <= {{ reporting_date(as_of()) }}
    union all
    select
        'late_file', system, object, source_file, cast(null as string), cast(null as string), delivered_at
    from ordered_files
    where delivery_number = 1 and {{ seconds_between('first_later_delivery_at', 'delivered_at') }} > 3600
    union all
    select 'corrected_file', system, object, source_file, cast(null as string), cast(null as string), delivered_at
    from ordered_files
    where delivery_number > 1
)

select
    {{ hash_key(['defect_kind', 'system', 'record_id']) }} as defect_id,
    defect_kind,
    system,
    object,
    record_id,
    related_record_id,
    detail,
    occurred_at
from defects
