"""The GA4 channel rules on published cases."""

from collections.abc import Callable

import duckdb

from tests.models.conftest import shared_data

CASES = "channel_grouping_cases_corrected.csv"


def test_channel_grouping_cases(compile_sql: Callable[..., str], database: duckdb.DuckDBPyConnection) -> None:
    """All 30 cases; lower-cased as traffic values are in the models, the seed's rules not applied."""
    path = shared_data(CASES)
    database.execute("create table cases as select * from read_csv(?, all_varchar = true)", [str(path)])
    grouped = compile_sql(
        inline="""
        select *, {{ channel_group('lower(source)', 'lower(medium)', 'lower(campaign)', 'source_category') }} as channel
        from cases
        """
    )
    wrong = database.execute(f"select * from ({grouped}) where channel is distinct from expected_channel").fetchall()
    assert wrong == []
    assert database.execute("select count(*) from cases").fetchall() == [(30,)]
