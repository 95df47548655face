-- Grain: one row per distinct traffic source seen (source, medium, campaign, click id, outside referrer) and period of
-- unchanged rules, as reporting dates [valid_from, valid_to).
-- What an approved alias means stands in place of what links wrote, which stays beside it.
-- Precedence: a click id beats missing or unpaid tags (gclid_as_organic); tags beat the referrer; the company's
-- overrides beat GA4's rules, first match by priority.
with

sessions as (select * from {{ ref('int_web_sessions') }}),

email_clicks as (select * from {{ ref('int_email_clicks') }}),

form_fills as (select * from {{ ref('int_form_fills') }}),

clientless as (select * from {{ ref('int_web_clientless') }}),

click_ids as (select * from {{ ref('click_ids') }}),

source_categories as (select * from {{ ref('source_categories') }}),

overrides as (select * from {{ ref('channel_overrides') }}),

aliases as (
    select
        field, {{ taxonomy_value('alias') }} as alias, valid_from, valid_to,
        min({{ taxonomy_value('value') }}) as value
    from {{ ref('utm_aliases') }}
    group by field, {{ taxonomy_value('alias') }}, valid_from, valid_to
),

rule_dates as (
    select valid_from as changed_on from source_categories
    union
    select valid_to from source_categories
    union
    select valid_from from overrides
    union
    select valid_to from overrides
    union
    select valid_from from aliases
    union
    select valid_to from aliases
    union
    select cast('1900-01-01' as date)
),

periods as (
    select
        changed_on as valid_from,
        lead(changed_on) over (order by changed_on) as valid_to
    from rule_dates
    where changed_on is not null
),

seen as (
    select traffic_key, tagged_source, tagged_medium, campaign, click_id_type, referrer_host from sessions
    union
    select traffic_key, tagged_source, tagged_medium, campaign, click_id_type, referrer_host from email_clicks
    union
    select traffic_key, tagged_source, tagged_medium, campaign, click_id_type, referrer_host from form_fills
    union
    select traffic_key, tagged_source, tagged_medium, campaign, click_id_type, referrer_host from clientless
),

repaired as (
    select
        seen.traffic_key,
        seen.click_id_type,
        seen.referrer_host,
        seen.campaign as tagged_campaign,
        periods.valid_from,
        periods.valid_to,
        coalesce(source_alias.value, seen.tagged_source) as tagged_source,
        coalesce(medium_alias.value, seen.tagged_medium) as tagged_medium,
        coalesce(campaign_alias.value, seen.campaign) as campaign
    from seen
    cross join periods
    {% for field, column in {
        'source': 'tagged_source', 'medium': 'tagged_medium', 'campaign': 'campaign',
    }.items() -%}
        left join aliases as {{ field }}_alias
            on
                {{ field }}_alias.field = 'utm_{{ field }}'
                and {{ taxonomy_value('seen.' ~ column) }} = {{ field }}_alias.alias
                and {{ holds_on(field ~ '_alias', 'periods.valid_from') }}
    {% endfor -%}
),

named as (
    select
        repaired.*,
        click_ids.source as click_source,
        click_ids.medium as click_medium,
        case
            when
                coalesce(repaired.tagged_source, repaired.tagged_medium, repaired.campaign, repaired.click_id_type)
                is null
                then repaired.referrer_host
        end as referrer_source
    from repaired
    left join click_ids on repaired.click_id_type = click_ids.click_id_type
),

categorised as (
    select
        named.*,
        -- A link that says referral is no search and no shop, whosesoever site it stands on (support.google.com).
        case
            when
                named.tagged_medium = 'referral' and tag_exact.source_category is null
                and tag_brand.source_category in ('SOURCE_CATEGORY_SEARCH', 'SOURCE_CATEGORY_SHOPPING')
                then null
            else {{ source_category('tag_exact', 'tag_brand') }}
        end as tag_category,
        {{ source_category('referrer_exact', 'referrer_brand') }} as referrer_category,
        click_exact.source_category as click_category
    from named
    left join source_categories as tag_exact
        on named.tagged_source = tag_exact.source and {{ holds_on('tag_exact', 'named.valid_from') }}
    left join source_categories as tag_brand
        on
            {{ source_brand('named.tagged_source') }} = tag_brand.source
            and {{ holds_on('tag_brand', 'named.valid_from') }}
    left join source_categories as referrer_exact
        on named.referrer_source = referrer_exact.source and {{ holds_on('referrer_exact', 'named.valid_from') }}
    left join source_categories as referrer_brand
        on
            {{ source_brand('named.referrer_source') }} = referrer_brand.source
            and {{ holds_on('referrer_brand', 'named.valid_from') }}
            and (
                referrer_brand.source_category not in ('SOURCE_CATEGORY_SEARCH', 'SOURCE_CATEGORY_SHOPPING')
                or {{ is_search_host('named.referrer_source') }}
            )
    left join source_categories as click_exact
        on named.click_source = click_exact.source and {{ holds_on('click_exact', 'named.valid_from') }}
),

sourced as (
    select
        *,
        coalesce(tagged_source, click_source, referrer_source) as source,
        coalesce(
            tagged_medium, click_medium,
            case
                when referrer_category = 'SOURCE_CATEGORY_SEARCH' then 'organic'
                when referrer_source is not null then 'referral'
            end
        ) as medium,
        case
            when tagged_source is not null then tag_category
            else coalesce(click_category, referrer_category)
        end as source_category
    from categorised
),

grouped as (
    select
        *,
        {{ channel_group('source', 'medium', 'campaign', 'source_category') }} as tagged_channel,
        {{ channel_group('click_source', 'click_medium', 'campaign', 'click_category') }} as click_channel
    from sourced
),

ruled as (
    select
        *,
        case
            when click_id_type is not null and tagged_channel in (
                'Direct', 'Organic Search', 'Organic Social', 'Organic Video', 'Organic Shopping', 'Referral',
                'Unassigned'
            ) then click_channel
            else tagged_channel
        end as ruled_channel
    from grouped
),

overridden as (
    select
        ruled.*,
        overrides.channel as override_channel,
        row_number() over (
            partition by ruled.traffic_key, ruled.valid_from order by overrides.priority nulls last
        ) as override_rank
    from ruled
    left join overrides
        on
            coalesce(ruled.source, '') like overrides.source_pattern
            and coalesce(ruled.medium, '') like overrides.medium_pattern
            and coalesce(ruled.campaign, '') like overrides.campaign_pattern
            and {{ holds_on('overrides', 'ruled.valid_from') }}
),

final as (
    select
        traffic_key,
        valid_from,
        valid_to,
        coalesce(source, '(direct)') as source,
        coalesce(medium, '(none)') as medium,
        campaign,
        tagged_campaign,
        click_id_type,
        source_category,
        coalesce(override_channel, ruled_channel) as channel,
        override_channel is not null as is_overridden
    from overridden
    where override_rank = 1
)

select * from final
