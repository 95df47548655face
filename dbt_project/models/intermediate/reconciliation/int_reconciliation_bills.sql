-- Grain: one row per won deal of the CRM and per standing bill, with its class; a bill of a won deal shares the deal's.
-- Without a delivery of billing there is none.
{%- set verdicts = {
    'as_won': ('matched', 'What is billed is the amount of the deal'),
    'no_rate': ('linked_field_drift', 'Amount unknown: no rate for '),
    'promised': ('in_flight', 'The promise of billing is not over'),
    'scheduled': ('in_flight', 'Its first bill is written for a later day'),
    'rest_scheduled': ('in_flight', 'Billed in part, and the rest is written for later days'),
    'in_part': ('in_flight', 'Billed in part so far'),
    'ruled_out': ('excluded_by_sync_rule', 'A rule says that deals of this CRM are not billed here'),
    'nothing_to_bill': ('excluded_by_sync_rule', 'Its amount is nought'),
    'never': ('crm_only', 'No bill of it stands, and the promise of billing is over'),
    'taken_back': ('crm_only', 'What was billed of it is credited, and the promise of billing is over'),
    'drafted': ('crm_only', 'Its bills are drafts that nobody issued, and the promise of billing is over'),
    'no_amount': ('linked_field_drift', 'It is billed, and its amount is empty in the CRM'),
    'beyond': ('linked_field_drift', 'Billed beyond its amount'),
    'credited': ('linked_field_drift', 'Billed, and credited below its amount'),
    'below': ('linked_field_drift', 'Billed below its amount, and the time for further bills is over'),
} %}
with

deals as (select * from {{ ref('int_billed_deals') }}),

bills as (select * from {{ ref('int_bills') }} where is_standing),

deal_bills as (select * from {{ ref('int_deal_bills') }}),

records as (select * from {{ ref('int_opportunity_records') }}),

versions as (select * from {{ ref('opportunities') }}),

united as (select * from {{ ref('int_opportunities_united') }} where not is_deleted),

rules as (select * from {{ ref('sync_rules') }} where record_type = 'invoice' and who_syncs = 'none'),

ruled as (
    select distinct rules.from_system as system
    from rules
    inner join {{ ref('int_system_roles') }} as roles on rules.to_system = roles.system and roles.system_role = 'crm'
),

terms as (select max(case when term = 'lag_days' then value end) as lag_days from {{ ref('billing_terms') }}),

told as (
    select coalesce(max(delivered_until), {{ as_of() }}) as told_until
    from {{ ref('int_role_delivered_until') }}
    where record_kind = 'opportunity' and system_role = 'crm'
),

-- When what a bill names went: by the last version that says so, or by its merge.
gone as (
    select
        records.opportunity_record_id,
        case
            when max(case when records.is_merged_away then 1 else 0 end) = 1 then max(records.updated_at)
            else min(case when versions.is_deleted then versions.valid_from end)
        end as gone_at
    from records
    inner join versions on records.opportunity_record_id = versions.opportunity_id
    where records.is_deleted or records.is_merged_away
    group by records.opportunity_record_id
),

deals_judged as (
    select
        *,
        case verdict
            {% for verdict, (class, reason) in verdicts.items() -%}
                when '{{ verdict }}' then '{{ class }}'
            {% endfor -%}
        end as reconciliation_class,
        case verdict
            {% for verdict, (class, reason) in verdicts.items() -%}
                when '{{ verdict }}' then '{{ reason }}' {{- " || unrated_currency" if verdict == 'no_rate' }}
            {% endfor -%}
        end as reason,
        case
            when bill_count > 0
                then
                    'Amount: CRM ' || coalesce(cast(amount as string) || ' ' || currency_code, 'empty') || ', billed '
                    || case
                        when unrated_currency is null then cast(settled_amount as string) || ' ' || currency_code
                        else 'an unknown sum'
                    end || ' in ' || cast(bill_count as string)
                    || case when bill_count = 1 then ' bill' else ' bills' end
            when draft_amount > 0 then 'Drafts: ' || cast(draft_amount as string) || ' ' || currency_code
            when scheduled_amount > 0
                then 'For later days: ' || cast(scheduled_amount as string) || ' ' || currency_code
        end as shown,
        case
            when verdict = 'taken_back' then greatest(promised_at, billed_at)
            when verdict in ('never', 'drafted') then promised_at
            when bill_count > 0 and verdict in ('no_amount', 'beyond', 'credited')
                then greatest(won_at, billed_at, amount_changed_at)
            when verdict = 'below' then greatest(billed_at, amount_changed_at, part_until_at)
            when bill_count > 0 then greatest(won_at, billed_at)
            else won_at
        end as since_at
    from deals
),

-- A bill that names no deal may mean the one of its customer and amount that nobody billed; a person must say so.
meant as (
    select bills.bill_id, min(deals.opportunity_id) as opportunity_id
    from bills
    inner join deals
        on
            bills.account_id = deals.account_id
            and bills.amount = deals.amount
            and bills.currency_code = deals.currency_code
    where bills.link_state = 'none' and deals.bill_count = 0
    group by bills.bill_id
    having count(*) = 1
),

