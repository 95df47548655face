"""What people and connectors do in Salesforce: tasks, meetings, and the users who write them."""

# A call that was made, a mail that was logged, what the integration's user writes, and a note to call that stays open.
TASK = """
    select ts as _at, id as "Id", crm_id as "WhoId", '{nobody}' as "WhatId",
        {writer} as "OwnerId", {writer} as "CreatedById",
        ['Call: first contact', 'Email: follow up', '{integration_name}: Interesting Moment',
            'Call back', 'Follow up'][kind + 1] as "Subject",
        case kind when 3 then 'Not Started' else 'Completed' end as "Status",
        ['Call', 'Email', 'Other', 'Call', 'Call'][kind + 1] as "Type",
        case kind when 0 then 'Outbound' end as "CallType",
        kind <> 3 as "IsClosed", day_text(case kind when 3 then ts + 259200 else ts end) as "ActivityDate",
        case when kind <> 3 then iso_millis(ts) end as "CompletedDateTime", iso_millis(ts) as "CreatedDate",
        iso_millis(ts) as "LastModifiedDate", false as "IsDeleted"
    from tasks join task_ids using (task) where kind < 5
"""

# A meeting is booked for three days later. Where nobody will come it is deleted the day before.
EVENT = """
    select v.ts as _at, '00U' || substr(id, 4) as "Id", crm_id as "WhoId", '{nobody}' as "WhatId",
        owner_id as "OwnerId", owner_id as "CreatedById", 'Meeting: product tour' as "Subject", 'Meeting' as "Type",
        day_text(v.starts_at) as "ActivityDate", iso_millis(v.starts_at) as "StartDateTime",
        iso_millis(v.starts_at + 1800) as "EndDateTime", iso_millis(t.ts) as "CreatedDate",
        iso_millis(v.ts) as "LastModifiedDate", v.is_gone as "IsDeleted"
    from tasks t join task_ids using (task)
    join (
        select task, ts, ts + case kind when 5 then 259200 else 0 end as starts_at, false as is_gone from tasks
        union all select task, ts + 172800, ts + 259200, true from tasks where kind = 5
    ) v using (task)
    where t.kind in (5, 6) and v.ts < cut()
"""

USER = """
    select {epoch} + day * 86400 + 20000 as _at, s.id as "Id", case kind when 0 then first_name || ' ' || last_name
        when 1 then 'Queue ' || territory when 2 then '{integration_name}' else 'Marketing Ops' end as "Name",
        case kind when 0 then 'Standard User' when 3 then 'Salesforce API Only System Integrations' end
            as "ProfileName",
        case kind
            when 0 then lower(strip_accents(first_name)) || '.' || staff || '@northwind-metrics.example' end as "Email",
        left_day is null or day < left_day as "IsActive",
        case kind when 1 then 'Queue' else 'Standard' end as "UserType",
            zone as "TimeZoneSidKey", case when kind < 2 then territory end as "Territory__c",
        null as "ManagerId", null as "UserRoleId", iso_millis({epoch}) as "CreatedDate",
            iso_millis({epoch} + day * 86400 + 20000) as "SystemModstamp"
    from staff s join (select 0 as day union all select distinct left_day from staff
        where left_day is not null) on true
"""
