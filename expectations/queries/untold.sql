-- Grain: one row: how many statuses of members nobody gives a meaning.
select count(*) as status_count from ({% include 'untold_responses.sql' %})