bills_placed as (
    select
        bills.*,
        deal_bills.first_bill_id,
        coalesce(deal_bills.is_duplicate, false) as is_duplicate,
        deal_bills.billed_at,
        deals.reconciliation_class as class_of_deal,
        deals.reason as reason_of_deal,
        case
            when deals.opportunity_id is not null then deals.shown
            when meant.opportunity_id is not null
                then 'Of its customer and amount, and billed by nothing: ' || meant.opportunity_id
        end as shown,
        deals.since_at as since_of_deal,
        united.is_won,
        united.is_closed,
        gone.gone_at,
        ruled.system is not null as is_ruled_out,
        told.told_until,
        {{ add_seconds('bills.issued_at', '86400 * terms.lag_days') }} as promised_at
    from bills
    left join deal_bills on bills.bill_id = deal_bills.bill_id
    left join deals_judged as deals on bills.opportunity_id = deals.opportunity_id
    left join meant on bills.bill_id = meant.bill_id
    left join united on bills.opportunity_id = united.opportunity_id
    left join gone on bills.opportunity_record_id = gone.opportunity_record_id
    left join ruled on bills.system = ruled.system
    cross join terms
    cross join told
),

bills_judged as (
    select
        *,
        case
            when link_state = 'unknown' and linked_at + interval '{{ var("sync_sla_hours") }}' hour > told_until
                then 'not_yet_delivered'
            when link_state in ('unknown', 'merged', 'deleted', 'several') then link_state
            when is_duplicate then 'duplicate'
            when class_of_deal is not null then 'of_deal'
            when is_ruled_out then 'ruled_out'
            when is_won then 'elsewhere'
            when is_closed then 'lost'
            when promised_at > told_until and link_state = 'none' then 'no_deal_yet'
            when promised_at > told_until then 'before_the_win'
            when link_state = 'none' then 'no_deal'
            else 'open'
        end as verdict
    from bills_placed
)

select
    'crm' as system_role,
    system,
    'opportunity' as record_type,
    opportunity_id as record_id,
    opportunity_id,
    created_at,
    reconciliation_class,
    reason,
    first_bill_id as counterpart_record_id,
    first_bill_id as paired_record_id,
    case when reconciliation_class = 'linked_field_drift' then 'Amount' end as differing_fields,
    shown as evidence,
    since_at,
    won_amount_usd as amount_usd,
    case
        when reconciliation_class = 'crm_only' then abs(won_amount_usd)
        when reconciliation_class in ('linked_field_drift', 'in_flight') and amount = 0 then abs(settled_usd)
        when reconciliation_class in ('linked_field_drift', 'in_flight')
            then cast(
                round(
                    abs(cast(amount - settled_amount as double)) * abs(cast(won_amount_usd as double)) / size, 2
                ) as decimal(18, 2)
            )
    end as at_stake_usd
from deals_judged
union all
select
    'billing',
    system,
    invoice_kind,
    bill_id,
    opportunity_id,
    issued_at,
    case verdict
        when 'of_deal' then class_of_deal
        when 'duplicate' then 'double_linked'
        when 'ruled_out' then 'excluded_by_sync_rule'
        when 'not_yet_delivered' then 'in_flight'
        when 'before_the_win' then 'in_flight'
        when 'no_deal_yet' then 'in_flight'
        when 'elsewhere' then 'map_only'
        when 'lost' then 'map_only'
        when 'open' then 'map_only'
        when 'no_deal' then 'map_only'
        when 'several' then 'map_only'
        else 'linked_to_merged_or_deleted'
    end,
    case verdict
        when 'of_deal' then reason_of_deal
        when 'duplicate' then 'Another bill of the deal has its kind, amount and day: ' || first_bill_id
        when 'ruled_out' then 'A rule says that its bills belong to no deal'
        when 'not_yet_delivered' then 'No extract holds its deal yet'
        when 'before_the_win' then 'Its deal is not won, and the promise of billing is not over'
        when 'no_deal_yet' then 'It names no deal, and the promise of billing is not over'
        when 'elsewhere' then 'Its deal is of a system that is not the CRM'
        when 'lost' then 'Its deal was lost'
        when 'open' then 'Its deal is not won'
        when 'no_deal' then 'It names no deal'
        when 'several' then 'It names several deals, and nobody sees what of its sum is whose'
        when 'unknown' then 'Its deal was never delivered'
        when 'merged' then 'Its deal was merged into another'
        else 'Its deal was deleted'
    end,
    case
        when verdict = 'duplicate' then first_bill_id
        else coalesce(opportunity_record_id, named_opportunity_id)
    end,
    case when verdict = 'of_deal' then opportunity_id end,
    case when verdict = 'of_deal' and class_of_deal = 'linked_field_drift' then 'Amount' end,
    case when verdict in ('of_deal', 'no_deal', 'no_deal_yet') then shown end,
    case
        when verdict = 'of_deal' then greatest(since_of_deal, issued_at)
        when verdict in ('merged', 'deleted') then greatest(coalesce(gone_at, linked_at), linked_at)
        when verdict in ('unknown', 'not_yet_delivered', 'several') then linked_at
        when verdict in ('open', 'no_deal') then promised_at
        when verdict = 'duplicate' then billed_at
        else issued_at
    end,
    amount_usd,
    case when verdict not in ('of_deal', 'ruled_out') then abs(amount_usd) end
from bills_judged
