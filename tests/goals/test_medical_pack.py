"""The pack of a medical sales team: whole, in both languages, its figures those of the source, every total splits."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from builder import forms, json_text, pack_folders, packs, references
from core import jobs
from core.db import db
from formulas import tables
from organization.models import Company, OrgUnit
from runtime.actions.models import Task
from runtime.goals import plans, publishing, targets
from runtime.goals.models import GoalSet
from runtime.goals.tree import Node, Preview

PACK = packs.SHIPPED / "medical_goals"
FOLDER = pack_folders.read(PACK)
DOCUMENTS = {document["key"]: document for document in FOLDER.documents.values()}
CASCADE = "medical.sales_cascade"

pytestmark = pytest.mark.sqlite  # what documents say and how a year is split is reckoned here, not by a database


def row_of(table: str, **given: Any) -> dict[str, Any]:
    """What the table gives for these inputs, by column."""
    return dict(tables.compile_table(DOCUMENTS[table]["body"]).evaluate(given).values)


# ── the documents ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pack_has_no_problems(app: Flask) -> None:
    assert packs.check(PACK, {}) == []


def test_S19_every_reference_leads_to_a_document_of_the_pack_or_of_what_it_requires() -> None:
    known = FOLDER.sources() | pack_folders.read(packs.SHIPPED / "okr_core").sources()
    named = {(found.kind, found.key) for document in DOCUMENTS.values() for found in references.of(document)}
    assert named
    assert named <= set(known)


def test_every_text_is_there_in_chinese_and_in_english() -> None:
    for document in DOCUMENTS.values():
        for words in texts(document):
            assert words.keys() == {"zh", "en"}, words
            assert re.search("[\u4e00-\u9fff%]", words["zh"]), words
            assert not re.search("[\u4e00-\u9fff]", words["en"].replace("7.2亿", "").replace("72000万", "")), words


def texts(part: Any) -> Iterator[dict[str, str]]:
    if isinstance(part, dict):
        if "zh" in part:
            yield part
        elif "x-id" in part:
            yield {"zh": part["title"], "en": part["x-title-en"]}
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from texts(inner)


def test_files_stand_as_the_editor_writes_them() -> None:
    for name, document in FOLDER.documents.items():
        assert (PACK / name).read_text(encoding="utf-8") == json_text.dump(document) + "\n", name


def test_S17_a_factor_says_who_answers_for_it_where_it_comes_from_and_how_it_is_counted() -> None:
    factors = [d for d in DOCUMENTS.values() if d["kind"] == "metric" and "factor" in d["body"]["tags"]]
    assert len(factors) >= 7
    for factor in factors:
        body = factor["body"]
        assert all((factor["description"], body["owner"], body["unit"], body["direction"], body["source"]["note"]))


# ── figures of the source ────────────────────────────────────────────────────────────────────────────────────────────


def test_S22_coverage_weighs_40_percent_in_promotion_and_profit_55_percent_in_maturity() -> None:
    assert row_of("medical.stage_weights", stage="推广期")["coverage"] == 0.4
    assert row_of("medical.stage_weights", stage="成熟期")["profit"] == 0.55


def test_S22_a_row_that_does_not_add_up_is_refused_at_its_place(app: Flask, tmp_path: Path) -> None:
    shutil.copytree(PACK, tmp_path / "medical_goals")
    shutil.copytree(packs.SHIPPED / "okr_core", tmp_path / "okr_core")
    file = tmp_path / "medical_goals" / "definitions" / "table" / "medical.stage_weights.json"
    file.write_text(file.read_text(encoding="utf-8").replace("55%", "54%"), encoding="utf-8")
    (found,) = [found for found in packs.check(tmp_path / "medical_goals", {}) if "/table/" in found.file]
    assert found.file.endswith("medical.stage_weights.json")
    assert found.problem.path.startswith("/body/rows/2")
    assert "100%" in found.problem.message.replace(" ", "")


def test_S21_stage_maturity_and_team_have_a_table_each() -> None:
    assert row_of("medical.region_coef", maturity="新开") == {"alpha": 0.2, "beta": 0.5, "gamma": 0.3}
    assert row_of("medical.team_mix", senior_share=0.5) == {"mix": 1.05}
    assert row_of("medical.team_mix", senior_share=None) == {"mix": 1.0}
    assert row_of("medical.launch_pace", stage="推广期")["pace"] > row_of("medical.launch_pace", stage="衰退期")["pace"]


@pytest.mark.parametrize(("months", "ramp"), [(0, 0.25), (1, 0.5), (2, 0.75), (3, 1.0), (120, 1.0)])
def test_S11_a_newcomer_ramps_up_over_three_months(months: int, ramp: float) -> None:
    assert row_of("medical.ramp", tenure_months=months) == {"ramp": ramp}


def test_S3_the_twelve_months_add_up_to_the_year() -> None:
    months = [row_of("medical.seasonality", month=month)["share"] for month in range(1, 13)]
    assert sum(Fraction(str(share)) for share in months) == 1


def test_F13_one_person_scores_by_the_stage_of_what_he_sells() -> None:
    samples = DOCUMENTS["medical.composite_score"]["body"]["samples"]
    assert {sample["inputs"]["stage"]: sample["gives"] for sample in samples} == {
        "推广期": 75.5,
        "成长期": 67.5,
        "成熟期": 58.0,
    }


def test_S24_the_form_turns_7_2_yi_and_15_percent_into_8_28_yi(app: Flask) -> None:
    body = DOCUMENTS["medical.annual_target"]["body"]
    posted = {"year": "2025", "metric": "medical.sales_amount", "base": "7.2亿", "growth_pct": "15"}
    world = forms.World(known=FOLDER.sources())
    assert forms.accepted(forms.of(body), posted, world).values["target"] == 828_000_000


# ── at work on the demo company ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def company(demo_pack: Company) -> OrgUnit:
    found = db.session.get_one(OrgUnit, demo_pack.id)
    db.session.commit()
    return found


def split(company: OrgUnit, base: str, growth_pct: str, locks: dict[str, int] | None = None) -> Preview:
    cycle = publishing.planned_cycle(company.id, 2025)
    target = targets.read(base, growth_pct)
    return publishing.preview(plans.find(company, CASCADE), company, cycle, target, locks or {}, None)


def test_S24_the_example_of_the_source_reaches_430_people_within_0_to_30_percent(company: OrgUnit) -> None:
    tree = split(company, "7.2亿", "15")
    assert tree.problems == []
    levels = [node.level for node in tree.nodes.values()]
    assert [levels.count(level) for level in ("company", "region", "province", "member")] == [1, 7, 28, 430]
    assert_sums(tree)
    for node in tree.nodes.values():
        if node.level in ("region", "province"):
            assert 0 <= growth(node) <= 0.3, node.name


def test_S24_every_base_and_growth_splits(company: OrgUnit) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(base=st.integers(1, 10**12), growth_pct=st.decimals(-30, 60, places=1))
    def splits(base: int, growth_pct: Any) -> None:
        tree = split(company, str(base), str(growth_pct))
        assert tree.problems == []
        assert_sums(tree)

    splits()


def test_S10_a_new_province_without_history_gets_its_part_by_potential(company: OrgUnit) -> None:
    shanghai = db.session.scalars(select(OrgUnit).where(OrgUnit.code == "SH")).one()
    shanghai.attributes = {**shanghai.attributes, "history": 0, "maturity": "新开"}
    tree = split(company, "7.2亿", "15")
    assert tree.problems == []
    assert_sums(tree)
    assert tree.nodes[f"u{shanghai.id}"].target > 0


def test_S21_each_province_shows_its_coefficients_and_the_rows_that_gave_them(company: OrgUnit) -> None:
    tree = split(company, "7.2亿", "15")
    for node in tree.nodes.values():
        if node.level == "province":
            rows = {use["key"]: use["row"] for use in node.why["uses"] if use["kind"] == "table"}
            assert rows.keys() == {"medical.region_coef", "medical.team_mix", "medical.growth_band"}
            assert all(rows.values())


def assert_sums(tree: Preview) -> None:
    for node in tree.nodes.values():
        children = [child.target for child in tree.nodes.values() if child.parent == node.id]
        if children:
            assert sum(children) + node.reserve == node.target, node.name


def growth(node: Node) -> float:
    return node.target / node.history - 1


def test_S11_a_newcomer_is_spared_and_too_much_for_him_is_said(company: OrgUnit) -> None:
    tree = split(company, "7.2亿", "15")
    newcomers = [node for node in tree.members if node.history == 0]
    assert newcomers
    assert not [warning for warning in tree.warnings if warning.code == "w1"]
    pressed = split(company, "7.2亿", "15", {newcomers[0].id: 2_000_000})
    (warning,) = [warning for warning in pressed.warnings if warning.code == "w1"]
    assert warning.path == f"/{newcomers[0].id}"
    assert newcomers[0].name in warning.message


def test_S26_most_people_are_asked_for_three_director_visits_and_five_to_eight_in_all(company: OrgUnit) -> None:
    tasks = tasks_of_the_first_week(company)
    directors = [task for task in tasks if task.contact_level == "主任"]
    assert sum(task.title["zh"] == "本周需完成3家三甲医院主任级拜访" for task in directors) > len(directors) / 2
    assert all(len(task.items) == task.needed for task in directors)
    for task in directors:
        assert {item.customer.tier for item in task.items} == {"三甲"}
        assert {item.contact.level for item in task.items if item.contact} == {"主任"}
    week = Counter[int]()
    for task in tasks:
        week[task.member_id] += task.needed
    assert 5 <= median(week.values()) <= 8


def tasks_of_the_first_week(company: OrgUnit) -> list[Task]:
    plan, cycle = plans.find(company, CASCADE), publishing.cycle_of_year(company.id, 2025)
    target = targets.read("7.2亿", "15")
    publishing.stage(plan, company, cycle, target, locks={}, digest=None, waiver=None, by_id=None)
    db.session.commit()
    jobs.run_due()
    assert db.session.scalars(select(GoalSet.state)).all() == ["active"]
    return list(db.session.scalars(select(Task).where(Task.tier != "remedy")))
