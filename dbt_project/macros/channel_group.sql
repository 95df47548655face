{#
  GA4's default channel group of a traffic source, the only place that holds the rules, in GA4's order.
  Arguments are SQL expressions, lower case; `category` is one of GA4's SOURCE_CATEGORY_*.
  Click ids and the company's overrides are not GA4's rules: int_traffic_channels applies them.
#}
{% macro channel_group(source, medium, campaign, category) -%}
    {%- set paid = "(" ~ matches("coalesce(" ~ medium ~ ", '')", '^(.*cp.*|ppc|retargeting|paid.*)$') ~ ")" -%}
    {%- set shopping -%}
        ({{ category }} = 'SOURCE_CATEGORY_SHOPPING'
            or {{ matches("coalesce(" ~ campaign ~ ", '')", '(^|[^a-df-z])shop|shopping') }})
    {%- endset -%}
    {%- set email = "('email', 'e-mail', 'e_mail', 'e mail')" -%}
    case
        when coalesce({{ source }}, '(direct)') = '(direct)'
            and coalesce({{ medium }}, '(none)') in ('(none)', '(not set)')
            and ({{ source }} = '(direct)' or {{ campaign }} is null) then 'Direct'
        when {{ matches("coalesce(" ~ campaign ~ ", '')", 'cross-network') }} then 'Cross-network'
        when {{ shopping }} and {{ paid }} then 'Paid Shopping'
        when {{ category }} = 'SOURCE_CATEGORY_SEARCH' and {{ paid }} then 'Paid Search'
        when {{ category }} = 'SOURCE_CATEGORY_SOCIAL' and {{ paid }} then 'Paid Social'
        when {{ category }} = 'SOURCE_CATEGORY_VIDEO' and {{ paid }} then 'Paid Video'
        when {{ medium }} in ('display', 'banner', 'expandable', 'interstitial', 'cpm') then 'Display'
        when {{ paid }} then 'Paid Other'
        when {{ shopping }} then 'Organic Shopping'
        when {{ category }} = 'SOURCE_CATEGORY_AI_ASSISTANT' or {{ medium }} = 'ai-assistant' then 'AI Assistant'
        when {{ category }} = 'SOURCE_CATEGORY_SOCIAL'
            or {{ medium }} in ('social', 'social-network', 'social-media', 'sm', 'social network', 'social media')
            then 'Organic Social'
        when {{ category }} = 'SOURCE_CATEGORY_VIDEO' or {{ medium }} like '%video%' then 'Organic Video'
        when {{ category }} = 'SOURCE_CATEGORY_SEARCH' or {{ medium }} = 'organic' then 'Organic Search'
        when {{ source }} in {{ email }} or {{ medium }} in {{ email }}
            or {{ category }} = 'SOURCE_CATEGORY_EMAIL' then 'Email'
        when {{ medium }} in ('referral', 'app', 'link') then 'Referral'
        when {{ medium }} = 'affiliate' then 'Affiliates'
        when {{ medium }} = 'audio' then 'Audio'
        when {{ source }} = 'sms' or {{ medium }} = 'sms' then 'SMS'
        when {{ medium }} like '%push' or {{ medium }} like '%mobile%' or {{ medium }} like '%notification%'
            or {{ source }} = 'firebase' then 'Mobile Push Notifications'
        else 'Unassigned'
    end
{%- endmacro %}

{# Key of a traffic source in int_traffic_channels. #}
{% macro traffic_key(source, medium, campaign, click_id_type, referrer_host) -%}
    {{ hash_key([source, medium, campaign, click_id_type, referrer_host]) }}
{%- endmacro %}

{# The name in a host that says whose it is: `google` of `news.google.co.uk`; the text itself when it has no dot. #}
{% macro source_brand(expression) -%}
    nullif(
        regexp_extract(
            {{ expression }}, '([a-z0-9-][a-z0-9-][a-z0-9-]+)[.]((co|com|org|net|gov|ac|edu|ne|or)[.])?[a-z]+$', 1
        ), ''
    )
{%- endmacro %}

{# The category of a source: the listed host or name itself, else the brand in the host. Arguments are joined seeds. #}
{% macro source_category(exact, brand) -%}
    coalesce({{ exact }}.source_category, {{ brand }}.source_category)
{%- endmacro %}
