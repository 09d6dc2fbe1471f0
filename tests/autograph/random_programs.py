"""Programs drawn at random: nested branches and loops with breaks, continues and returns, over three integers."""

from __future__ import annotations

import random
from typing import final

HEAD = '''import hornbeam as tf


def wrap(x):
    return tf.convert_to_tensor(x) % 1009


def helper(x, y):
    if x > y:
        return x - y
    return x + y


def program(a, b):
    c = a - b
'''


@final
class Draw:
    """One program. `text()` is its file."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = 0
        self.lines: list[str] = []

    def text(self) -> str:
        """The file of the program, whose function is called `program`."""
        self.block(1, 0, False, 5)
        return HEAD + "\n".join(self.lines) + "\n    return wrap(a + b * 10 + c * 100)\n"

    def variable(self) -> str:
        return self.random.choice("abc")

    def expression(self, depth: int = 0) -> str:
        kind = self.random.random()
        if kind < 0.35 or depth >= 2:
            return self.variable()
        if kind < 0.55:
            return str(self.random.randint(-3, 5))
        left, right = self.expression(depth + 1), self.expression(depth + 1)
        if kind < 0.62:
            return f"({left} if {self.condition(depth + 1)} else {right})"
        if kind < 0.68:
            return f"abs({left})"
        if kind < 0.72:
            return f"helper({left}, {right})"
        return f"({left} {self.random.choice('+-*')} {right})"

    def condition(self, depth: int = 0) -> str:
        kind = self.random.random()
        if kind < 0.55 or depth >= 2:
            sign = self.random.choice(["<", "<=", ">", ">=", "==", "!="])
            return f"{self.variable()} {sign} {self.expression(1)}"
        if kind < 0.85:
            return f"({self.condition(depth + 1)} {self.random.choice(['and', 'or'])} {self.condition(depth + 1)})"
        if kind < 0.93:
            return f"not {self.condition(depth + 1)}"
        return f"{self.expression(2)} < {self.variable()} <= {self.expression(2)}"

    def block(self, indent: int, depth: int, in_loop: bool, most: int) -> None:
        for _ in range(self.random.randint(1, most)):
            self.statement(indent, depth, in_loop)

    def add(self, indent: int, line: str) -> None:
        self.lines.append("    " * indent + line)

    def statement(self, indent: int, depth: int, in_loop: bool) -> None:
        kind = self.random.random()
        if kind < 0.4 or depth >= 4:
            self.add(indent, f"{self.variable()} = wrap({self.expression()})")
        elif kind < 0.62:
            self.branch(indent, depth, in_loop)
        elif kind < 0.8:
            self.loop(indent, depth, in_loop, kind < 0.72)
        elif kind < 0.88 and in_loop:
            self.add(indent, f"if {self.condition()}:")
            self.add(indent + 1, self.random.choice(["break", "continue"]))
        elif kind < 0.95:
            self.add(indent, f"if {self.condition()}:")
            self.add(indent + 1, f"return wrap({self.expression()}) + 1000")
        else:
            self.add(indent, "with tf.name_scope('inside'):")
            self.block(indent + 1, depth + 1, in_loop, 2)

    def branch(self, indent: int, depth: int, in_loop: bool) -> None:
        self.add(indent, f"if {self.condition()}:")
        self.block(indent + 1, depth + 1, in_loop, 3)
        if self.random.random() < 0.3:
            self.add(indent, f"elif {self.condition()}:")
            self.block(indent + 1, depth + 1, in_loop, 2)
        if self.random.random() < 0.5:
            self.add(indent, "else:")
            self.block(indent + 1, depth + 1, in_loop, 3)

    def loop(self, indent: int, depth: int, in_loop: bool, over_items: bool) -> None:
        self.names += 1
        name, count = f"i{self.names}", self.random.randint(0, 4)
        if over_items:
            rows = [self.random.randint(-3, 5) for _ in range(count + 1)]
            items = [f"tf.range({count})", f"range({count})", "tf.range(a % 4)", f"tf.constant({rows})"]
            self.add(indent, f"for {name} in {self.random.choice(items)}:")
            self.add(indent + 1, f"{self.variable()} = wrap({self.variable()} + {name})")
        else:
            self.add(indent, f"{name} = 0")
            self.add(indent, f"while {name} < {count} and {self.condition(1)}:")
            self.add(indent + 1, f"{name} += 1")
        self.block(indent + 1, depth + 1, True, 3)
        if self.random.random() < 0.2:
            self.add(indent, "else:")
            self.block(indent + 1, depth + 1, in_loop, 2)
