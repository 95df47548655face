-- Grain: one row per status of bills that no row of seeds/bill_statuses.csv knows, with the row to add.
{%- macro spelled(text) -%} regexp_replace(lower({{ text }}), '[ _\t-]+', '', 'g') {%- endmacro %}
select
    bills.status,
    count(distinct bills.id) as bill_count,
    min(bills.id) as example,
    lower(bills.status) || ',<draft, billed, uncollectible or void>,<paid, unpaid or empty>,' as row_to_add
from raw_billing.invoices as bills
left join seeds.bill_statuses as known on {{ spelled('bills.status') }} = {{ spelled('known.status') }}
where bills.status is not null and known.status is null
group by bills.status
