"""The bar that `make demo` shows."""

import pytest

from orchestration.demo import __main__ as command


@pytest.mark.parametrize("count", [3, 36, 40])
def test_the_bar_ends_full_however_much_was_written(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    with command._progress("company") as advance:
        for number in range(count):
            advance(f"table {number}")
    last = capsys.readouterr().out.splitlines()[-1]
    assert f"company: table {count - 1}" in last
    assert f"{count}/{count}" in last
