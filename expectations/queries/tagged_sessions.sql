-- Grain: one row per session of the last 90 days that came by a tagged link. GA4 names untagged ones in parentheses.
select
    session_id,
    session_date,
    source,
    medium,
    campaign
from marts.fct_sessions
where campaign is not null and campaign not like '(%' and session_start_at >= {{ as_of }} - interval 90 days
