"""`guantong formulas eval` prints a value, one document, or problems; exit 0, 0, 1; 2 for wrong usage."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from builder.formula_commands import formulas_cli
from tests.product import make_app

SCHEMA = json.dumps(
    {"fields": {"完成额": "number", "目标额": "number", "入职日期": "date"}, "tables": {"明细": {"数量": "number"}}}
)
ROW = json.dumps({"完成额": 80, "目标额": 100, "入职日期": "2025-01-31", "明细": [{"数量": 2}, {"数量": 3}]})


def run(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(formulas_cli, ["eval", *args], input=stdin)


def document(result: Result) -> dict[str, Any]:
    assert result.stdout.count("\n") == 1
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("完成额/目标额", "0.8"),
        ("完成额>1", "TRUE"),
        ("入职日期+1", "2025-02-01"),
        ('"得"&完成额', "得80"),
        ("1/0", "#DIV/0!"),
        ("BLANK()", ""),
        ("SUM(明细.数量)", "5"),
        ("10^6", "1000000"),
    ],
)
def test_it_prints_the_value(text: str, shown: str) -> None:
    result = run(text, "--row", ROW, "--schema", SCHEMA)
    assert (result.exit_code, result.stdout) == (0, shown + "\n")


def test_it_prints_one_document() -> None:
    result = run("完成额/目标额", "--row", ROW, "--schema", SCHEMA, "--json", "--explain")
    assert result.exit_code == 0
    printed = document(result)
    assert (printed["value"], printed["kind"], printed["names"]) == (0.8, "number", ["完成额", "目标额"])
    assert [step["value"] for step in printed["explanation"]["args"]] == [80.0, 100.0]
    assert document(run("1/0", "--json")) == {"value": "#DIV/0!", "kind": "number", "names": [], "error": "#DIV/0!"}


def test_it_explains_in_lines() -> None:
    result = run("SUM(明细.数量)*2", "--row", ROW, "--schema", SCHEMA, "--explain")
    assert result.stdout.splitlines() == [
        "10",
        "SUM(明细.数量)*2 = 10",
        "  SUM(明细.数量) = 5",
        "    明细.数量 = 2, 3",
        "  2 = 2",
    ]


def test_a_problem_is_a_document_and_exit_1() -> None:
    for flags in ((), ("--json",)):
        result = run("完成额*目标", "--schema", SCHEMA, *flags)
        assert result.exit_code == 1
        (problem,) = document(result)["problems"]
        assert (problem["code"], problem["start"], problem["end"]) == ("E_NAME", 4, 6)
        assert "目标额" in problem["hint"]
        assert "目标额" in result.stderr


def test_a_wrong_value_in_the_row_is_a_problem() -> None:
    result = run("完成额", "--schema", SCHEMA, "--row", '{"完成额": NaN}')
    assert result.exit_code == 1
    assert document(result)["problems"][0]["code"] == "E_INPUT"


def test_a_row_may_come_from_a_file_or_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "row.json"
    file.write_text(ROW, "utf-8")
    assert run("完成额", "--schema", SCHEMA, "--row", f"@{file}").stdout == "80\n"
    assert run("完成额", "--schema", SCHEMA, "--row", "-", stdin=ROW).stdout == "80\n"


def test_the_day_and_the_decimals_may_be_given() -> None:
    result = run(
        "DAYS(TODAY(),入职日期)/7", "--schema", SCHEMA, "--row", ROW, "--today", "2025-02-03", "--decimals", "2"
    )
    assert result.stdout == "0.43\n"


@pytest.mark.parametrize(
    "args",
    [
        ("1", "--row", "{"),
        ("1", "--row", "[1]"),
        ("1", "--row", "@/nowhere/row.json"),
        ("1", "--schema", '{"fields": 5}'),
        ("1", "--schema", '{"tables": {"t": 5}}'),
        ("1", "--wrong"),
        (),
        ("1", "--row", "[" * 100_000),
    ],
)
def test_wrong_usage_is_exit_2(args: tuple[str, ...]) -> None:
    assert run(*args).exit_code == 2


def test_it_is_a_command_of_the_console_script(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    assert "formulas" in app.cli.commands
