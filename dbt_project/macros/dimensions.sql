{# The column that joins each dimension, and each fact that others point to. #}
{% macro dimension_keys() -%}
    {{ return({
        'dim_accounts': 'account_id',
        'dim_campaign_records': 'campaign_record_id',
        'dim_campaigns': 'campaign_id',
        'dim_channels': 'channel',
        'dim_dates': 'calendar_date',
        'dim_owners': 'owner_id',
        'dim_people': 'person_id',
        'dim_stages': 'stage',
        'dim_territories': 'territory',
        'fct_consent_ledger': 'consent_change_id',
        'fct_defect_history': 'defect_id',
        'fct_opportunities': 'opportunity_id',
        'fct_speed_to_lead': 'mql_pass_id',
        'fct_touchpoints': 'touchpoint_id',
    }) }}
{%- endmacro %}

{# The key of the member of a dimension that stands for what nobody knows. #}
{% macro or_unknown(key) -%}
    coalesce({{ key }}, 'unknown')
{%- endmacro %}
