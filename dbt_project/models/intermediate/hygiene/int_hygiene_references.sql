-- Grain: one row per record and kind of record that it names: its person, account or campaign.
-- is_found: what it names was delivered, deleted since or not; null where it names none, or where of that kind and
-- system nothing was delivered, so that nothing can be missing.
with

records as (select * from {{ ref('int_hygiene_records') }}),

person_records as (select * from {{ ref('int_person_records') }} where is_delivered),

accounts as (select * from {{ ref('int_account_records_united') }}),

campaigns as (select distinct campaign_id from {{ ref('campaigns') }}),

opportunities as (select * from {{ ref('int_opportunity_records') }}),

acts as (select * from {{ ref('int_hygiene_acts') }}),

delivered as (
    select
        'person' as field,
        person_record_id as value,
        system || ':' || record_type as kind
    from person_records
    union all
    select 'account', account_record_id, system from accounts
    union all
    select 'campaign', campaign_id, {{ split_part('campaign_id', ':', 1) }} from campaigns
),

kinds as (select distinct field, kind from delivered),

named as (
    select
        records.system, records.record_type, records.record_id, 'account' as field,
        person_records.account_record_id as value
    from records
    inner join person_records on records.record_id = person_records.person_record_id
    where records.record_kind = 'person_record'
    union all
    select records.system, records.record_type, records.record_id, 'account', opportunities.account_record_id
    from records
    inner join opportunities on records.record_id = opportunities.opportunity_record_id
    where records.record_kind = 'opportunity'
    union all
    select system, record_type, record_id, 'person', person_record_id from acts
    union all
    select system, record_type, record_id, 'campaign', campaign_id from acts
    where record_type = 'campaign_member'
),

of_kind as (
    select
        *,
        case
            when field = 'person'
                then {{ split_part('value', ':', 1) }} || ':' || {{ split_part('value', ':', 2) }}
            else {{ split_part('value', ':', 1) }}
        end as kind
    from named
),

looked_up as (
    select
        of_kind.*,
        case when kinds.kind is not null then delivered.value is not null end as is_found
    from of_kind
    left join kinds on of_kind.field = kinds.field and of_kind.kind = kinds.kind
    left join delivered on of_kind.field = delivered.field and of_kind.value = delivered.value
)

-- Of several people that a meeting was with, one who was delivered is enough.
select
    system,
    record_type,
    record_id,
    field,
    max_by(value, case when is_found then 2 else 1 end) as value,
    max(case when is_found then 1 when not is_found then 0 end) = 1 as is_found
from looked_up
group by system, record_type, record_id, field
