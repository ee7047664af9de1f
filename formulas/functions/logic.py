"""Conditions and choices. Both branches are computed for all rows and merged."""

from typing import Any

import numpy as np

from formulas import single
from formulas.columns import Column, blanks, choose, failing, leftmost, near, same_text, settled
from formulas.errors import NA
from formulas.functions.registry import Cost, Function, Param, Routine


def if_(condition: Column, yes: Column, no: Column) -> Column:
    chosen = choose(condition.values, yes, no)
    chosen.error = leftmost(condition.error, chosen.error)
    return chosen


def ifs(*pairs: Column) -> Column:
    result = failing(pairs[-1], NA)
    for place in range(len(pairs) - 2, -1, -2):
        result = if_(pairs[place], pairs[place + 1], result)
    return result


def switch(value: Column, *cases: Column) -> Column:
    value = settled(value)
    last = len(cases) - len(cases) % 2
    result = cases[-1] if len(cases) % 2 else failing(cases[-1], NA)
    for place in range(last - 2, -1, -2):
        case = settled(cases[place])
        result = if_(Column(_alike(value.values, case.values), None, case.error), cases[place + 1], result)
    return Column(result.values, result.blank, leftmost(value.error, result.error))


def _alike(left: Any, right: Any) -> Any:
    if left.dtype.kind == "f":
        return near(left, right)
    return left == right if left.dtype.kind == "b" else same_text(left, right)


def and_(*conditions: Column) -> Column:
    values = conditions[0].values
    for condition in conditions[1:]:
        values = values & condition.values
    return Column(values, None, leftmost(*(condition.error for condition in conditions)))


def or_(*conditions: Column) -> Column:
    values = conditions[0].values
    for condition in conditions[1:]:
        values = values | condition.values
    return Column(values, None, leftmost(*(condition.error for condition in conditions)))


def not_(condition: Column) -> Column:
    return Column(np.logical_not(condition.values), None, condition.error)


def if_error(value: Column, otherwise: Column) -> Column:
    value = settled(value)
    return value if value.error is None else choose(value.error == 0, value, otherwise)


def is_blank(value: Column) -> Column:
    mask = blanks(value)
    return Column(np.zeros(np.shape(value.values), dtype=bool) if mask is None else np.asarray(mask))


def coalesce(*values: Column) -> Column:
    result = values[-1]
    for value in values[-2::-1]:
        mask = blanks(value)
        result = value if mask is None else choose(mask, result, value)
    return result


CONDITION = Param("条件", "condition", "bool")
VALUE = Param("值", "value", "same")
_CHOICE = Cost(16.0, 60.0)

LOGIC = (
    Function(
        "IF", "logic", (CONDITION, Param("成立时", "then", "same"), Param("不成立时", "otherwise", "same")), "same",
        Routine(if_, single.if_, _CHOICE),
        "条件成立取第二个值，否则取第三个值。两个值要是同一种；留空写 BLANK()。",
        "The second value if the condition holds, else the third. Both of one kind; BLANK() leaves it empty.",
        'IF(达成率>=0.9,"绿","黄")', "黄", aliases=("如果",), search=("条件", "判断", "否则"),
    ),
    Function(
        "IFS", "logic", (CONDITION, VALUE), "same", Routine(ifs, single.ifs, Cost(20.0, 60.0)),
        "从左到右取第一个成立的条件后面的值；都不成立得 #N/A，最后可写 TRUE 兜底。",
        "The value after the first condition that holds; #N/A if none does. Close with TRUE for all other cases.",
        'IFS(达成率>=1,"A",达成率>=0.8,"B",TRUE,"C")', "B", repeat=2, search=("多条件", "分档"),
    ),
    Function(
        "SWITCH", "logic",
        (Param("比较的值", "value", "match"), Param("等于", "case", "match"), Param("结果", "result", "same")), "same",
        Routine(switch, single.switch, Cost(16.0, 200.0)),
        "值等于哪一个，就取它后面的结果；最后可以写一个其他情况的结果，没有则得 #N/A。",
        "The result after the case that equals the value; a last result stands for all others, else #N/A.",
        'SWITCH(阶段,"推广期",0.4,"成熟期",0.55,0.1)', "0.4", repeat=2, tail=Param("其他情况", "otherwise", "same"),
        search=("对应", "多选一"),
    ),
    Function(
        "AND", "logic", (CONDITION,), "bool", Routine(and_, single.and_, Cost(6.0, 8.0)),
        "所有条件都成立才成立。", "Holds if all conditions hold.",
        "AND(达成率>=0.6,达成率<1)", "TRUE", repeat=1, aliases=("并且",), search=("且", "同时"),
    ),
    Function(
        "OR", "logic", (CONDITION,), "bool", Routine(or_, single.or_, Cost(6.0, 8.0)),
        "有一个条件成立就成立。", "Holds if one of the conditions holds.",
        "OR(达成率>=1,完成额>=80)", "TRUE", repeat=1, aliases=("或者",), search=("或", "任一"),
    ),
    Function(
        "NOT", "logic", (CONDITION,), "bool", Routine(not_, single.not_, Cost(4.0, 4.0)),
        "条件不成立时成立。", "Holds if the condition does not.", "NOT(达成率>=1)", "TRUE", search=("非", "不", "取反"),
    ),
    Function(
        "IFERROR", "logic", (VALUE, Param("出错时", "otherwise", "same")), "same",
        Routine(if_error, single.if_error, _CHOICE),
        "值算不出来（例如除以 0）时取第二个值。", "The second value where the first cannot be computed.",
        "IFERROR(完成额/0,0)", "0", search=("错误", "除零"),
    ),
    Function(
        "ISBLANK", "logic", (Param("值", "value", "any"),), "bool", Routine(is_blank, single.is_blank, Cost(6.0, 8.0)),
        "没有填写时成立；0 和空文字不算。", "Holds where nothing was filled in; 0 and empty text are not blank.",
        "ISBLANK(备注)", "TRUE", search=("空", "未填"),
    ),
    Function(
        "COALESCE", "logic", (VALUE,), "same", Routine(coalesce, single.coalesce, _CHOICE),
        "第一个填写了的值。", "The first value that is not blank.", 'COALESCE(备注,"无")', "无", repeat=1,
        search=("空", "默认值"),
    ),
    Function(
        "BLANK", "logic", (), "blank", Routine(lambda: None, None, Cost(1.0, 0.0)),
        "空值，用来让结果留空。", "Nothing: leaves a result empty.",
        "IF(达成率>1,达成率,BLANK())", "", search=("空", "留空"),
    ),
)  # fmt: skip
