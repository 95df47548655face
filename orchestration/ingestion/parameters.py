"""GA4's parameters in the shapes that exports and connectors give them, as DuckDB SQL of a text."""

from orchestration.ingestion.ledger import literal


def parameters(text: str) -> str:
    """GA4's parameters as the export has them, where a connector wrote an object or plain values."""
    pair = "{{'key': {key}, 'value': {{'string_value': {value}}}}}"
    of_object = pair.format(key="key", value=f"{text}::json ->> key")
    plain = pair.format(key="entry.key", value="entry.value ->> '$'")
    shape = literal('[{"key":"VARCHAR","value":"JSON"}]')
    snake = f"""regexp_replace({text}, '"(string|int|float|double)Value"', '"\\1_value"', 'g')"""
    # The columns of a list, as some engines write it, and the REST API's fields without names hold no parameters.
    is_other = f"""regexp_matches({text}, '^(\\{{"(key|value|v)":|\\[\\{{"v":)')"""
    return (
        f"case when not json_valid({text}) or {is_other} then null when contains({text}, '_value\"') then {text} "
        f"when contains({text}, 'Value\"') then {snake} "
        f"when starts_with({text}, '{{') "
        f"then to_json(list_transform(json_keys({text}), lambda key: {of_object}))::varchar "
        f"when starts_with({text}, '[{{') "
        f"then to_json(list_transform(from_json({text}, {shape}), lambda entry: {plain}))::varchar else {text} end"
    )


def parameters_in_order(text: str) -> str:
    """A JSON list of keys with one typed value each (GA4's parameters), spelled alike whatever its order and nulls."""
    shape = '[{"key":"VARCHAR","value":"JSON"}]'
    kinds = ("string_value", "int_value", "float_value", "double_value")
    typed = ", ".join(f"entry.value ->> '$.{kind}'" for kind in kinds)
    value = f"case json_type(entry.value) when 'OBJECT' then coalesce({typed}, '') else entry.value::varchar end"
    spelled = f"concat(entry.key, chr(29), {value})"
    listed = f"list_sort(list_transform(from_json({text}, {literal(shape)}), lambda entry: {spelled}))::varchar"
    return f"case when starts_with({text}, '[{{') then {listed} else {text} end"
