{#
  Configures a model that keeps its rows from night to night and replaces those of the keys that new extracts touch;
  it ends in `rows_to_replace`. Its rows follow from the lake, the code, vars and seeds alone, never from the clock:
  orchestration/incremental.py sees when code, vars or seeds changed, and has it built whole.
#}
{% macro keeps_rows(key) -%}
    {{ adapter.dispatch('keeps_rows', 'touchstone')(key) }}
{%- endmacro %}

{% macro default__keeps_rows(key) -%}
    {{ config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key=key, on_schema_change='fail'
    ) }}
{%- endmacro %}

{# Spark without Delta replaces whole partitions only: the keys lie in buckets. #}
{% macro spark__keeps_rows(key) -%}
    {{ config(
        materialized='incremental', incremental_strategy='insert_overwrite', partition_by='key_bucket',
        file_format='parquet', on_schema_change='fail'
    ) }}
{%- endmacro %}

{# A number made from what columns hold, the same as long as they hold the same: adding it up tells what changed. #}
{% macro content_number(columns) -%}
    {{ adapter.dispatch('content_number', 'touchstone')(columns) }}
{%- endmacro %}

{% macro default__content_number(columns) -%}
    cast(hash({{ columns | join(', ') }}) % 1099511627776 as bigint)
{%- endmacro %}

{% macro spark__content_number(columns) -%}
    cast(hash({{ columns | join(', ') }}) as bigint)
{%- endmacro %}

{# The final select of such a model: every row of each touched key, from the CTE `rows`. #}
{% macro rows_to_replace(rows, key) -%}
    {{ adapter.dispatch('rows_to_replace', 'touchstone')(rows, key) }}
{%- endmacro %}

{% macro default__rows_to_replace(rows, key) -%}
    select * from {{ rows }}
{%- endmacro %}

{% macro spark__rows_to_replace(rows, key) -%}
    select *, pmod(hash({{ key }}), 64) as key_bucket from {{ rows }}
    {%- if execute and is_incremental() %}
    union all
    select kept.*
    from {{ this }} as kept
    where
        kept.key_bucket in (select pmod(hash({{ key }}), 64) from {{ rows }})
        and not exists (select 1 from {{ rows }} as touched where touched.{{ key }} = kept.{{ key }})
    {%- endif -%}
{%- endmacro %}

{#
  The batches of a raw table that the table being built has not read, as a condition of literals, which prunes
  partitions; none while that table is built whole. A batch that brought nothing is read again, to no effect.
#}
{% macro unread_batches(relation) -%}
    {%- if execute and is_incremental() -%}
        {%- set unread -%}
            select distinct delivered.load_date, delivered._batch_id
            from {{ relation }} as delivered
            left join (select distinct batch_id from {{ this }}) as held on delivered._batch_id = held.batch_id
            where held.batch_id is null
            order by delivered.load_date, delivered._batch_id
        {%- endset -%}
        {%- set found = run_query(unread) -%}
        {%- if not found.rows -%}{{ return('1 = 0') }}{%- endif -%}
        {%- set dates, batches = [], [] -%}
        {%- for load_date, batch_id in found.rows -%}
            {%- do dates.append("cast('" ~ load_date ~ "' as date)") -%}
            {%- do batches.append("'" ~ batch_id ~ "'") -%}
        {%- endfor -%}
        {{ return(
            'load_date in (' ~ dates | unique | join(', ') ~ ') and _batch_id in (' ~ batches | join(', ') ~ ')'
        ) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
