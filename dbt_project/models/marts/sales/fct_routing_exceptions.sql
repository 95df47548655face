-- Grain: one row per MQL pass and kind of routing exception.
with

exceptions as (select * from {{ ref('int_routing_exceptions') }}),

defect_kinds as (select * from {{ ref('defect_kinds') }})

select
    exceptions.routing_exception_id,
    exceptions.mql_pass_id,
    exceptions.person_id,
    exceptions.pass_number,
    exceptions.exception_kind,
    exceptions.record_id,
    {{ or_unknown('exceptions.owner_id') }} as owner_id,
    {{ safe_text(mask_emails('exceptions.detail')) }} as detail,
    defect_kinds.owner as responsible_owner,
    defect_kinds.remedy,
    {{ reporting_date('exceptions.mql_at') }} as mql_date,
    exceptions.mql_at,
    exceptions.occurred_at
from exceptions
inner join defect_kinds on exceptions.defect_kind = defect_kinds.defect_kind
