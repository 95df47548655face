-- Exactly one primary person, or primary_person_id would be a matter of luck.
select
    opportunity_id,
    sum(case when is_primary then 1 else 0 end) as primary_count
from {{ ref('int_opportunity_people') }}
where is_held
group by opportunity_id
having sum(case when is_primary then 1 else 0 end) <> 1
