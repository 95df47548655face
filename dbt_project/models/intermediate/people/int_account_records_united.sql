-- Grain: one row per account record of a system: the last that its versions say of each field.
{%- set fields = [
    'account_name', 'website', 'industry', 'account_type', 'country', 'state', 'employee_count',
    'annual_revenue_amount', 'owner_id',
] %}
with

versions as (select * from {{ ref('accounts') }}),

country_names as (select * from {{ ref('country_names') }}),

known as (
    select
        account_record_id,
        system,
        record_id,
        {% for field in fields + custom_fields('accounts').keys() | list -%}
            {{ newest_known(field) }} as {{ field }},
        {% endfor -%}
        {% for field in ['parent_record_id', 'merged_into_record_id', 'linked_record_id'] -%}
            max(case when is_newest then {{ field }} end) as {{ field }},
        {% endfor -%}
        coalesce({{ newest_known('is_deleted') }}, false) as is_deleted,
        min(created_at) as created_at,
        max(updated_at) as updated_at
    from versions
    group by account_record_id, system, record_id
)

select
    known.account_record_id,
    known.system,
    known.record_id,
    {% for field in fields + custom_fields('accounts').keys() | list if field != 'country' -%}
        known.{{ field }},
    {% endfor -%}
    coalesce(country_names.country, trim(known.country)) as country,
    known.parent_record_id,
    known.merged_into_record_id,
    known.linked_record_id,
    known.is_deleted,
    known.created_at,
    known.updated_at,
    {{ site_domain('known.website') }} as domain,
    {{ normalize_company('known.account_name') }} as account_name_normalized
from known
left join country_names on {{ country_spelling('known.country') }} = country_names.spelling
