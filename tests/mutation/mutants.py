"""Small changes of a program, each of which some test ought to notice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_CALLED = {"all": "any", "any": "all", "min": "max", "max": "min"}
_TYPES = {"annotation", "returns", "decorator_list", "bases", "type_params"}
_WORDS = {"__slots__", "__repr__"}
_UNREACHED = {"TYPE_CHECKING", "assert_never", "TypeVar"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed program.

    `line`: the text of the line where it changed, stripped. `lines`: those of the smallest
    statement around it.
    """

    number: int
    line: str
    lines: range
    change: str
    program: str


def mutants(program: str) -> Iterator[Mutant]:
    """Make every mutant of a program, in the order of its lines."""
    tree = ast.parse(program)
    lines = program.splitlines()
    places = sorted(_places(tree, range(0)), key=lambda p: (p.node.lineno, p.node.col_offset))
    for place in places:
        before = _shown(place.node)
        for other in _others(place.node):
            place.put(ast.copy_location(other, place.node))
            text = ast.unparse(ast.fix_missing_locations(tree))
            place.put(place.node)
            line = lines[place.node.lineno - 1].strip()
            change = f"{before} -> {_shown(other)}"
            yield Mutant(place.node.lineno, line, place.lines, change, text)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node hangs in its tree; `index` None: it is not one of several."""

    parent: ast.AST
    field: str
    index: int | None
    node: Any
    lines: range

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def _places(tree: ast.AST, lines: range) -> Iterator[_Place]:
    """Everything that runs: no types, no documentation, no imports. `lines`: of its statement."""
    for field, value in ast.iter_fields(tree):
        if field in _TYPES:
            continue
        for index, node in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(node, ast.AST) or _says_nothing(node):
                continue
            own = _lines(node) if isinstance(node, ast.stmt) else lines
            if isinstance(node, ast.expr | ast.stmt):
                yield _Place(tree, field, index, node, own)
            yield from _places(node, own)


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _says_nothing(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr() | ast.Raise() | ast.pattern():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]) if name in _WORDS:
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(op=ast.BitOr())):
            return name[0].isupper()
        case ast.If(test=ast.Name(id=name)) | ast.Call(func=ast.Name(id=name)):
            return name in _UNREACHED
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _UNREACHED
        case _:
            return False


def _others(node: ast.expr | ast.stmt) -> Iterator[ast.AST]:
    """What might stand here instead."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=right) if type(op) in _COMPARED:
            yield ast.Compare(left, [_COMPARED[type(op)]()], right)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _COMPUTED:
            yield ast.BinOp(left, _COMPUTED[type(op)](), right)
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Constant(value=value):
            yield from _other_constants(value)
        case ast.Name(id=name, ctx=ast.Load()) if name in _CALLED:
            yield ast.Name(_CALLED[name], ast.Load())
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _other_comprehensions(node)
        case ast.stmt():
            yield from _other_statements(node)


def _other_constants(value: object) -> Iterator[ast.expr]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(f"not {value}")


def _other_comprehensions(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp,
) -> Iterator[ast.AST]:
    """The same, of everything that its first condition lets through, or of the opposite."""
    first = node.generators[0]
    if not first.ifs:
        return
    for ifs in ([], [_opposite(first.ifs[0]), *first.ifs[1:]]):
        changed = ast.comprehension(first.target, first.iter, ifs, first.is_async)
        fields = dict(ast.iter_fields(node)) | {"generators": [changed, *node.generators[1:]]}
        yield type(node)(**fields)


def _other_statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(_opposite(test), body, orelse)
        case ast.While(test=test, body=body, orelse=orelse):
            yield ast.While(ast.Constant(value=False), body, orelse)
        case ast.AugAssign(target=target, op=op, value=value):
            yield ast.Pass()
            if type(op) in _COMPUTED:
                yield ast.AugAssign(target, _COMPUTED[type(op)](), value)
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Expr() | ast.Continue() | ast.Break() | ast.Return():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _opposite(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _shown(node: ast.AST) -> str:
    """A node as text on one line, cut short."""
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
