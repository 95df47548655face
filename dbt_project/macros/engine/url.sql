{#
  The host of an absolute URL, lower case, without user, port and `www.`; null when it has none.
  Cuts, not a regex (a third of the cost), and no `case`: DuckDB 2.0 evaluates a branch seven times slower.
#}
{% macro url_host(expression) -%}
    {%- set after_scheme = "split_part(" ~ expression ~ ", '://', 2)" -%}
    {%- set authority = "split_part(split_part(split_part(" ~ after_scheme ~ ", '/', 1), '?', 1), '#', 1)" -%}
    {%- set host = "split_part(split_part(lower(" ~ authority ~ "), '@', -1), ':', 1)" -%}
    nullif(replace(replace('~' || {{ host }}, '~www.', ''), '~', ''), '')
{%- endmacro %}

{# The registered domain of a host, `acme.co.uk` of `app.acme.co.uk`; '' when it has none. #}
{% macro site_of(expression) -%}
    regexp_extract({{ expression }}, '[^.]+[.]((co|com|org|net|gov|ac|edu|ne|or)[.])?[a-z]+$', 0)
{%- endmacro %}

{# Whether a host of a search company is where people search, not another product of it: docs.google.com. #}
{% macro is_search_host(expression) -%}
    ({{ matches(
        expression,
        '^((www|m|mobile|search|r|images|news|lite|html|start|cse|yhs[0-9]*|[a-z]{2})[.])*[^.]+([.](co|com|org|net))?[.][a-z]+$'
    ) }})
{%- endmacro %}

{# A site as it is called worldwide, `paypal.com` of `paypal.de` and `google.com` of `google.co.uk`. #}
{% macro worldwide(expression) -%}
    regexp_replace({{ expression }}, '([.]com?)?[.][a-z][a-z]$', '.com')
{%- endmacro %}

{# The path of an absolute URL, without query and fragment; `/` when empty. #}
{% macro url_path(expression) -%}
    {%- set page = "split_part(split_part(" ~ expression ~ ", '?', 1), '#', 1)" -%}
    {%- set site_length = "length(split_part(" ~ page ~ ", '/', 1)) + length(split_part(" ~ page ~ ", '/', 3))" -%}
    coalesce(
        nullif(substring({{ page }}, {{ site_length }} + 3), ''),
        left({{ expression }}, 0) || '/'
    )
{%- endmacro %}

{# The decoded value of a query parameter, whatever the case of its name; null when absent or empty. #}
{% macro url_param(expression, name) -%}
    nullif(trim({{ url_decode("regexp_extract(" ~ expression ~ ", '(^|[?&#])(?i:" ~ name ~ ")=([^&#]*)', 2)") }}), '')
{%- endmacro %}

{# Percent-decoded text, `+` as a blank; null when the bytes are not text. #}
{% macro url_decode(expression) -%}
    {{ adapter.dispatch('url_decode', 'touchstone')(expression) }}
{%- endmacro %}

{% macro default__url_decode(expression) -%}
    try(url_decode(replace({{ expression }}, '+', ' ')))
{%- endmacro %}

{% macro spark__url_decode(expression) -%}
    try_url_decode({{ expression }})
{%- endmacro %}

{# Which ad platform's click id a URL carries, the first of them; null when none. The seed click_ids tells what it is. #}
{% macro click_id_type(expression) -%}
    nullif(
        regexp_extract(
            {{ expression }},
            '[?&#](gclid|gbraid|wbraid|dclid|msclkid|li_fat_id|ttclid|rdt_cid|twclid|fbclid)=[^&#]', 1
        ), ''
    )
{%- endmacro %}

{# A campaign's name in a link for comparing: a traffic value with single blanks. #}
{% macro campaign_value(expression) -%}
    {{ normalize_text(traffic_value(expression)) }}
{%- endmacro %}

{#
  A traffic value for comparing: lower case, trimmed, addresses masked, GA4's and taggers' ways of saying nothing made
  null.
#}
{% macro traffic_value(expression) -%}
    case
        when lower(trim({{ expression }})) not in (
            '', '(direct)', '(none)', '(not set)', '(organic)', '(referral)', '(not provided)', 'null', 'undefined',
            '<other>', '(data not available)'
        )
            then case
                when {{ expression }} like '%@%' then {{ mask_emails('lower(trim(' ~ expression ~ '))') }}
                else lower(trim({{ expression }}))
            end
    end
{%- endmacro %}

{# The domain in what people type as a web site (`https://www.acme.com/x`, `acme.com`); null when it is not one. #}
{% macro site_domain(expression) -%}
    nullif(
        regexp_extract(
            lower(trim({{ expression }})),
            '^([a-z][a-z0-9+.-]*://)?([^/?#@]*@)?(www[.])?([a-z0-9-]+([.][a-z0-9-]+)+)', 4
        ), ''
    )
{%- endmacro %}
