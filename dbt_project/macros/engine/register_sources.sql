{#
  Create a view over the lake for each source that the selected nodes read, so that the models read Parquet by the
  contract's name. Every table has a zero-row shape file, so a view binds before the first extract arrives.
#}
{% macro register_sources() %}
    {%- if execute and flags.WHICH in ('run', 'build', 'test', 'compile', 'show', 'seed') -%}
        {%- if not var('lake') -%}
            {{ exceptions.raise_compiler_error("var 'lake' is empty; set TOUCHSTONE_LAKE to its folder or URL") }}
        {%- endif -%}
        {%- set parents = [] -%}
        {%- for node in graph.nodes.values() if node.unique_id in selected_resources -%}
            {%- do parents.extend(node.depends_on.nodes) -%}
        {%- endfor -%}
        {%- for source in graph.sources.values() if source.source_name == 'lake' and source.name == 'deliveries' -%}
            {#- Every snapshot reads it, whatever is selected. -#}
            {%- do parents.append(source.unique_id) -%}
        {%- endfor -%}
        {%- set sources = graph.sources.values() | selectattr('unique_id', 'in', parents) | list -%}
        {%- for schema in sources | map(attribute='schema') | unique -%}
            {%- do run_query('create schema if not exists ' ~ schema) -%}
        {%- endfor -%}
        {%- for source in sources -%}
            {%- set meta = source.config.meta -%}
            {%- set folder = var('lake') ~ '/' ~ meta.get('lake_folder', source.source_name ~ '/' ~ source.name) -%}
            {%- set view = adapter.quote(source.schema) ~ '.' ~ adapter.quote(source.identifier) -%}
            {%- do run_query(lake_view(view, folder, is_dated='lake_folder' not in meta)) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{#
  The statement that makes `view` read every Parquet file below `folder`; `is_dated`: its files lie in load_date folders.
#}
{% macro lake_view(view, folder, is_dated) %}
    {{ return(adapter.dispatch('lake_view', 'touchstone')(view, folder, is_dated)) }}
{% endmacro %}

{% macro default__lake_view(view, folder, is_dated) %}
    {{ return(
        "create or replace view " ~ view ~ " as select * from read_parquet('" ~ folder ~ "/**/*.parquet',"
        ~ " union_by_name = true, hive_partitioning = true"
        ~ (", hive_types = {'load_date': date}" if is_dated else "") ~ ")"
    ) }}
{% endmacro %}

{% macro spark__lake_view(view, folder, is_dated) %}
    {{ return("create or replace view " ~ view ~ " as select * from parquet.`" ~ folder ~ "`") }}
{% endmacro %}
