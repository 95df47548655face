-- Business hours of a region that overlap would count twice: two rows of a weekday, or a shift that runs into the next.
select
    region,
    local_date,
    opens_at,
    closes_at
from {{ ref('int_business_days') }}
where open_seconds < 0 or closes_at > next_opens_at
