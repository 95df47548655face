-- Grain: one row per form submission.
with

submissions as (select * from {{ ref('stg_hubspot__form_submissions') }} where not coalesce(is_deleted, false)),

recipients as (select * from {{ ref('hubspot__recipients') }})

select
    submissions.form_submission_id as source_record_id,
    coalesce('hubspot:contact:' || cast(submissions.contact_id as string), recipients.person_record_id)
        as person_record_id,
    case when submissions.contact_id is null then {{ normalize_email('submissions.email') }} end as email,
    submissions.submitted_at as filled_at,
    submissions.form_name,
    submissions.filled_fields,
    submissions.page_url as tagged_url,
    submissions.ga_client_id as web_client_id
from submissions
left join recipients on {{ normalize_email('submissions.email') }} = recipients.email
