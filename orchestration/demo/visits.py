"""Visits as the tag saw them: spelled, tagged, refused, lost; and which browsers named their person."""

from orchestration.demo.journeys import SECONDS_A_FORM, SECONDS_A_PAGE
from orchestration.demo.vocabulary import PAGES

_landing = "['" + "', '".join(PAGES) + "'][1 + token % " + str(len(PAGES)) + "]"

# Source, medium, what is written into the link, and the page before, as assistants send visitors.
ASSISTANTS = (
    ("chatgpt.com", None, "utm_source=chatgpt.com", "https://chatgpt.com/"),
    ("perplexity.ai", "referral", None, "https://www.perplexity.ai/"),
    ("chatgpt.com", "ai-assistant", None, "https://chatgpt.com/"),
    (None, None, None, "https://www.perplexity.ai/"),
)


def _struct(parts: tuple[str | None, ...]) -> str:
    names = ("source", "medium", "query", "referrer")
    cells = (
        f"'{name}': " + (f"'{part}'" if part else "null::varchar") for name, part in zip(names, parts, strict=True)
    )
    return "{" + ", ".join(cells) + "}"


_assistants = "[" + ", ".join(map(_struct, ASSISTANTS)) + "]"

QUERY = f"""
    create table visits as
    with tagged as (
        select s.*, p.known_at, b.empty_id, l.lead, l.user_id, k.client_id, k.says_user, h.name as channel_name,
            h.click_id,
            c.name as campaign_name, h.source, h.medium,
            h.is_tagged and not (s.no_utm and h.click_id is not null) as has_utm, h.click_id is not null
                and (s.has_click_id or s.no_utm) as shows_click,
            -- Of a name that nobody registered nobody can say that it is misspelled.
            case when h.is_tagged and not (s.no_utm and h.click_id is not null)
                and not (s.utm_fault = 1 and not coalesce(c.is_registered, true)) then s.utm_fault else -1 end as fault,
            d.day is null or (not d.is_outage and s.lost_draw > 0.8) as reaches_tag, p.refuses_cookies,
            s.token % {len(PAGES)} as first_page
        from sessions s
        join people p using (person)
        join dirt b using (person)
        join clients k using (client)
        join channels h using (channel)
        left join campaigns c on c.campaign_number = s.campaign
        left join primary_leads l using (person)
        left join web_days d on d.day = day_number(s.ts)
    ),
    spelled as (
        select * exclude (source, medium, campaign_name), campaign_name as governed_campaign,
            case when fault = 0 and utm_variant = 2 then upper(left(source, 1)) || substr(source, 2)
                else source end as utm_source,
            case when fault = 0 and utm_variant = 1 then upper(medium) else medium end as utm_medium,
            case when fault = 0 and utm_variant = 0 then upper(campaign_name) when fault = 1 then left(campaign_name,
                6 + token % 4) || substr(campaign_name, 8 + token % 4)
                when fault = 2 then campaign_name || '"><script>alert(1)</script>'
                    else campaign_name end as utm_campaign,
            case when shows_click then click_id || '=' || case click_id when 'gclid' then 'EAIaIQob'
                when 'fbclid' then 'IwAR0' else 'b7' end || token end as click,
            case when channel_name = 'ai_assistant' then {_assistants}[1 + token % {len(ASSISTANTS)}] end as asks
        from tagged
    )
    select session, person, lead, mailing, user_id, client, client_id, ts,
        greatest(ts - case when form >= 0 then {SECONDS_A_PAGE} * pages + {SECONDS_A_FORM} else 0 end,
            epoch() + day_number(ts) * 86400) as started_at, form, pages, channel, channel_name, campaign,
        known_at, first_page, token, empty_id,
        -- Who refuses cookies is seen, and not told from anybody else.
        reaches_tag and not refuses_cookies as is_recorded, reaches_tag and refuses_cookies as is_anonymous,
        fault, utm_variant, has_utm, shows_click, governed_campaign, {_landing} as path,
        case when has_utm then utm_source when asks is not null then asks.source
            when channel_name = 'organic_search' then 'google'
            when channel_name in ('organic_social', 'linkedin') then 'linkedin.com'
            when channel_name = 'referral' then 'softwarecompare.example'
                when channel_name = 'meta' then 'facebook.com' when click_id = 'gclid' then 'google' end as source,
        case when has_utm then utm_medium when asks is not null then asks.medium
            when channel_name = 'organic_search' or click_id = 'gclid' then 'organic'
            when channel_name <> 'direct' then 'referral' end as medium,
        case when has_utm then utm_campaign when asks is not null then null
            when channel_name = 'organic_search' or click_id = 'gclid' then '(organic)'
            when channel_name <> 'direct' then '(referral)' end as campaign_param,
        case when shows_click and click_id = 'gclid' then substr(click, 7) end as gclid,
        concat_ws('&', case when has_utm then concat('utm_source=', utm_source, '&utm_medium=', utm_medium,
            '&utm_campaign=',
            replace(utm_campaign, '"><script>alert(1)</script>', '%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E')) end,
                asks.query, click) as query,
        case when asks is not null then asks.referrer
            when channel_name in ('direct', 'email', 'partner') then '' when channel_name in ('linkedin',
            'organic_social') then 'https://www.linkedin.com/'
            when channel_name = 'meta' then 'https://l.facebook.com/'
                when channel_name = 'referral' then 'https://www.softwarecompare.example/'
            else 'https://www.google.com/' end as referrer
    from spelled;
    create table client_users as
    with forms as (select client, person, min(ts) as ts from visits where form >= 0 and is_recorded group by all)
    select f.client, f.ts, k.says_user from forms f join clients k using (client)
"""
