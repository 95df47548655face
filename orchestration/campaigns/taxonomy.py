"""The taxonomy on values that no extract holds yet: the SQL of the marts, on tables in memory."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import duckdb

from orchestration.campaigns.rendering import macro, render
from orchestration.ingestion.ledger import literal
from orchestration.policy import rules
from orchestration.settings import SEEDS

# Each of them reads seeds, those before it, and the two tables that stand for what the extracts told.
MODELS = ("int_taxonomy_periods", "int_naming_patterns", "int_taxonomy_registry", "int_taxonomy_findings")
READ_SEEDS = (
    "approved_domains", "campaign_register", "campaign_type_channels", "channels", "check_owners", "naming_parts",
    "naming_vocabularies", "registered_forms", "repair_kinds", "source_categories", "system_roles", "taxonomy_rules",
    "utm_aliases", "utm_mediums", "utm_sources",
)  # fmt: skip
# As int_taxonomy_findings tells a misspelling.
MOST_EDITS, LETTERS_PER_EDIT = 2, 5
CAMPAIGNS = "system varchar, utm_campaign varchar, source_campaign_id varchar, is_known_by_id boolean"
VALUES = "field varchar, value varchar, judged_on date, has_register boolean"


@dataclass(frozen=True, order=True)
class Value:
    """What stands in a field ('' where nothing does), and the day by whose rules it is judged."""

    field: str
    value: str
    judged_on: date


@dataclass(frozen=True)
class Rule:
    """A row of the seed taxonomy_rules."""

    rule: str
    severity: str
    owner: str
    description: str
    remedy: str


@dataclass(frozen=True)
class Finding:
    """A rule that a value breaks, and what was meant where that can be told."""

    value: Value
    rule: str
    broken_part: str | None
    suggested_value: str | None
    repair_kind: str | None
    confidence: float | None


class Taxonomy:
    """Seeds and the campaigns that systems hold, as the models read them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._rules: dict[date, dict[str, Rule]] = {}

    def register(self, names: Collection[str]) -> None:
        """Take further names for campaigns that somebody registers."""
        rows = [("plan", name, name, False) for name in sorted(names)]
        if rows:
            self._connection.executemany("insert into int_campaigns_united values (?, ?, ?, ?)", rows)

    @property
    def registered(self) -> int:
        """How many rows the seed campaign_register has."""
        return len(self.rows("campaign_register"))

    @property
    def owners(self) -> list[str]:
        """Who may own something."""
        return [str(row["owner"]) for row in self.rows("check_owners")]

    @property
    def known_names(self) -> set[str]:
        """Campaigns that somebody registered or a system holds, as links name them."""
        registered = {str(row["campaign_name"]) for row in self.rows("campaign_register")}
        held = self._connection.execute("select distinct utm_campaign from int_campaigns_united").fetchall()
        return registered | {str(name) for (name,) in held}

    def alike(self, names: Collection[str], *, on: date) -> list[tuple[str, str]]:
        """Pairs of names that may be one campaign: a letter, a swap or, in long ones, two apart.

        Names that differ in digits alone, or in parts that are each of a vocabulary, are two campaigns. Reads what
        `judge` made of the seeds.
        """
        if len(names) < 2:
            return []
        return self._connection.execute(
            f"""
            with named as (
                select
                    given.name,
                    list(regexp_extract(given.name, prefix_pattern, 1) order by position) as parts,
                    list(regexp_extract(given.name, prefix_pattern, 1) order by position) filter (not is_open) as closed
                from (select unnest($names) as name) as given
                cross join int_naming_patterns
                where valid_from <= $day and (valid_to is null or $day < valid_to)
                group by given.name
            ),
            pairs as (
                select a.name as one, b.name as other, {macro("typing_distance", "a.name", "b.name")} as edits
                from named as a
                inner join named as b on
                    a.name < b.name
                    and (a.closed = b.closed or list_contains(a.parts, '') or list_contains(b.parts, ''))
                    and regexp_replace(a.name, '[0-9]', '', 'g') <> regexp_replace(b.name, '[0-9]', '', 'g')
            )
            select one, other from pairs
            where edits <= {MOST_EDITS} and edits * {LETTERS_PER_EDIT} <= length(one)
            order by all
            """,
            {"names": [*names], "day": on},
        ).fetchall()

    def wrong_part(self, name: str, part: str, *, on: date) -> tuple[str, list[str]]:
        """What a name holds where a part of it is wrong, and the values that the part may have; none when many.

        Reads what `judge` made of the seeds.
        """
        ((rest, separator, vocabulary),) = self._connection.execute(
            """
            with held as (
                select
                    patterns.part,
                    lag(patterns.prefix_pattern) over (order by patterns.position) as before,
                    lead(parts.separator) over (order by patterns.position) as separator,
                    parts.vocabulary
                from int_naming_patterns as patterns
                inner join naming_parts as parts
                    on patterns.part = parts.part
                    and parts.valid_from <= $day and (parts.valid_to is null or $day < parts.valid_to)
                where patterns.valid_from <= $day and (patterns.valid_to is null or $day < patterns.valid_to)
            )
            select
                substring($name, 1 + length(coalesce(regexp_extract($name, before, 0), ''))), separator, vocabulary
            from held where part = $part
            """,
            {"name": name.lower(), "part": part, "day": on},
        ).fetchall()
        held = [row for row in self.rows("naming_vocabularies", on=on) if row["vocabulary"] == vocabulary]
        text = str(rest).partition(str(separator))[0] if separator else str(rest)
        return text, sorted(str(row["value"]) for row in held)

    @property
    def known_campaigns(self) -> int:
        """How many campaigns the systems hold."""
        return self._connection.execute("select count(*) from int_campaigns_united").fetchall()[0][0]

    def rules_on(self, day: date) -> dict[str, Rule]:
        """The rules that hold on a day, by name."""
        if day not in self._rules:
            told = [field.name for field in fields(Rule)]
            held = self.rows("taxonomy_rules", on=day)
            self._rules[day] = {str(row["rule"]): Rule(*(str(row[name]) for name in told)) for row in held}
        return self._rules[day]

    def rows(self, seed: str, *, on: date | None = None) -> list[dict[str, object]]:
        """The rows of one of the seeds that the taxonomy reads; of a day, those that hold on it."""
        relation = self._connection.table(seed)
        if on is not None:
            relation = relation.filter(f"valid_from <= date '{on}' and (valid_to is null or date '{on}' < valid_to)")
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    def judge(self, values: Collection[Value]) -> list[Finding]:
        """Every rule that one of the values breaks."""
        self._connection.execute("delete from int_taxonomy_values")
        rows = [(value.field, value.value, value.judged_on) for value in sorted(set(values))]
        if not rows:
            return []
        self._connection.executemany("insert into int_taxonomy_values values (?, ?, ?, true)", rows)
        for model in MODELS:
            self._connection.execute(f"create or replace table {model} as {render(model)}")
        found = self._connection.execute("""
            select
                field, value, judged_on, rule, broken_part, suggested_value, repair_kind, repair_confidence
            from int_taxonomy_findings
            order by all
        """).fetchall()
        return [Finding(Value(*row[:3]), *row[3:]) for row in found]


