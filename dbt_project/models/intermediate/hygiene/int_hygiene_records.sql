-- Grain: one row per record that hygiene is judged of: it stands, neither deleted nor merged away; what a converted one
-- lacks, that which it became tells. The human whom records of all systems make up is one too, of system `all`.
with

person_records as (
    select * from {{ ref('int_person_records') }}
    where is_delivered and not is_deleted and not is_merged_away
),

united as (select * from {{ ref('int_person_records_united') }} where converted_record_id is null),

maps as (select * from {{ ref('int_system_roles') }} where system_role = 'map'),

survived as (select * from {{ ref('int_people_survived') }}),

person_breakdowns as (select * from {{ ref('int_people_breakdowns') }}),

accounts as (select * from {{ ref('int_account_records_united') }} where not is_deleted),

resolved as (select * from {{ ref('int_accounts_resolved') }}),

segmented as (select * from {{ ref('int_accounts_segmented') }}),

opportunities as (
    select * from {{ ref('int_opportunity_records') }}
    where not coalesce(is_deleted, false) and not is_merged_away
),

opportunity_people as (select * from {{ ref('int_opportunity_people') }} where is_primary),

owners as (select * from {{ ref('int_sales_owners') }}),

acts as (select * from {{ ref('int_hygiene_acts') }}),

-- Members, touches and form fills: whose they are, they themselves say.
placed_acts as (
    select
        acts.system,
        acts.record_type,
        acts.record_id,
        min(person_records.person_id) as person_id,
        min(acts.owner_id) as owner_id
    from acts
    left join person_records on acts.person_record_id = person_records.person_record_id
    group by acts.system, acts.record_type, acts.record_id
),

of_people as (
    select
        'person_record' as record_kind,
        person_records.system,
        person_records.record_type,
        person_records.person_record_id as record_id,
        person_records.person_id,
        person_records.lead_source,
        person_records.owner_id
    from person_records
    inner join united on person_records.person_record_id = united.person_record_id
    union all
    -- As the list of a marketing platform has it.
    select
        'recipient' as record_kind,
        person_records.system,
        'recipient' as record_type,
        person_records.person_record_id as record_id,
        person_records.person_id,
        person_records.lead_source,
        person_records.owner_id
    from person_records
    inner join united on person_records.person_record_id = united.person_record_id
    inner join maps on person_records.system = maps.system
    where person_records.email_normalized is not null
    union all
    select
        'person' as record_kind,
        'all' as system,
        'person' as record_type,
        people.person_id as record_id,
        people.person_id,
        survived.lead_source,
        cast(null as string) as owner_id
    from (select distinct person_id from person_records) as people
    left join survived on people.person_id = survived.person_id
    union all
    select
        record_type as record_kind,
        system,
        record_type,
        record_id,
        person_id,
        cast(null as string) as lead_source,
        owner_id
    from placed_acts
),

breakdowns as (
    select
        {% for breakdown in ['channel', 'segment', 'region', 'owner'] -%}
            max(case when breakdown = '{{ breakdown }}' then breakdown_value end) as {{ breakdown }},
        {% endfor -%}
        person_id
    from person_breakdowns
    group by person_id
),

described as (
    select
        of_people.record_kind,
        of_people.system,
        of_people.record_type,
        of_people.record_id,
        of_people.person_id,
        of_people.lead_source,
        breakdowns.channel,
        breakdowns.segment,
        breakdowns.region,
        of_people.owner_id,
        breakdowns.owner as owner_of_person
    from of_people
    left join breakdowns on of_people.person_id = breakdowns.person_id
    union all
    select
        'account',
        accounts.system,
        'account',
        accounts.account_record_id,
        cast(null as string),
        cast(null as string),
        cast(null as string),
        segmented.segment,
        segmented.region,
        accounts.owner_id,
        cast(null as string)
    from accounts
    inner join segmented on accounts.account_record_id = segmented.account_id
    union all
    select
        'opportunity',
        opportunities.system,
        'opportunity',
        opportunities.opportunity_record_id,
        opportunity_people.person_id,
        opportunities.lead_source,
        breakdowns.channel,
        segmented.segment,
        segmented.region,
        opportunities.owner_id,
        breakdowns.owner
    from opportunities
    left join resolved on opportunities.account_record_id = resolved.account_record_id
    left join segmented on resolved.account_id = segmented.account_id
    left join opportunity_people on opportunities.opportunity_id = opportunity_people.opportunity_id
    left join breakdowns on opportunity_people.person_id = breakdowns.person_id
)

-- Who sells owns records; another system's owner is nobody there, so that its person's is asked.
select
    described.record_kind,
    described.system,
    described.record_type,
    described.record_id,
    {% for breakdown in ['lead_source', 'channel', 'segment', 'region'] -%}
        {{ or_unknown('described.' ~ breakdown) }} as {{ breakdown }},
    {% endfor -%}
    coalesce(owners.owner_id, described.owner_of_person, 'unknown') as owner,
    described.person_id
from described
left join owners on described.owner_id = owners.owner_id
