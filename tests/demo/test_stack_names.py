"""Which systems a company can combine, and what it is called."""

import pytest

from orchestration.demo.stacks import Stack


@pytest.mark.parametrize(
    ("systems", "name"),
    [
        (("marketo", "salesforce", "all"), "marketo-salesforce"),
        (("hubspot", "hubspot", "all"), "hubspot"),
        (("none", "salesforce", "all"), "salesforce"),
        (("none", "salesforce", "contacts"), "salesforce-contacts"),
    ],
)
def test_a_stack_is_named_after_its_systems(systems: tuple[str, str, str], name: str) -> None:
    assert Stack(*systems).name == name


@pytest.mark.parametrize(
    "systems",
    [
        ("pardot", "hubspot"),
        ("none", "hubspot"),
        ("marketo", "salesforce", "contacts"),
        ("hubspot", "hubspot", "contacts"),
    ],
)
def test_what_nobody_combines_is_refused(systems: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="--"):
        Stack(*systems)
