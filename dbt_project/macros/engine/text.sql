{# Part `position` (from 1) of `expression` cut at the literal `delimiter`; null when there is none. #}
{% macro split_part(expression, delimiter, position) -%}
    {{ adapter.dispatch('split_part', 'touchstone')(expression, delimiter, position) }}
{%- endmacro %}

{% macro default__split_part(expression, delimiter, position) -%}
    nullif(split_part({{ expression }}, '{{ delimiter }}', {{ position }}), '')
{%- endmacro %}

{# Spark cuts at a regex: the delimiter goes between `[` and `]`, so it must be one character. #}
{% macro spark__split_part(expression, delimiter, position) -%}
    nullif(get(split({{ expression }}, '[{{ delimiter }}]'), {{ position - 1 }}), '')
{%- endmacro %}

{# Whether the regex `pattern` is found in `expression`. No backslashes: `[0-9]`, `[.]`. #}
{% macro matches(expression, pattern) -%}
    {{ adapter.dispatch('matches', 'touchstone')(expression, pattern) }}
{%- endmacro %}

{% macro default__matches(expression, pattern) -%}
    regexp_matches({{ expression }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__matches(expression, pattern) -%}
    ({{ expression }} rlike '{{ pattern }}')
{%- endmacro %}

{# Replace every match of the regex `pattern`. #}
{% macro replace_all(expression, pattern, replacement) -%}
    {{ adapter.dispatch('replace_all', 'touchstone')(expression, pattern, replacement) }}
{%- endmacro %}

{% macro default__replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{# Whether the digits of a phone number are what is typed for none: seven alike at its end, or counting up. #}
{% macro is_phone_of_nobody(digits) -%}
    (
        length({{ digits }}) >= 7
        and (
            replace(substr({{ digits }}, length({{ digits }}) - 6), substr({{ digits }}, length({{ digits }})), '') = ''
            or '012345678901234567890' like '%' || {{ digits }} || '%'
        )
    )
{%- endmacro %}

{# Text for comparing: trimmed, lower case, inner white space as one blank; null when nothing is left. #}
{% macro normalize_text(expression) -%}
    nullif(trim({{ replace_all('lower(' ~ expression ~ ')', '[ ' ~ '	' ~ ']+', ' ') }}), '')
{%- endmacro %}

{# A value of a list for comparing: a label and its API name are one, `Bad Timing` and `BAD_TIMING`. #}
{% macro value_spelling(expression) -%}
    {{ replace_all('lower(' ~ expression ~ ')', '[ _' ~ '	' ~ '-]+', '') }}
{%- endmacro %}

{# A country's name or code for looking it up in the seed country_names: `U.S.A.` is `usa`. #}
{% macro country_spelling(expression) -%}
    replace({{ normalize_text(expression) }}, '.', '')
{%- endmacro %}

{#
  An e-mail address for comparing: lower case, without what was copied along (blanks of any width, `mailto:`, angle
  brackets, a separator or dot at its end). Providers that fold more are a seed.
#}
{% macro normalize_email(expression) -%}
    {%- set blanks = ' \t\n\r\u00a0\u200b\u200c\u200d\u2060\ufeff' -%}
    {%- set before = '^[' ~ blanks ~ '<]*(mailto:)?[' ~ blanks ~ '<]*' -%}
    {%- set behind = '[' ~ blanks ~ '>;,.]+$' -%}
    nullif(regexp_replace(regexp_replace(lower({{ expression }}), '{{ before }}', ''), '{{ behind }}', ''), '')
{%- endmacro %}

{# Whether a normalised address has the shape of RFC 5321: one @, dots only between atoms, a dotted host. #}
{% macro is_email_shaped(expression) -%}
    (
        {{ matches(expression, '^[^ @,;:<>()"]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]([a-z0-9-]*[a-z0-9])$') }}
        and {{ expression }} not like '.%'
        and {{ expression }} not like '%..%'
        and {{ expression }} not like '%.@%'
    )
{%- endmacro %}

{# The domain above a domain: `acme.com` of `emea.acme.com`. #}
{% macro parent_domain(expression) -%}
    regexp_replace({{ expression }}, '^[^.]+[.]', '')
{%- endmacro %}

{# A company name for comparing: no punctuation, no legal form at the end. #}
{% macro normalize_company(expression) -%}
    {%- set forms = 'incorporated|inc|corporation|corp|company|co|limited|ltd|llc|llp|lp|plc|gmbh|mbh|ag|kg|ug|se|sa|'
        ~ 'sas|sarl|srl|spa|bv|nv|oy|oyj|ab|asa|aps|pty|pte|kk|holding|holdings|'
        ~ 's a|s a s|s a r l|s r l|s p a|b v|n v|a s|l l c|l l p|p l c' -%}
    {%- set words = replace_all('lower(' ~ expression ~ ')', "[.,&()/]|''", ' ') -%}
    {%- set spaced = "' ' || trim(" ~ replace_all(words, '[ -]+', ' ') ~ ") || ' '" -%}
    nullif(trim(regexp_replace({{ spaced }}, '( ({{ forms }}))+ $', '')), '')
{%- endmacro %}

{# Path segments and values that hold an e-mail address never reach a mart. #}
{% macro mask_emails(expression) -%}
    {{ replace_all(expression, '[^/?&= ]*(@|%40)[^/?&= ]*', '(redacted)') }}
{%- endmacro %}

{#
  A normalised address as its provider reads it: `providers` is the joined row of the seed email_providers (all null
  when the provider is not governed, so that nothing is folded).
#}
{% macro email_folded(expression, providers) -%}
    {%- set local = split_part(expression, '@', 1) -%}
    {%- set untagged -%}
        case when {{ providers }}.folds_plus_tags then {{ split_part(local, '+', 1) }} else {{ local }} end
    {%- endset -%}
    case when {{ providers }}.folds_dots then replace({{ untagged }}, '.', '') else {{ untagged }} end
        || '@' || coalesce({{ providers }}.canonical_domain, {{ split_part(expression, '@', 2) }})
{%- endmacro %}

{# A text that sorts file names as people read them: `li_9`, `li_10`; `stats.csv`, `stats (1).csv`. #}
{% macro natural_order(expression) -%}
    {{ adapter.dispatch('natural_order', 'touchstone')(expression) }}
{%- endmacro %}

{#- No engine pads within a text: every number gets 20 zeros in front, then all but its last 20 digits go. -#}
{% macro default__natural_order(expression) -%}
    {%- set stem = "regexp_replace(lower(" ~ expression ~ "), '([.][a-z]+)+$', '')" -%}
    {%- set padded = "regexp_replace(" ~ stem ~ ", '([0-9]+)', '" ~ '0' * 20 ~ "\\1', 'g')" -%}
    regexp_replace({{ padded }}, '[0-9]*([0-9]{20})', '\1', 'g')
{%- endmacro %}

{% macro spark__natural_order(expression) -%}
    {%- set stem = "regexp_replace(lower(" ~ expression ~ "), '([.][a-z]+)+$', '')" -%}
    {%- set padded = "regexp_replace(" ~ stem ~ ", '([0-9]+)', '" ~ '0' * 20 ~ "$1')" -%}
    regexp_replace({{ padded }}, '[0-9]*([0-9]{20})', '$1')
{%- endmacro %}

{# The values of a group as one text, in the order of `order_by`, parted by the literal `delimiter`; nulls are left out. #}
{% macro listed(expression, delimiter, order_by) -%}
    {{ adapter.dispatch('listed', 'touchstone')(expression, delimiter, order_by) }}
{%- endmacro %}

{% macro default__listed(expression, delimiter, order_by) -%}
    string_agg({{ expression }}, '{{ delimiter }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__listed(expression, delimiter, order_by) -%}
    listagg({{ expression }}, '{{ delimiter }}') within group (order by {{ order_by }})
{%- endmacro %}

{#
  The values that `listed` made one text of: a from-clause item, one row per value, columns `item` and `item_position`,
  which counts up. Use as: from x cross join {{ '{{' }} listed_rows('x.path', ' > ') {{ '}}' }}
#}
{% macro listed_rows(expression, delimiter) -%}
    {{ adapter.dispatch('listed_rows', 'touchstone')(expression, delimiter) }}
{%- endmacro %}

{% macro default__listed_rows(expression, delimiter) -%}
    unnest(string_split({{ expression }}, '{{ delimiter }}')) with ordinality as listed (item, item_position)
{%- endmacro %}

{% macro spark__listed_rows(expression, delimiter) -%}
    lateral posexplode(split({{ expression }}, '{{ delimiter }}')) as listed (item_position, item)
{%- endmacro %}

{# Whether the regex in the column `pattern`, as a seed has it, is found in `expression`. #}
{% macro matches_rule(expression, pattern) -%}
    {{ adapter.dispatch('matches_rule', 'touchstone')(expression, pattern) }}
{%- endmacro %}

{% macro default__matches_rule(expression, pattern) -%}
    regexp_matches({{ expression }}, {{ pattern }})
{%- endmacro %}

{% macro spark__matches_rule(expression, pattern) -%}
    ({{ expression }} rlike {{ pattern }})
{%- endmacro %}

{# What stands before the first character of markup. #}
{% macro before_markup(expression) -%}
    {{ replace_all(expression, '[<>"`].*$', '') }}
{%- endmacro %}

{# A UTM value, or the name of a campaign, for comparing: what stands before markup, in lower case with single blanks. #}
{% macro taxonomy_value(expression) -%}
    {{ normalize_text(before_markup(expression)) }}
{%- endmacro %}

{# Texts of the rows of a window in one. `window` is the text in `over (...)`, ordered. #}
{% macro running_text(expression, window) -%}
    {{ adapter.dispatch('running_text', 'touchstone')(expression, window) }}
{%- endmacro %}

{% macro default__running_text(expression, window) -%}
    string_agg({{ expression }}, '') over ({{ window }})
{%- endmacro %}

{% macro spark__running_text(expression, window) -%}
    array_join(collect_list({{ expression }}) over ({{ window }}), '')
{%- endmacro %}
