"""What a model lacks to have rows, by its SQL."""

import pytest

from orchestration.checking.rows import Rows


def rows(loaded: set[str], **models: str) -> Rows:
    """Models by name, each made of those before it; `people` and `spend` are entities."""
    nodes = {
        f"model.x.{name}": {"name": name, "resource_type": "model", "raw_code": code} for name, code in models.items()
    }
    nodes["seed.x.days"] = {"name": "days", "resource_type": "seed", "raw_code": ""}
    parents = {node: [*nodes][:number] for number, node in enumerate(nodes)}
    return Rows({"nodes": nodes, "parent_map": parents}, loaded, entities={"people", "spend"})


PEOPLE = "select * from {{ source('crm', 'lead') }}"
SPEND = "with s as (select * from {{ newest(source('ads', 'stats'), kept={'a': 'b'}) }})\n\nselect * from s"


@pytest.mark.parametrize(
    ("code", "lacks"),
    [
        ("select * from {{ ref('people') }}", []),
        ("select * from {{ ref('spend') }}", ["spend"]),
        ("select * from {{ ref('people') }} as p left join {{ ref('spend') }} as s on p.a = s.a", []),
        ("select * from {{ ref('people') }} as p inner join {{ ref('spend') }} as s on p.a = s.a", ["spend"]),
        ("select * from {{ ref('spend') }} union all select * from {{ ref('people') }}", []),
        ("select * from {{ ref('spend') }}\nunion all\nselect 'unknown', null", []),
        ("with a as (select * from {{ ref('spend') }}), b as (select (1 + 2) from a) select * from b", ["spend"]),
        ("select * from (select * from {{ ref('spend') }}) as s", ["spend"]),
        ("-- from {{ ref('people') }}\nselect 'from x' from {{ ref('spend') }}", ["spend"]),
        ("select a from {{ ref('people') }} where a in (select a from {{ ref('spend') }})", []),
        ("with a as (select * from {{ ref('spend') }}) {{ rows_to_replace('a', 'key') }}", ["spend"]),
        ("select * from {{ ref('spend') }} union all select * from {{ this }}", ["spend"]),
        ("select * from {{ ref('days') }} cross join {{ ref('people') }}", []),
        ("{% if x %}select * from {{ ref('spend') }}{% endif %}", ["spend"]),
    ],
)
def test_rows_come_from_what_is_selected_and_joined_inner(code: str, lacks: list[str]) -> None:
    assert sorted(rows({"crm.lead"}, people=PEOPLE, spend=SPEND, mart=code).lacks("mart")) == lacks


def test_the_fewest_entities_are_named() -> None:
    both = "select * from {{ ref('spend') }} as s join {{ ref('people') }} as p using (a)"
    either = f"{both} union select * from {{{{ ref('spend') }}}}"
    assert rows(set(), people=PEOPLE, spend=SPEND, mart=either).lacks("mart") == {"spend"}


def test_what_a_macro_unites_needs_one_of_its_parents() -> None:
    assert rows({"ads.stats"}, people=PEOPLE, spend=SPEND, mart="{{ united('all') }}").lacks("mart") == set()
