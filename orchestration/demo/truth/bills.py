"""Truth of what finance bills: the class of each won deal and of each bill that stands on the last day."""

# The promise of seeds/billing_terms.csv; a day written without a time begins at midnight.
PROMISE = 30 * 86400

QUERIES = {
    "billing_records": f"""
        with standing as (
            select b.*, day_number(b.ts) * 86400 + epoch() as issued_at
            from bills b
            where b.ts < cut() and not b.is_draft and coalesce(b.voided_at >= cut(), true) and {{has_billing}}
        ),
        won as (
            select d.deal, d.record, w.way, epoch() + d.close_day * 86400 + {PROMISE} > morning() as is_promised,
                count(s.bill) as bill_count, count(s.bill) filter (where s.kind = 'credit_note') as credit_count
            from truth_deals d join bill_ways w using (deal) left join standing s using (deal)
            where d.is_won and d.closed_at is not null and d.deleted_at is null and {{has_billing}}
            group by all
        ),
        won_classes as (
            select *, case
                    when bill_count = 0 then case when is_promised then 'in_flight' else 'crm_only' end
                    when way = 'instalments' and bill_count < 3 then 'in_flight'
                    when way = 'beyond' or credit_count > 0 then 'linked_field_drift'
                    else 'matched'
                end as billing_class
            from won
        )
        select record as record_id, billing_class from won_classes
        union all
        select 'billing:' || s.bill, case
                when s.nowhere_id is not null and s.ts + 86400 <= morning() or d.deleted_at is not null
                    then 'linked_to_merged_or_deleted'
                when s.nowhere_id is not null then 'in_flight'
                when c.way = 'twice' and s.bill like '%-2' then 'double_linked'
                when c.billing_class is not null then c.billing_class
                when d.closed_at is not null or s.issued_at + {PROMISE} <= morning() then 'map_only'
                else 'in_flight'
            end
        from standing s left join deals d using (deal) left join won_classes c using (deal)
    """,
}
