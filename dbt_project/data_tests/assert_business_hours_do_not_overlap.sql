-- Business hours of a region that overlap would count twice: two rows of a weekday, or a shift that runs into the next.
{{ config(meta={
    'owner': 'revenue_operations',
    'meaning': 'Business hours of a region overlap, so waits of sales count the same hour twice.',
    'remedy': 'Correct the rows of the region and weekday in seeds/business_calendars.csv.',
}) }}
select
    region,
    local_date,
    opens_at,
    closes_at
from {{ ref('int_business_days') }}
where open_seconds < 0 or closes_at > next_opens_at
