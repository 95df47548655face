-- One rate per currency and day: mixed_currency.
select
    earlier.currency_code,
    earlier.start_date,
    earlier.end_date,
    later.start_date as next_start_date
from {{ ref('int_currency_rates') }} as earlier
inner join {{ ref('int_currency_rates') }} as later
    on
        earlier.currency_code = later.currency_code
        and earlier.start_date < later.start_date
        and earlier.end_date > later.start_date
