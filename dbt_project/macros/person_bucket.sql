{#
  The bucket of people, 0 to 99, that an address belongs to: the first four digits of its MD5, a hexadecimal number, times
  100 and divided by 65536, without its fraction. Whoever holds people back can work it out without us.
#}
{% macro person_bucket(email) -%}
    {%- set digits = "'0123456789abcdef'" -%}
    {{ whole_times(
        '(100 * ('
        ~ '4096 * (instr(' ~ digits ~ ', substr(md5(' ~ email ~ '), 1, 1)) - 1)'
        ~ ' + 256 * (instr(' ~ digits ~ ', substr(md5(' ~ email ~ '), 2, 1)) - 1)'
        ~ ' + 16 * (instr(' ~ digits ~ ', substr(md5(' ~ email ~ '), 3, 1)) - 1)'
        ~ ' + instr(' ~ digits ~ ', substr(md5(' ~ email ~ '), 4, 1)) - 1))',
        65536
    ) }}
{%- endmacro %}
