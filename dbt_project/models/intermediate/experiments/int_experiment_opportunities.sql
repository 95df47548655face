-- Grain: one row per experiment and opportunity of one of its units.
with

experiments as (select * from {{ ref('int_experiments') }}),

members as (select * from {{ ref('int_experiment_members') }}),

opportunities as (select * from {{ ref('int_opportunities_united') }} where not coalesce(is_deleted, false)),

amounts as (select * from {{ ref('int_opportunity_amounts') }}),

primary_people as (select * from {{ ref('int_opportunity_people') }} where is_primary),

resolved as (select * from {{ ref('int_accounts_resolved') }}),

sold as (
    select
        opportunities.opportunity_id,
        {{ reporting_date('opportunities.created_at') }} as created_date,
        amounts.won_date,
        amounts.amount_usd,
        amounts.won_amount_usd,
        primary_people.person_id,
        resolved.account_id
    from opportunities
    inner join amounts on opportunities.opportunity_id = amounts.opportunity_id
    left join primary_people on opportunities.opportunity_id = primary_people.opportunity_id
    left join resolved on opportunities.account_record_id = resolved.account_record_id
),

-- Where accounts are held back the deal is its account's, elsewhere that of the person whom it began with: also when
-- that one is in no unit. Only where nobody knows the one it is the other's.
owners as (
    {% for is_of_account, kinds in [('true', ['account', 'person']), ('false', ['person', 'account'])] -%}
        select
            opportunity_id,
            {{ is_of_account }} as is_of_account,
            case when {{ kinds[0] }}_id is null then '{{ kinds[1] }}' else '{{ kinds[0] }}' end as member_kind,
            coalesce({{ kinds[0] }}_id, {{ kinds[1] }}_id) as member_id
        from sold
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    members.experiment_id,
    sold.opportunity_id,
    members.unit_value,
    sold.created_date,
    sold.won_date,
    sold.amount_usd,
    sold.won_amount_usd
from owners
inner join members on owners.member_kind = members.member_kind and owners.member_id = members.member_id
inner join experiments
    on
        members.experiment_id = experiments.experiment_id
        and owners.is_of_account = (experiments.unit_kind = 'account')
inner join sold on owners.opportunity_id = sold.opportunity_id
