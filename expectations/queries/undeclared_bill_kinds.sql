-- Grain: one row per kind of bills that no row of seeds/bill_kinds.csv knows, with the row to add.
{%- macro spelled(text) -%} regexp_replace(lower({{ text }}), '[ _\t-]+', '', 'g') {%- endmacro %}
select
    bills.kind,
    count(distinct bills.id) as bill_count,
    min(bills.id) as example,
    lower(bills.kind) || ',<invoice, credit_note or none>,finance,' as row_to_add
from raw_billing.invoices as bills
left join seeds.bill_kinds as known on {{ spelled('bills.kind') }} = {{ spelled('known.kind') }}
where bills.kind is not null and known.kind is null
group by bills.kind
