"""Templates from elsewhere, filled where they can do no harm.

A Jinja template is a program: in Jinja's usual environment it reads files, runs commands, loops for
ever or fills the memory. Here a template may show what it is given, choose and loop, in jinja2's
immutable sandbox with what the sandbox leaves out: nothing is included or imported, only methods
and filters of a short list are called, steps are counted over the whole template (loops and calls
of macros alike), and no value, and not all text together, grows beyond a size. What a template does
beyond that is a `SecurityError`, or Python's own error.

    >>> filled("{% for name in names %}{{ name | upper }} {% endfor %}", {"names": ["a", "b"]})
    'A B '
    >>> filled("{{ ''.__class__.__mro__ }}", {})
    Traceback (most recent call last):
    jinja2.exceptions.SecurityError: access to attribute '__class__' of 'str' object is unsafe.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2

STEPS = 20_000
"""Turns of all loops, and calls of macros, in one filling."""
LONGEST = 200_000
"""Characters of a text, and values in a list at any depth, that a template makes."""
LONGEST_WHOLE = 20_000_000
"""Characters of all texts that one filling puts together."""
LONGEST_SOURCE = 100_000
LARGEST = 10**15
"""Of a number in a product."""
BUDGET = "the steps that are left"
"""The name of a filling's own count, which no template can write."""

METHODS: Mapping[type, str] = {
    str: "lower upper title capitalize casefold strip lstrip rstrip startswith endswith "
    "removeprefix removesuffix split rsplit splitlines partition rpartition find count isdigit "
    "isalpha isupper islower",
    dict: "items keys values get",
    tuple: "index count",
    list: "index count",
    bytes: "",
    set: "",
}
"""What may be called of Python's own values; of all others, what has no underscore before it."""
FILTERS = (
    "abs capitalize count d default dictsort e escape first float int items join last length "
    "list lower map max min reject rejectattr replace reverse round safe select selectattr sort "
    "string sum title trim unique upper wordcount"
)
FORBIDDEN = "Include Import FromImport Extends Block CallBlock FilterBlock"


