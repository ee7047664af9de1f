"""Every sentence that the formula language says to its author, in Chinese and English."""

from typing import NamedTuple


class Wording(NamedTuple):
    code: str
    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""


MESSAGES: dict[str, Wording] = {
    # characters and tokens
    "too_long": Wording(
        "E_LIMIT",
        "公式太长：最多 {limit} 个字符",
        "The formula is too long: {limit} characters at most",
        "拆成几个公式或计算字段",
        "split it into several formulas or computed fields",
    ),
    "too_many_tokens": Wording(
        "E_LIMIT",
        "公式太长：最多 {limit} 个词",
        "The formula is too long: {limit} tokens at most",
        "拆成几个公式或计算字段",
        "split it into several formulas or computed fields",
    ),
    "too_many_nodes": Wording(
        "E_LIMIT",
        "公式太复杂：最多 {limit} 个部分",
        "The formula is too complex: {limit} parts at most",
        "拆成几个公式或计算字段",
        "split it into several formulas or computed fields",
    ),
    "too_deep": Wording(
        "E_LIMIT",
        "括号嵌套太深：最多 {limit} 层",
        "Nested too deeply: {limit} levels at most",
        "多层 IF 可以改用 IFS 或规则表",
        "replace nested IFs by IFS or a table",
    ),
    "too_many_arguments": Wording(
        "E_LIMIT",
        "参数太多：最多 {limit} 个",
        "Too many arguments: {limit} at most",
        "放进子表后用 SUM(表.列)",
        "put the values into a sub-table and use SUM(table.column)",
    ),
    "text_too_long": Wording(
        "E_LIMIT",
        "引号里的文字太长：最多 {limit} 个字",
        "The text in quotes is too long: {limit} characters at most",
        "长文字请放进字段",
        "put long text into a field",
    ),
    "not_text": Wording("E_SYNTAX", "公式必须是文字", "A formula must be text"),
    "empty": Wording(
        "E_SYNTAX", "公式是空的", "The formula is empty", "例如 完成额/目标额", "for example  actual/target"
    ),
    "refused_character": Wording(
        "E_CHAR",
        "第 {column} 个字符 {point} 看不见或不能使用",
        "Character {column}, {point}, is invisible or not allowed",
        "删掉它再输入一次",
        "delete it and type again",
    ),
    "unknown_character": Wording(
        "E_CHAR", "不认识的符号“{character}”", "Unknown character “{character}”", "{zh_hint}", "{en_hint}"
    ),
    "name_character": Wording(
        "E_CHAR",
        "名称里不能直接写“{character}”",
        "“{character}” cannot stand in a name",
        "把名称放进方括号，例如 [客单价(元)]；数字请用 0-9",
        "put the name in brackets, for example [price (yuan)]; write digits as 0-9",
    ),
    "open_text": Wording(
        "E_TEXT", "文字缺少右引号", "The text has no closing quote", "在文字末尾补上引号", "close it with a quote"
    ),
    "open_bracket": Wording(
        "E_TEXT",
        "名称缺少右方括号 ]",
        "The name has no closing bracket ]",
        "例如 [客单价(元)]",
        "for example [price (yuan)]",
    ),
    "empty_bracket": Wording(
        "E_TEXT",
        "方括号里没有名称",
        "There is no name in the brackets",
        "例如 [客单价(元)]",
        "for example [price (yuan)]",
    ),
    "number_letters": Wording(
        "E_NUMBER",
        "数字后面不能直接写“{letters}”",
        "“{letters}” cannot follow a number directly",
        "单位不用写；万、亿可以写，例如 3万",
        "leave the unit out; 万 and 亿 are understood, for example 3万",
    ),
    "number_dot": Wording(
        "E_NUMBER", "数字“{number}”写法不对", "“{number}” is not a number", "写成 1 或 1.0", "write 1 or 1.0"
    ),
    "number_zeros": Wording(
        "E_NUMBER",
        "数字“{number}”不能以 0 开头",
        "The number “{number}” cannot start with 0",
        "不要写千位分隔符：1,000 写成 1000",
        "leave out thousands separators: 1,000 is 1000",
    ),
    "number_digits": Wording(
        "E_NUMBER",
        "数字最多 {limit} 位有效数字",
        "A number has {limit} significant digits at most",
        "多出的位数算不准",
        "more digits cannot be kept exactly",
    ),
    "number_large": Wording(
        "E_NUMBER",
        "数字太大：最大 10^15",
        "The number is too large: 10^15 at most",
        "大数可以写成 7.2亿",
        "write large numbers as 7.2亿",
    ),
    # grammar
    "missing_operator": Wording(
        "E_SYNTAX", "这里缺少运算符或逗号", "An operator or a comma is missing here", "{zh_hint}", "{en_hint}"
    ),
    "unexpected": Wording("E_SYNTAX", "这里不能出现“{token}”", "“{token}” cannot stand here", "{zh_hint}", "{en_hint}"),
    "unexpected_end": Wording("E_SYNTAX", "公式没有写完", "The formula is not finished", "{zh_hint}", "{en_hint}"),
    "open_parenthesis": Wording(
        "E_SYNTAX", "缺少右括号 )", "A closing parenthesis ) is missing", "每个 ( 都要有一个 )", "every ( needs a )"
    ),
    "empty_argument": Wording(
        "E_SYNTAX", "参数是空的", "An argument is empty", "要留空请写 BLANK()", "write BLANK() to leave it empty"
    ),
    "chained_comparison": Wording(
        "E_CHAIN",
        "不能连着写两个比较",
        "Two comparisons cannot stand in a row",
        "请写成 AND(下限<=x, x<=上限)",
        "write AND(low<=x, x<=high)",
    ),
    "chained_power": Wording(
        "E_CHAIN",
        "不能连着写两个 ^",
        "Two ^ cannot stand in a row",
        "请加括号：(2^3)^2 或 2^(3^2)",
        "add parentheses: (2^3)^2 or 2^(3^2)",
    ),
    "signed_power": Wording(
        "E_CHAIN",
        "负号和 ^ 连写有歧义",
        "A sign before ^ is ambiguous",
        "请写成 -(x^2) 或 (-x)^2",
        "write -(x^2) or (-x)^2",
    ),
    "chained_sign": Wording(
        "E_SYNTAX",
        "不能连着写两个正负号",
        "Two signs cannot stand in a row",
        "请加括号，例如 -(-x)",
        "add parentheses, for example -(-x)",
    ),
    "chained_percent": Wording(
        "E_SYNTAX",
        "不能连着写两个 %",
        "Two % cannot stand in a row",
        "请加括号，例如 (5%)%",
        "add parentheses, for example (5%)%",
    ),
    # names
    "unknown_field": Wording("E_NAME", "没有字段“{name}”", "There is no field “{name}”", "{zh_hint}", "{en_hint}"),
    "unknown_table": Wording("E_NAME", "没有子表“{name}”", "There is no sub-table “{name}”", "{zh_hint}", "{en_hint}"),
    "unknown_column": Wording(
        "E_NAME", "子表“{table}”没有列“{name}”", "Sub-table “{table}” has no column “{name}”", "{zh_hint}", "{en_hint}"
    ),
    "table_alone": Wording(
        "E_NAME",
        "“{name}”是子表，要写出列",
        "“{name}” is a sub-table; name a column",
        "例如 SUM({name}.{column})",
        "for example SUM({name}.{column})",
    ),
    "unknown_function": Wording(
        "E_FUNC", "没有函数“{name}”", "There is no function “{name}”", "{zh_hint}", "{en_hint}"
    ),
    "argument_count": Wording(
        "E_ARGS",
        "{name} 的参数个数不对：写了 {count} 个",
        "{name} does not take {count} arguments",
        "{usage}",
        "{usage}",
    ),
    # kinds
    "wrong_kind": Wording(
        "E_KIND", "{place}这里需要{wanted}，但得到{got}", "{place} needs {wanted} but gets {got}", "{hint}", "{hint}"
    ),
    "different_kinds": Wording(
        "E_KIND",
        "{place}要是同一种值：前面是{wanted}，这里是{got}",
        "{place} must be of one kind: {wanted} before, {got} here",
        "{hint}",
        "{hint}",
    ),
    "not_comparable": Wording(
        "E_KIND",
        "{left}和{right}不能用 {operator} 比较",
        "{left} and {right} cannot be compared with {operator}",
        "{hint}",
        "{hint}",
    ),
    "unknown_option": Wording(
        "E_OPTION", "“{name}”没有选项“{option}”", "“{name}” has no option “{option}”", "{zh_hint}", "{en_hint}"
    ),
    "column_alone": Wording(
        "E_KIND",
        "“{name}”是一列值，不能直接当一个值用",
        "“{name}” is a column, not one value",
        "放进 SUM、AVERAGE、MIN、MAX 或 COUNT，例如 SUM({name})",
        "put it into SUM, AVERAGE, MIN, MAX or COUNT, for example SUM({name})",
    ),
    "column_wanted": Wording(
        "E_KIND", "{place}这里需要 表.列", "{place} needs table.column", "例如 {example}", "for example {example}"
    ),
    "two_tables": Wording(
        "E_KIND",
        "“{left}”和“{right}”的行不能放在一起算",
        "Rows of “{left}” and “{right}” cannot be combined",
        "一次只能用同一个子表的列",
        "use columns of one sub-table at a time",
    ),
    "bad_criterion": Wording(
        "E_CRITERION", "看不懂条件“{criterion}”", "The criterion “{criterion}” is not understood", "{hint}", "{hint}"
    ),
    "bad_cell": Wording(
        "E_CELL",
        "“{column}”这一列的格子里不能写“{cell}”",
        "“{cell}” cannot stand in the column “{column}”",
        "{zh_hint}",
        "{en_hint}",
    ),
    # schema, input, cost
    "bad_schema": Wording("E_SCHEMA", "字段表有误：{what}", "The schema is wrong: {what}"),
    "bad_input": Wording(
        "E_INPUT", "“{name}”的值不对：{what}", "The value of “{name}” is wrong: {what}", "{hint}", "{hint}"
    ),
    "too_costly": Wording(
        "E_COST",
        "这个公式在 {rows} 行上大约要 {estimate} 毫秒，超过了 {budget} 毫秒",
        "On {rows} rows this takes about {estimate} ms, over the limit of {budget} ms",
        "改为后台计算，或减少行数",
        "run it in the background or on fewer rows",
    ),
}
