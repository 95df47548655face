{#
  The path in a name that rows and the ledger bear, which ends in its delivery time where other content came from there
  before.
#}
{% macro plain_path(source_file) -%}
    {{ replace_all(source_file, '@[0-9-]{10}T[0-9:.]{15}Z$', '') }}
{%- endmacro %}
