-- What stands in the newest delivery of each key, row by row, is what the mart holds, per platform and day, in exact
-- millionths: pmax_spend_gap. A row that a file holds twice is one, one that a connector read again is as it read it
-- last, and one of a campaign's day that a later delivery tells in other rows, or that is marked gone, is none.
{{ config(meta={
    'owner': 'paid_media',
    'meaning': 'Spend of the files is not the spend of the mart, so cost per anything is wrong.',
    'remedy': 'Compare the platform and day below with its newest file; if the file is right, a fault of the models: '
        ~ 'report it.',
}) }}
{%- set platforms = {
    'google_ads': [source('google_ads', 'campaign_stats'), 'date',
        'coalesce(cost_micros * cast(0.000001 as decimal(7, 6)), cost)'],
    'linkedin_ads': [source('linkedin_ads', 'ad_analytics_by_campaign'), 'day',
        'coalesce(cost_in_local_currency, cost_in_usd)'],
    'meta_ads': [source('meta_ads', 'ad_insights'), 'date', 'spend'],
} %}
with

{% for platform, (relation, day, cost) in platforms.items() -%}
    {%- set key = raw_contract(relation).quoted_key | join(', ') %}
    {{ platform }} as (
        select
            {{ adapter.quote(day) }} as spend_date,
            {{ cost }} as amount,
            rank() over (
                partition by {{ key }}
                order by
                    _told_at desc nulls last,
                    _delivery_number desc nulls last,
                    case
                        when _delivery_number is null
                            then coalesce(_file_order, {{ natural_order('_source_file') }}) || _source_file
                    end desc
            ) as delivery_rank,
            _copy_number as copy_number,
            coalesce(_is_marked_removed, false) as is_deleted
        from {{ standing_rows(relation) }} as standing
    ),
{% endfor %}

spend_in as (
    {% for platform in platforms -%}
        select '{{ platform }}' as ad_platform, spend_date, sum(amount) as amount
        from {{ platform }}
        where delivery_rank = 1 and copy_number = 1 and not is_deleted
        group by spend_date
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

spend_out as (
    select
        ad_platform,
        spend_date,
        sum(amount) as amount
    from {{ ref('fct_ad_spend') }}
    group by ad_platform, spend_date
)

select
    coalesce(spend_in.ad_platform, spend_out.ad_platform) as ad_platform,
    coalesce(spend_in.spend_date, spend_out.spend_date) as spend_date,
    spend_in.amount as amount_in,
    spend_out.amount as amount_out
from spend_in
full outer join spend_out
    on
        spend_in.ad_platform = spend_out.ad_platform
        and spend_in.spend_date = spend_out.spend_date
where coalesce(spend_in.amount, 0) <> coalesce(spend_out.amount, 0)