def filled(source: str, values: Mapping[str, Any]) -> str:
    """Return a template's text, its names filled with `values`.

    Raises jinja2's errors, `SecurityError` among them, and whatever the template raises itself.
    """
    steps = min(STEPS, LONGEST_WHOLE // max(len(source), 1))
    text = _compiled(source).render({**values, BUDGET: _Budget(steps)})
    check_size(text)
    return text


@functools.cache
def variables_in(source: str) -> frozenset[str]:
    """Return the names that a template wants filled; raises as `filled` does."""
    from jinja2 import meta

    return frozenset(meta.find_undeclared_variables(_environment().parse(source)))


@functools.cache
def _compiled(source: str) -> "jinja2.Template":
    return _environment().from_string(source)


class _Budget:
    """The steps and the characters that a filling has left."""

    def __init__(self, steps: int) -> None:
        self._steps, self._characters = steps, LONGEST_WHOLE

    def take(self, steps: int = 0, characters: int = 0) -> None:
        """Take some; raises `SecurityError` where too few are left."""
        self._steps -= steps
        self._characters -= characters
        if min(self._steps, self._characters) < 0:
            raise _forbidden("it takes too many steps")


def _forbidden(reason: str) -> Exception:
    from jinja2.exceptions import SecurityError

    return SecurityError(reason)


def check_size(value: Any) -> None:
    """Raise `SecurityError` for a text, or a list with what is in it, that is too large."""
    size, waiting = 0, [value]
    while waiting:
        inner = waiting.pop()
        size += len(inner) if isinstance(inner, str) else 1
        if size > LONGEST:
            raise _forbidden(f"it makes a text or a list longer than {LONGEST}")
        if isinstance(inner, Mapping):
            waiting += inner.values()
        elif isinstance(inner, list | tuple):
            waiting += inner[: LONGEST + 1]


def _counted(context: Any, values: Iterable[Any]) -> Iterator[Any]:
    """Yield what a loop goes through, each a step."""
    context[BUDGET].take(steps=1)
    for value in values:
        context[BUDGET].take(steps=1)
        yield value


def _sized(context: Any, value: Any) -> Any:
    """Return a value unchanged, once its size is checked."""
    check_size(value)
    context[BUDGET].take(characters=len(value) if isinstance(value, str) else 1)
    return value


@functools.cache
def _environment() -> "jinja2.Environment":
    import jinja2
    from jinja2 import nodes, pass_context
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Where templates are filled."""

        intercepted_binops = frozenset(["+", "*", "**", "%"])

        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            if len(source) > LONGEST_SOURCE:
                raise _forbidden(f"it is longer than {LONGEST_SOURCE} characters")
            tree = super()._parse(source, name, filename)
            for node in tree.find_all(tuple(getattr(nodes, kind) for kind in FORBIDDEN.split())):
                raise jinja2.TemplateSyntaxError(
                    f"a prompt has no {type(node).__name__.lower()}", node.lineno
                )
            return tree

        def _generate(self, source: nodes.Template, *rest: Any, **more: Any) -> str:
            _count_steps(source)
            return super()._generate(source, *rest, **more)

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            return _is_listed(obj, attr) and bool(super().is_safe_attribute(obj, attr, value))

        def wrap_str_format(self, value: Any) -> None:
            """Give no `str.format` of the sandbox's own: its widths have no bound."""

        def is_safe_callable(self, obj: Any) -> bool:
            owner = getattr(obj, "__self__", None)
            listed = owner is None or _is_listed(owner, getattr(obj, "__name__", ""))
            return listed and bool(super().is_safe_callable(obj))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            _check_operands(operator, left, right)
            value = super().call_binop(context, operator, left, right)
            check_size(value)
            return value

    environment = Sandbox(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # not HTML: a prompt is plain text for a model, so nothing is escaped
        autoescape=False,
    )
    known = environment.filters
    environment.filters = {name: known[name] for name in FILTERS.split()}
    environment.filters |= {
        "join": _join,
        "replace": _replace,
        COUNTED: pass_context(_counted),
        SIZED: pass_context(_sized),
    }
    environment.globals = {"range": environment.globals["range"]}
    return environment


COUNTED, SIZED = "counted by the sandbox", "sized by the sandbox"
"""Filters whose names no template can write."""


def _count_steps(tree: Any) -> None:
    """Put a count around what every loop goes through and into every macro, and a look at its size
    around every value that is kept, compared, changed or put into a text.
    """
    from jinja2 import nodes

    def around(node: Any, name: str) -> Any:
        return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)

    for loop in tree.find_all(nodes.For):
        if loop.recursive:
            raise _forbidden("a prompt has no recursive loop")
        loop.iter = around(loop.iter, COUNTED)
    for macro in tree.find_all(nodes.Macro):
        step = around(nodes.Const([], lineno=macro.lineno), COUNTED)
        macro.body.insert(0, nodes.Output([around(step, "join")], lineno=macro.lineno))
    for node in list(tree.find_all((nodes.Assign, nodes.Filter, nodes.Test))):
        if node.node is not None:
            node.node = around(node.node, SIZED)
    for compared in tree.find_all(nodes.Compare):
        compared.expr = around(compared.expr, SIZED)
    for joined in tree.find_all((nodes.Concat, nodes.Output)):
        joined.nodes = [
            node if isinstance(node, nodes.TemplateData) else around(node, SIZED)
            for node in joined.nodes
        ]


def _is_listed(obj: Any, name: str) -> bool:
    """Return whether a name of a value is on the list, or none of those of Python's own values."""
    kind = next((kind for kind in METHODS if isinstance(obj, kind)), None)
    return kind is None or name in METHODS[kind].split() or not hasattr(kind, name)


def _check_operands(operator: str, left: Any, right: Any) -> None:
    """Raise `SecurityError` for what would grow beyond all bounds in one step."""
    numbers = all(isinstance(value, int | float) for value in (left, right))
    if operator == "+":
        return
    if operator == "**" or not numbers:
        raise _forbidden(f"'{operator}' of these values is not for prompts")
    if max(abs(left), abs(right)) > LARGEST:
        raise _forbidden("it counts with numbers that are too large")


def _join(values: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
    if attribute is not None:
        raise _forbidden("join takes no attribute: use map first")
    texts = [str(value) for value in values]
    if sum(map(len, texts)) + len(str(d)) * len(texts) > LONGEST:
        raise _forbidden(f"it makes a text longer than {LONGEST}")
    return str(d).join(texts)


def _replace(text: str, old: str, new: str, count: int = -1) -> str:
    text, old, new = str(text), str(old), str(new)
    times = text.count(old)
    if len(text) + times * len(new) > LONGEST:
        raise _forbidden(f"it makes a text longer than {LONGEST}")
    return text.replace(old, new, count)
