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

owners as (
    select opportunity_id, 'person' as member_kind, person_id as member_id from sold
    union all
    select opportunity_id, 'account', account_id from sold
),

-- Where accounts are held back the deal is its account's; elsewhere that of the person whom it began with.
claimed as (
    select
        owners.opportunity_id,
        members.experiment_id,
        members.unit_value,
        row_number() over (
            partition by owners.opportunity_id, members.experiment_id
            order by
                case
                    when (experiments.unit_kind = 'account') = (members.member_kind = 'account') then 1
                    else 2
                end,
                members.unit_value
        ) as place
    from owners
    inner join members on owners.member_kind = members.member_kind and owners.member_id = members.member_id
    inner join experiments on members.experiment_id = experiments.experiment_id
)

select
    claimed.experiment_id,
    claimed.opportunity_id,
    claimed.unit_value,
    sold.created_date,
    sold.won_date,
    sold.amount_usd,
    sold.won_amount_usd
from claimed
inner join sold on claimed.opportunity_id = sold.opportunity_id
where claimed.place = 1
