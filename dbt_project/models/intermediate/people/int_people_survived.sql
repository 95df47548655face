-- Grain: one row per person: each attribute from the record that the survivorship rules prefer, newest first. Of
-- addresses that they rank alike one that a record of the person lists beside its own comes last.
{%- set attributes = [
    'email', 'first_name', 'last_name', 'phone', 'company_name', 'country', 'state', 'industry', 'job_title',
    'lead_source',
] %}
{%- set custom = custom_fields('people') %}
{%- set spelled = {'email': 'email_normalized', 'phone': 'phone_digits'} %}
with

records as (select * from {{ ref('int_person_records') }} where is_delivered),

rules as (select * from {{ ref('survivorship_rules') }}),

listed as (
    select distinct records.person_id, further_addresses.email_normalized
    from {{ ref('int_further_addresses') }} as further_addresses
    inner join records on further_addresses.person_record_id = records.person_record_id
),

held as (
    {% for attribute in attributes + custom.keys() | list %}
        select
            person_id,
            person_record_id,
            system,
            record_type,
            is_deleted or is_merged_away as is_gone,
            updated_at,
            '{{ attribute }}' as attribute,
            cast({{ spelled.get(attribute, attribute) }} as string) as held_value,
            {{ 'not is_email_valid' if attribute == 'email' else 'false' }} as is_doubtful
        from records
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        held.person_id,
        held.attribute,
        held.held_value,
        row_number() over (
            partition by held.person_id, held.attribute
            order by
                held.is_doubtful asc, held.is_gone asc, rules.priority asc nulls last,
                case when listed.email_normalized is null then 1 else 2 end asc, held.updated_at desc nulls last,
                held.person_record_id asc
        ) as value_rank
    from held
    left join rules
        on held.attribute = rules.attribute and held.system = rules.system and held.record_type = rules.record_type
    left join listed
        on
            held.attribute = 'email' and held.person_id = listed.person_id
            and held.held_value = listed.email_normalized
    where held.held_value is not null
),

final as (
    select
        {% for attribute in attributes %}
            max(case when attribute = '{{ attribute }}' then held_value end) as {{ attribute }},
        {% endfor %}
        {% for name, data_type in custom.items() %}
            cast(max(case when attribute = '{{ name }}' then held_value end) as {{ data_type }}) as {{ name }},
        {% endfor %}
        person_id
    from ranked
    where value_rank = 1
    group by person_id
)

select * from final
