"""What a template may do, and what it may not: never more than a second or two, never code."""

import time

import pytest

from acculturate.errors import ConfigError
from acculturate.prompts import Prompt

NAMES = ["Ana", "Bo"]
DOUBLED = "{% set a = a ~ a %}"

ALLOWED = {
    "{% for name in names %}{{ name }}{{ ', ' if not loop.last }}{% endfor %}": "Ana, Bo",
    "{{ names | map('upper') | join(' and ') }}": "ANA and BO",
    "{{ 'the people'.removeprefix('the ') }}": "people",
    "{% macro listed(all) %}{% for one in all %}({{ one }}){% endfor %}{% endmacro %}"
    "{{ listed(names) }}": "(Ana)(Bo)",
    "{{ names | length + 1 }} {{ 7 * 6 }} {{ 7 // 2 }}": "3 42 3",
    "{{ names[0] if names else 'nobody' }}": "Ana",
    "{% for n in range(3) %}{{ n }}{% endfor %}": "012",
    "{{ 'a-b' | replace('-', ' ') }}": "a b",
}
FORBIDDEN = {
    "laughs": "{% set a = ['x'] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
    "doubles": "{% set a = 'x' %}" + DOUBLED * 60,
    "is long": "{% set a = 'x' %}" + DOUBLED * 17 + "{{ a }}" * 5000,
    "squares": "{% set a = 9 %}" + "{% set a = a * a %}" * 60,
    "calls itself twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}"
    "{% endmacro %}{{ m(60) }}",
    "compares": "{% macro m(x, y, n) %}{% if n %}{{ m([x, x], [y, y], n - 1) }}{% else %}"
    "{{ x == y }}{% endif %}{% endmacro %}{{ m(1, 1, 60) }}",
    "loops into itself": "{% for name in names recursive %}{{ loop(names) }}{% endfor %}",
    "loops over filters": "{% for n in range(90000) | map('string') %}{% endfor %}",
    "formats": "{{ '{:>1000000000}'.format(1) }}",
    "looks into a value": "{{ names.__class__ }}",
    "looks by a filter": "{{ names | map('attr', '__class__') | list }}",
    "changes a value": "{{ names.append(1) }}",
    "looks into a macro": "{% macro m() %}{% endmacro %}{{ m.__call__.__globals__ }}",
    "is too long": "x" * 100_001,
}


@pytest.mark.parametrize("template", ALLOWED)
def test_what_prompts_need_is_there(template: str) -> None:
    assert Prompt("own", "en", 0, template).fill(names=NAMES) == ALLOWED[template]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_could_do_harm_is_refused(what: str) -> None:
    begun = time.monotonic()
    with pytest.raises(ConfigError, match="no template that can be filled"):
        Prompt("own", "en", 0, FORBIDDEN[what]).fill(names=NAMES)
    assert time.monotonic() - begun < 20
    assert NAMES == ["Ana", "Bo"]
