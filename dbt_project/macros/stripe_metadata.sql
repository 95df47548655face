{# The names under which companies write the CRM's id of a deal or an account on Stripe's objects. #}
{% macro stripe_metadata_keys() -%}
    {{ return({
        'opportunity': [
            'salesforce_opportunity_id', 'sfdc_opportunity_id', 'crm_opportunity_id', 'opportunity_id',
            'hubspot_deal_id', 'deal_id',
        ],
        'account': ['salesforce_account_id', 'sfdc_account_id', 'crm_account_id', 'hubspot_company_id'],
    }) }}
{%- endmacro %}

{# The id of a `kind` (opportunity or account) that metadata holds: the first of its names that is filled. #}
{% macro stripe_metadata_id(metadata, kind) -%}
    coalesce(
        {%- for key in stripe_metadata_keys()[kind] %}
        nullif(trim({{ json_text(metadata, key) }}), ''){{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
