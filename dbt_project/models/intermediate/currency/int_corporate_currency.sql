-- Grain: at most one row: the system whose word counts on currencies, and the corporate currency that it names.
-- Two systems may contradict each other: the CRM counts, unless another alone tells rates.
with

roles as (select * from {{ ref('int_system_roles') }} where system_role = 'crm'),

told as (
    select system, false as is_corporate, cast(null as string) as currency_code, 1 as rate_count
    from {{ ref('conversion_rates') }}
    union
    select system, is_corporate, currency_code, 0
    from {{ ref('currencies') }}
),

tellers as (
    select
        told.system,
        max(case when told.is_corporate then told.currency_code end) as currency_code,
        row_number() over (
            order by
                max(told.rate_count) desc,
                max(case when roles.system is not null then 1 else 0 end) desc,
                told.system asc
        ) as system_position
    from told
    left join roles on told.system = roles.system
    group by told.system
)

select
    system,
    currency_code
from tellers
where system_position = 1
