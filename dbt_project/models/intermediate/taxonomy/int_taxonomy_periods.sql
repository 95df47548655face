-- Grain: one row per period of unchanged taxonomy, as reporting dates [valid_from, valid_to).
with

{% set registers = [
    'approved_domains', 'campaign_register', 'campaign_type_channels', 'channels', 'naming_parts',
    'naming_vocabularies', 'registered_forms', 'source_categories', 'taxonomy_rules', 'utm_aliases', 'utm_mediums', 'utm_sources',
] -%}
changes as (
    {% for register in registers -%}
        select valid_from as changed_on from {{ ref(register) }}
        union
        select valid_to from {{ ref(register) }}
        union
    {% endfor -%}
    select cast('1900-01-01' as date)
)

select
    changed_on as valid_from,
    lead(changed_on) over (order by changed_on) as valid_to
from changes
where changed_on is not null
