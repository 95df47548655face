-- Grain: one row per web event, with its traffic source as tagged; without consent it has no client.
-- A part of the source is read where it is first found: the page's UTM, the event's parameters, what GA4 collected.
-- So a missing medium never erases a good source (null_medium).
-- Nobody comes from the page's own site, from a log-in or from a payment, whether the browser or GA4 itself says so.
{{ keeps_rows('event_id') }}

with

web_events as (select * from {{ ref('stg_ga4__events') }}),

excluded as (select * from {{ ref('excluded_referrers') }}),

{% if is_incremental() -%}
    read_batches as (select distinct batch_id from {{ this }}),

{% endif -%}

events as (
    select web_events.*
    from web_events
    {% if is_incremental() -%}
        left join read_batches on web_events.batch_id = read_batches.batch_id
        where read_batches.batch_id is null
    {%- endif %}
),

located as (
    -- What few events carry is looked for only where it can be.
    select
        event_id,
        client_id,
        user_id,
        occurred_at,
        event_name,
        {{ url_host('page_location') }} as page_host,
        {{ url_path('page_location') }} as raw_path,
        {{ url_host('page_referrer') }} as referrer_host,
        case when page_location like '%?%' or page_location like '%#%' then page_location end as tagged_url,
        source,
        medium,
        campaign,
        coalesce(gclid, collected_gclid) as gclid,
        collected_source,
        collected_medium,
        collected_campaign,
        ignores_referrer,
        device_category,
        country,
        batch_id
    from events
),

read as (
    select
        *,
        {{ url_param('tagged_url', 'utm_source') }} as utm_source,
        {{ url_param('tagged_url', 'utm_medium') }} as utm_medium,
        {{ url_param('tagged_url', 'utm_campaign') }} as utm_campaign,
        {{ click_id_type('tagged_url') }} as url_click_id_type
    from located
),

sourced as (
    select
        event_id,
        client_id,
        user_id,
        occurred_at,
        event_name,
        coalesce(page_host, '') as page_host,
        {{ mask_emails('raw_path') }} as page_path,
        referrer_host,
        ignores_referrer,
        coalesce(
            {{ traffic_value('utm_source') }}, {{ traffic_value('source') }}, {{ traffic_value('collected_source') }}
        ) as source,
        coalesce(
            {{ traffic_value('utm_medium') }}, {{ traffic_value('medium') }}, {{ traffic_value('collected_medium') }}
        ) as medium,
        coalesce(
            {{ campaign_value('utm_campaign') }}, {{ campaign_value('campaign') }},
            {{ campaign_value('collected_campaign') }}
        ) as campaign,
        coalesce(url_click_id_type, case when gclid is not null then 'gclid' end) as click_id_type,
        utm_source as written_source,
        utm_medium as written_medium,
        utm_campaign as written_campaign,
        device_category,
        country,
        batch_id
    from read
),

-- Of the pairs of page and page before there are few.
pairs as (
    select distinct page_host, referrer_host as other_host from sourced
    where referrer_host <> page_host
    union
    select distinct page_host, source from sourced
    where medium = 'referral' and source <> page_host
),

outside as (
    select
        pairs.page_host,
        pairs.other_host
    from pairs
    left join excluded as hosts on {{ worldwide('pairs.other_host') }} = {{ worldwide('hosts.host') }}
    left join excluded as sites on {{ worldwide(site_of('pairs.other_host')) }} = {{ worldwide('sites.host') }}
    where
        hosts.host is null and sites.host is null
        and coalesce(nullif({{ site_of('pairs.other_host') }}, '') <> {{ site_of('pairs.page_host') }}, true)
),

-- A referral that GA4 wrote down is no tag where it is none.
referred as (
    select
        sourced.*,
        referrals.other_host as outside_host,
        coalesce(
            sourced.medium = 'referral' and sourced.source like '%.%' and sourced.written_source is null
            and sources.other_host is null, false
        ) as is_no_referral
    from sourced
    left join outside as referrals
        on sourced.page_host = referrals.page_host and sourced.referrer_host = referrals.other_host
    left join outside as sources
        on
            sourced.page_host = sources.page_host
            and sourced.source = sources.other_host
            and sourced.medium = 'referral'
),

final as (
    select
        event_id,
        client_id,
        user_id,
        occurred_at,
        event_name,
        nullif(page_host, '') as page_host,
        page_path,
        referrer_host,
        case when not is_no_referral then source end as source,
        case when not is_no_referral then medium end as medium,
        campaign,
        click_id_type,
        written_source,
        written_medium,
        written_campaign,
        device_category,
        country,
        batch_id,
        coalesce(case when not is_no_referral then coalesce(source, medium) end, campaign, click_id_type) is not null
            as is_tagged,
        case when not coalesce(ignores_referrer, false) then outside_host end as outside_referrer_host
    from referred
),

numbered as (
    select
        *,
        {{ content_number([
            'event_name', 'page_host', 'page_path', 'source', 'medium', 'campaign', 'click_id_type', 'is_tagged',
            'outside_referrer_host', 'device_category', 'country',
        ]) }} as content_number
    from final
)

{{ rows_to_replace('numbered', 'event_id') }}
