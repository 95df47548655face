"""Velir's GA4 cases that our models have a counterpart for.

Without counterpart: derived session and user properties (no mart publishes them), page conversions and the first and
last event of a user (we count conversions by session and keep no attribute of a user's last event).
"""

from collections.abc import Callable

import duckdb

from tests.models.conftest import shared_data

Compile = Callable[..., str]
Database = duckdb.DuckDBPyConnection


def load(database: Database, table: str, name: str) -> None:
    """A case file as table `table`, all text."""
    database.execute(
        f"create table {table} as select * from read_csv(?, all_varchar = true)",
        [str(shared_data(f"velir_ga4/{name}"))],
    )


def test_last_non_direct_source(compile_sql: Compile, database: Database) -> None:
    """Each direct session has the source of the client's last other session."""
    case = "stg_ga4__sessions_traffic_sources_last_non_direct_daily"
    load(database, "given", f"{case}/mock_stg_ga4__sessions_traffic_sources_daily_csv.csv")
    load(database, "expected", f"{case}/expected_csv.csv")
    database.execute("""
        create table int_web_sessions as
        select
            session_partition_key as session_id, 'ga4' as system, client_key as client_id,
            session_partition_key as traffic_key,
            cast(to_timestamp(cast(session_partition_timestamp as bigint)) as timestamp) as session_start_at,
            cast(to_timestamp(cast(session_partition_timestamp as bigint)) as timestamp) as session_end_at,
            session_source as tagged_source, session_medium as tagged_medium, session_campaign as campaign,
            null::varchar as click_id_type, null as referrer_host, null as landing_page_host,
            null as landing_page_path, null as device_category, null as country, 1 as event_count, 1 as page_view_count,
            0 as conversion_count
        from given
    """)
    database.execute("""
        create table int_traffic_channels as
        select
            session_partition_key as traffic_key, date '1900-01-01' as valid_from, null::date as valid_to,
            session_source as source, session_medium as medium, session_campaign as campaign,
            case when session_source = '(direct)' then 'Direct' else session_default_channel_grouping end as channel
        from given
    """)
    database.execute("create table int_person_records (record_type varchar, record_id varchar, person_id varchar)")
    database.execute(f"create table found as {compile_sql(model='int_web_sessions_attributed')}")
    wrong = database.execute("""
        select *
        from expected
        full join found on expected.session_partition_key = found.session_id
        where
            expected.last_non_direct_source is distinct from found.last_non_direct_source
            or expected.last_non_direct_medium is distinct from found.last_non_direct_medium
            or expected.last_non_direct_campaign is distinct from found.last_non_direct_campaign
            or expected.last_non_direct_default_channel_grouping is distinct from found.last_non_direct_channel
    """).fetchall()
    assert wrong == []


def test_user_id_mapping(compile_sql: Compile, database: Database) -> None:
    """A client's person is the last user id seen in it; a client without one has none."""
    load(database, "given", "stg_Ga4__user_id_mapping/mock_stg_ga4__events_csv.csv")
    load(database, "expected", "stg_Ga4__user_id_mapping/expected_csv.csv")
    database.execute("""
        create table web_events as
        select
            'ga4' as system, client_key as client_id, user_id,
            make_timestamp(cast(event_timestamp as bigint)) as occurred_at
        from given
    """)
    database.execute("""
        create table people (
            system varchar, record_type varchar, record_id varchar, web_client_id varchar, created_at timestamp
        )
    """)
    database.execute("""
        create table form_fills (
            system varchar, source_record_id varchar, person_record_id varchar, email varchar, web_client_id varchar,
            filled_at timestamp
        )
    """)
    database.execute(
        "create table email_providers "
        "(email_domain varchar, canonical_domain varchar, folds_dots boolean, folds_plus_tags boolean)"
    )
    found = database.execute(f"""
        select linked_system_record_id, client_id, cast(epoch_us(evidence_at) as varchar)
        from ({compile_sql(model="int_web_clients_linked")})
        order by client_id
    """).fetchall()
    assert found == database.execute("select * from expected order by client_key").fetchall()


def test_query_string_params(compile_sql: Compile, database: Database) -> None:
    """Parameters of a query string; one without a value is null with us, as an empty text is."""
    load(database, "given", "stg_ga4__event_to_query_string_params/PARAMS_CSV.csv")
    load(database, "expected", "stg_ga4__event_to_query_string_params/EXPECTED_CSV.csv")
    values = compile_sql(
        inline="""
        select event_key, {{ url_param('page_query_string', 'param1') }} as param1,
            {{ url_param('page_query_string', 'param2') }} as param2
        from given
        """
    )
    wrong = database.execute(f"""
        select *
        from expected
        inner join ({values}) as found on expected.event_key = found.event_key
        where nullif(expected.value, '') is distinct from case expected.param when 'param1' then param1 else param2 end
    """).fetchall()
    assert wrong == []


def test_session_conversions(compile_sql: Compile, database: Database) -> None:
    """Conversions by session and day, whatever characters the event's name has; a session without any has 0."""
    case = "stg_ga4__session_conversions_daily"
    load(database, "expected", f"{case}/expected_csv.csv")
    sessions = compile_sql(model="int_web_sessions")
    for number, mock in enumerate(("mock_stg_ga4__events_csv.csv", "mock_stg_ga4__nonstandard_events_csv.csv")):
        load(database, f"given_{number}", f"{case}/{mock}")
        database.execute(f"""
            create or replace table web_events as
            select
                cast(row_number() over () as varchar) as event_id, 'ga4' as system, session_key as client_id,
                event_name, cast(event_date_dt as timestamp) as occurred_at, null::varchar as source,
                null::varchar as medium, null::varchar as campaign, null::varchar as click_id_type,
                null::varchar as outside_referrer_host, false as is_tagged, null::varchar as page_host,
                null::varchar as page_path, null::varchar as device_category, null::varchar as country,
                0 as content_number
            from given_{number}
        """)
        database.execute("""
            create or replace table conversion_events as
            select event_name from (values ('my_conversion'), ('my-conversion')) as names (event_name)
        """)
        found = database.execute(f"""
            select client_id, cast(cast(session_start_at as date) as varchar), cast(conversion_count as varchar)
            from ({sessions})
            order by all
        """).fetchall()
        assert (
            found
            == database.execute(
                "select session_key, session_partition_date, my_conversion_count from expected order by all"
            ).fetchall()
        )
