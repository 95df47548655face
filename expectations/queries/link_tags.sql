-- Grain: one row per source and medium that links of the last 35 days carry, and whether the last 7 days do.
-- Read from the text of the parameters, in which some exports write & and = as JSON may.
{%- macro parameter(name) -%}
    nullif(lower(trim(try(url_decode(
        replace(regexp_extract(said, '[?&](?i:{{ name }})=([^&#" \\]*)', 1), '+', ' ')
    )))), '')
{%- endmacro %}
with

links as (
    select
        replace(replace(event_params, '\u0026', '&'), '\u003d', '=') as said,
        {{ cursor }} > {{ as_of }} - interval 7 days as is_recent
    from {{ table }}
    where {{ cursor }} > {{ as_of }} - interval 35 days and {{ cursor }} <= {{ as_of }} and event_params like '%utm_%'
)

select
    {{ parameter('utm_source') }} as source,
    {{ parameter('utm_medium') }} as medium,
    is_recent,
    coalesce(medium in (
        {%- for medium in parameters['register.utm_medium'] %}'{{ medium | replace("'", "''") }}'{{ ", " if not loop.last }}{% endfor -%}
    ), false) as is_known,
    count(*) as event_count
from links
where medium is not null
group by all
