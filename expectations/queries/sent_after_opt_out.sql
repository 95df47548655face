-- Grain: one row per Marketo e-mail sent to a lead whose last word before it was an opt-out.
with

preferences as (
    select
        lead_id,
        activity_date as stated_at,
        activity_type_id = 9 as is_opt_out
    from raw_marketo.activities
    where
        activity_type_id = 9
        or (
            activity_type_id = 13
            and lower(primary_attribute_value) = 'unsubscribed'
            -- The new value, whether the attributes are an object or a list of name and value.
            and regexp_matches(
                coalesce('new value":' || new_value, attributes), 'new value"[,: ]*("value"[: ]*)?"?(false|0)', 'i'
            )
        )
),

sends as (
    select distinct
        marketo_guid as id,
        lead_id,
        activity_date,
        primary_attribute_value
    from raw_marketo.activities
    where activity_type_id = 6
)

select
    sends.id as activity_id,
    sends.lead_id,
    sends.activity_date as sent_at,
    sends.primary_attribute_value as email_name,
    preferences.stated_at as opted_out_at
from sends
asof inner join preferences on sends.lead_id = preferences.lead_id and sends.activity_date > preferences.stated_at
where preferences.is_opt_out
order by sent_at desc, activity_id