@contextmanager
def opened(published: Path | None = None, *, seeds: Path = SEEDS) -> Iterator[Taxonomy]:
    """The taxonomy of the seeds, beside the campaigns of the publication where there is one."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        described = rules.read(seeds)
        for seed in READ_SEEDS:
            _read_seed(connection, seeds / f"{seed}.csv", described[seed])
        connection.execute(f"create table int_campaigns_united ({CAMPAIGNS})")
        connection.execute(f"create table int_taxonomy_values ({VALUES})")
        if published and published.exists():
            connection.execute(f"attach {literal(str(published))} as published (read_only)")
            connection.execute("""
                insert into int_campaigns_united
                select
                    system, utm_campaign, source_campaign_id,
                    is_delivered
                    and system in (select system from system_roles where system_role = 'ads')
                    and regexp_full_match(source_campaign_id, '[0-9]+')
                from published.marts.dim_campaign_records
            """)
            connection.execute("detach published")
        yield Taxonomy(connection)


def _read_seed(connection: duckdb.DuckDBPyConnection, path: Path, seed: rules.Seed) -> None:
    """A seed as a table, its columns by name and typed as its rules say."""
    types = {"string": "varchar", "decimal": "decimal(18, 6)"}
    columns = ", ".join(
        f'cast("{name}" as {types.get(column.data_type, column.data_type)}) as "{name}"'
        for name, column in seed.columns.items()
    )
    connection.execute(
        f"create table {seed.name} as select {columns} "
        f"from read_csv({literal(str(path))}, header = true, delim = ',', quote = '\"', all_varchar = true)"
    )
