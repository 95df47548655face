{# The meta of a generic test: what it means when it fails, who repairs it (an owner of seed check_owners) and how. #}
{% macro test_meaning(test) %}
    {% set means = {
        'grain': 'Two rows stand for one thing, or a key is missing: every sum over them counts twice.',
        'unique': 'Two rows stand for one thing: every sum over them counts twice.',
        'filled': 'A value that everything behind relies on is missing.',
        'not_null': 'A value that everything behind relies on is missing.',
        'joins': 'A key leads to no row of its dimension, so a BI tool drops the fact or shows a blank.',
        'relationships': 'A value leads to no row of the table that explains it.',
        'accepted_values': 'A value that nobody declared reached a column whose values are a promise.',
        'one_at_a_time': 'Two rules hold on one day, or one ends before it starts: nobody knows which counts.',
    } %}
    {{ return({
        'meaning': means[test],
        'owner': 'data_engineering',
        'remedy': 'Look at the rows below. In a seed, correct the row; in a table made of extracts, find the record in '
            ~ 'its raw table; what data can not cause is a fault of the models: keep the lake and report it.',
    }) }}
{% endmacro %}
