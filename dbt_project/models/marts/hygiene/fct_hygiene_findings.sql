-- Grain: one row per record, hygiene rule that it breaks and field.
{%- set personal = ['email_normalized', 'phone_digits', 'first_name', 'last_name'] %}
with

judgements as (select * from {{ ref('int_hygiene_judgements') }} where is_broken),

records as (select * from {{ ref('int_hygiene_records') }}),

asked as (select * from {{ ref('int_hygiene_rules_asked') }})

select
    {{ hash_key([
        'judgements.system', 'judgements.record_type', 'judgements.record_id', 'judgements.rule', 'judgements.field',
    ]) }} as hygiene_finding_id,
    asked.dimension,
    judgements.rule,
    judgements.system,
    judgements.record_type,
    {{ safe_text(mask_emails('judgements.record_id')) }} as record_id,
    judgements.field,
    case
        when judgements.field in ({{ "'" ~ personal | join("', '") ~ "'" }}) then {{ masked_shape('judgements.value') }}
        else {{ safe_text(mask_emails('judgements.value')) }}
    end as shown_value,
    records.person_id,
    records.owner as owner_id,
    records.channel,
    records.region as territory,
    records.segment,
    {{ safe_text(mask_emails('records.lead_source')) }} as lead_source,
    asked.owner,
    asked.remedy
from judgements
inner join records
    on
        judgements.system = records.system
        and judgements.record_type = records.record_type
        and judgements.record_id = records.record_id
inner join asked
    on
        judgements.system = asked.system
        and judgements.record_type = asked.record_type
        and judgements.rule = asked.rule
        and judgements.field = asked.field
