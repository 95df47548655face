-- Grain: one row per won deal of the CRM while a system that bills is delivered: what is billed of it by the night, and
-- the verdict on both sums. What was billed since its last delivery nobody knows.
with

billing_systems as (select count(*) as system_count from {{ ref('int_billing_systems') }}),

crm_systems as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

deals as (select * from {{ ref('int_opportunities_united') }} where is_won and not is_deleted),

amounts as (select * from {{ ref('int_opportunity_amounts') }}),

accounts as (select * from {{ ref('int_accounts_resolved') }}),

history as (select * from {{ ref('int_opportunity_history') }}),

bills as (select * from {{ ref('int_deal_bills') }} where not is_duplicate),

announced as (select * from {{ ref('int_bills') }} where bill_state in ('draft', 'scheduled')),

rules as (select * from {{ ref('sync_rules') }} where record_type = 'opportunity' and who_syncs = 'none'),

ruled as (
    select distinct rules.from_system
    from rules
    inner join {{ ref('int_billing_systems') }} as ruled_systems on rules.to_system = ruled_systems.system
),

terms as (
    select
        max(case when term = 'lag_days' then value end) as lag_days,
        max(case when term = 'part_billing_days' then value end) as part_billing_days
    from {{ ref('billing_terms') }}
),

told as (
    select coalesce(max(delivered_until), {{ as_of() }}) as told_until
    from {{ ref('int_role_delivered_until') }}
    where record_kind = 'invoice'
),

billed as (
    select
        opportunity_id,
        count(*) as bill_count,
        min(bill_id) as first_bill_id,
        max(tolerance) as tolerance,
        min(unrated_currency) as unrated_currency,
        sum(amount_of_deal) as settled_amount,
        sum(amount_usd) as settled_usd,
        sum(case when amount_of_deal > 0 then amount_of_deal else 0 end) as invoiced_amount,
        sum(case when amount_of_deal < 0 then amount_of_deal else 0 end) as credited_amount,
        max(billed_at) as billed_at
    from bills
    group by opportunity_id
),

coming as (
    select
        opportunity_id,
        sum(case when bill_state = 'scheduled' then amount else 0 end) as scheduled_amount,
        sum(case when bill_state = 'draft' then amount else 0 end) as draft_amount
    from announced
    where opportunity_id is not null
    group by opportunity_id
),

amount_changes as (
    select opportunity_id, max(valid_from) as amount_changed_at
    from (
        select
            opportunity_id,
            valid_from,
            amount,
            lag(amount) over (partition by opportunity_id order by valid_from) as amount_before
        from history
    ) as followed
    where amount <> amount_before
    group by opportunity_id
),

measured as (
    select
        deals.opportunity_id,
        deals.system,
        accounts.account_id,
        deals.created_at,
        deals.amount,
        deals.currency_code,
        amounts.won_date,
        amounts.won_amount_usd,
        {{ day_start('amounts.won_date') }} as won_at,
        coalesce(amount_changes.amount_changed_at, {{ day_start('amounts.won_date') }}) as amount_changed_at,
        coalesce(billed.bill_count, 0) as bill_count,
        billed.first_bill_id,
        billed.tolerance,
        billed.unrated_currency,
        coalesce(billed.settled_amount, 0) as settled_amount,
        coalesce(billed.settled_usd, 0) as settled_usd,
        abs(cast(deals.amount as double)) as size,
        case when deals.amount < 0 then -1 else 1 end * cast(coalesce(billed.settled_amount, 0) as double)
            as settled_size,
        coalesce(
            case
                when deals.amount < 0 then -cast(billed.credited_amount as double)
                else cast(billed.invoiced_amount as double)
            end, 0
        ) as gross_size,
        billed.billed_at,
        coalesce(coming.scheduled_amount, 0) as scheduled_amount,
        coalesce(coming.draft_amount, 0) as draft_amount,
        ruled.from_system is not null as is_ruled_out,
        told.told_until,
        {{ add_seconds(day_start('amounts.won_date'), '86400 * terms.lag_days') }} as promised_at,
        {{ add_seconds(day_start('amounts.won_date'), '86400 * terms.part_billing_days') }} as part_until_at
    from deals
    inner join crm_systems on deals.system = crm_systems.system
    inner join amounts on deals.opportunity_id = amounts.opportunity_id
    left join accounts on deals.account_record_id = accounts.account_record_id
    left join billed on deals.opportunity_id = billed.opportunity_id
    left join coming on deals.opportunity_id = coming.opportunity_id
    left join amount_changes on deals.opportunity_id = amount_changes.opportunity_id
    left join ruled on deals.system = ruled.from_system
    cross join terms
    cross join told
    cross join billing_systems
    where billing_systems.system_count > 0
),

-- Of a deal that takes money back the credit notes are what bills it.
sized as (
    select *, bill_count = 0 or (size > 0 and settled_size <= tolerance) as is_unbilled
    from measured
)

select
    *,
    case
        when bill_count = 0 and is_ruled_out then 'ruled_out'
        when bill_count = 0 and amount = 0 then 'nothing_to_bill'
        when bill_count > 0 and amount is null then 'no_amount'
        when unrated_currency is not null then 'no_rate'
        when bill_count > 0 and abs(settled_size - size) <= tolerance then 'as_won'
        when bill_count > 0 and settled_size > size then 'beyond'
        when is_unbilled and promised_at > told_until then 'promised'
        when is_unbilled and scheduled_amount > 0 then 'scheduled'
        when is_unbilled and draft_amount > 0 then 'drafted'
        when bill_count = 0 then 'never'
        when is_unbilled then 'taken_back'
        when gross_size >= size - tolerance then 'credited'
        when settled_size + cast(scheduled_amount as double) >= size - tolerance then 'rest_scheduled'
        when part_until_at > told_until then 'in_part'
        else 'below'
    end as verdict
from sized
