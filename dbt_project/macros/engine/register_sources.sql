{#
  Create one view per declared source over the lake, so that the models read Parquet by the contract's name.
  Every table has a zero-row shape file, so a view binds before the first extract arrives.
#}
{% macro register_sources() %}
    {%- if execute and flags.WHICH in ('run', 'build', 'test', 'compile', 'show', 'seed') -%}
        {%- if not var('lake') -%}
            {{ exceptions.raise_compiler_error("var 'lake' is empty; set TOUCHSTONE_LAKE to its folder or URL") }}
        {%- endif -%}
        {%- set sources = graph.sources.values() | list -%}
        {%- for schema in sources | map(attribute='schema') | unique -%}
            {%- do run_query('create schema if not exists ' ~ schema) -%}
        {%- endfor -%}
        {%- for source in sources -%}
            {%- set folder = source.config.meta.get('lake_folder', source.source_name ~ '/' ~ source.name) -%}
            {%- set view = adapter.quote(source.schema) ~ '.' ~ adapter.quote(source.identifier) -%}
            {%- do run_query(lake_view(view, var('lake') ~ '/' ~ folder)) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{#
  The statement that makes `view` read every Parquet file below `folder`. Folders that begin with `_` are the lake's own
  bookkeeping, which has no load dates.
#}
{% macro lake_view(view, folder) %}
    {{ return(adapter.dispatch('lake_view', 'touchstone')(view, folder)) }}
{% endmacro %}

{% macro default__lake_view(view, folder) %}
    {{ return(
        "create or replace view " ~ view ~ " as select * from read_parquet('" ~ folder ~ "/**/*.parquet',"
        ~ " union_by_name = true, hive_partitioning = true"
        ~ ("" if "/_" in folder else ", hive_types = {'load_date': date}") ~ ")"
    ) }}
{% endmacro %}

{% macro spark__lake_view(view, folder) %}
    {{ return("create or replace view " ~ view ~ " as select * from parquet.`" ~ folder ~ "`") }}
{% endmacro %}
