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
        coalesce(resolved.account_id, opportunities.account_record_id) as account_id
    from opportunities
    inner join amounts on opportunities.opportunity_id = amounts.opportunity_id
    left join primary_people on opportunities.opportunity_id = primary_people.opportunity_id
    left join resolved on opportunities.account_record_id = resolved.account_record_id
),

-- Where accounts are held back the deal is its account's; elsewhere that of the person whom it began with.
claimed as (
    select
        sold.*,
        members.experiment_id,
        members.unit_value,
        row_number() over (
            partition by sold.opportunity_id, members.experiment_id
            order by
                case
                    when (experiments.unit_kind = 'account') = (members.member_kind = 'account') then 1
                    else 2
                end,
                members.unit_value
        ) as place
    from sold
    inner join members
        on
            (members.member_kind = 'person' and sold.person_id = members.member_id)
            or (members.member_kind = 'account' and sold.account_id = members.member_id)
    inner join experiments on members.experiment_id = experiments.experiment_id
)

select
    experiment_id,
    opportunity_id,
    unit_value,
    created_date,
    won_date,
    amount_usd,
    won_amount_usd
from claimed
where place = 1
