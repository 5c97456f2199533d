"""The walls between the packages and the sizes of their pieces, read from the sources and not from what is running."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.programs import PROGRAMS

ROOT = Path(__file__).parent.parent
PROCESSES = ("clock", "collectors", "aggregator", "notifier", "sentinel", "webhook", "execution", "brokers")
PRODUCT = ("bus", "launch", *PROCESSES, "reports", "ledger")
OURS = (*PRODUCT, "sandbox", "tools", "tests")
MAY_IMPORT = {
    "bus": {"bus"},
    "launch": {"launch", "bus"},
    "ledger": {"ledger", "bus"},
    "clock": {"clock", "bus"},
    "collectors": {"collectors", "bus"},
    "sentinel": {"sentinel", "bus"},
    "aggregator": {"aggregator", "bus", "ledger"},
    "reports": {"reports", "bus", "ledger"},
    "notifier": {"notifier", "bus", "ledger", "reports"},
    "webhook": {"webhook", "bus", "ledger"},
    "execution": {"execution", "bus", "ledger", "reports"},
    "brokers": {"brokers", "bus"},
    "sandbox": {"sandbox"},
    "tools": set(OURS) - {"tests"},
}
HEAVY = {"pybit", "okx", "requests", "urllib3", "httpx", "telegram", "sqlalchemy", "alembic", "aiohttp", "defusedxml"}
HEAVY |= {"ib_async", "matplotlib", "numpy", "PIL", "fastapi", "starlette", "pydantic", "uvicorn", "holidays", "fpdf"}
FILE_LINES, TEST_FILE_LINES, FUNCTION_LINES, NESTING = 300, 500, 40, 3
BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
MIGRATIONS = ROOT / "ledger" / "migrations" / "versions"  # lists of columns: long, and never to be edited again
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

NOT_TRACKED = {".git", ".venv", ".demo", ".hypothesis", "__pycache__", "run", "data", "logs", "backups", "accounts"}
NOT_TRACKED |= {".venv-clients", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
MACHINE = re.compile(r"(?<![\w.~/-])/(?:work|root|home)/\w|/tmp/\w+/|(?:extra-|--)index-url|trusted-host", re.ASCII)
TICKET = re.compile(r"\b(?:issue|pull request|PR|ticket)s? ?#?\d+|(?<=[(\s])#\d+\b(?!;)", re.IGNORECASE)
SECRET_NAME = re.compile(r"TOKEN|SECRET|PASS(WORD|PHRASE)|API_?KEY|CREDENTIAL", re.IGNORECASE)
SECRET_TEXT = re.compile(r"^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_.:/+=-]{16,}$|^\d{6,}:[\w-]{30,}$|^t\.[\w-]{40,}$")


def sources(*packages: str) -> list[Path]:
    """Return the Python files of these packages."""
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def tree_of(path: Path) -> ast.Module:
    """Return a parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def at(path: Path, node: ast.AST | None = None) -> str:
    """Return where something is, as a person would look for it."""
    line = f":{getattr(node, 'lineno', 1)}" if node else ""
    return f"{path.relative_to(ROOT)}{line}"


def imported(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield every imported module, whatever function the import stands in; `from a import b` as `a` and as `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield node, node.module or ""
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            yield node


def depth(node: ast.AST) -> int:
    """Return how deep blocks stand in one another; an `elif` is no deeper than its `if`, a function starts anew."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, depth(child) + (isinstance(child, BLOCKS) and not is_elif))
    return deepest


def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield the public functions and classes of a body, their public methods and `__init__` too."""
    for node in body:
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)) or (node.name[0] == "_" and node.name != "__init__"):
            continue
        yield node
        if isinstance(node, ast.ClassDef):
            yield from public(node.body)


def tracked() -> Iterator[Path]:
    """Yield the files that are, or would be, in the repository."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_TRACKED]
        kept = [name for name in files if name not in NOT_TRACKED]  # in a second work tree .git is a file
        yield from (Path(folder, name) for name in kept if name == ".env.example" or not name.startswith(".env"))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_it_stands_on(package: str) -> None:
    wrong = [
        f"{at(path, node)} imports {name}"
        for path in sources(package)
        for node, name in imported(tree_of(path))
        if name.partition(".")[0] in set(OURS) - MAY_IMPORT[package]
    ]

    assert not wrong


def test_every_package_of_ours_has_its_walls() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/*.py")} - NOT_TRACKED - {"tests"}

    assert packages <= set(MAY_IMPORT)


def test_no_process_imports_another() -> None:
    files = {path: tree_of(path) for path in sources(*PRODUCT)}
    runs = {path for path, tree in files.items() if any(node.name == "main" for node in functions(tree))}
    processes = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in runs}
    wrong = [
        f"{at(path, node)} imports the process {name}"
        for path, tree in files.items()
        for node, name in imported(tree)
        if name.removesuffix(".main") in processes and processes[name.removesuffix(".main")] != path
    ]

    assert len(processes) > len(PROCESSES)
    assert not wrong


def test_who_reads_answers_knows_no_network() -> None:
    network = {"requests", "urllib3", "httpx", "pybit", "okx", "socket", "http", "aiohttp"}
    files = [path for path in sources("collectors") if path.parent.name == "wire"]
    wrong = [
        f"{at(path, node)} imports {name}"
        for path in files
        for node, name in imported(tree_of(path))
        if name.partition(".")[0] in network or name.startswith("collectors.egress")
    ]

    assert files
    assert not wrong


def test_only_the_launcher_imports_by_name() -> None:
    wrong = [
        f"{at(path, node)} uses importlib"
        for path in sources(*PRODUCT)
        for node, name in imported(tree_of(path))
        if name.partition(".")[0] == "importlib"
        and path != ROOT / "launch" / "programs.py"
        and path.parent.name != "launch"
    ]

    assert not wrong


def test_reading_all_settings_loads_no_sdk_and_no_database() -> None:
    program = "import sys; from launch.check import declared; declared(); print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in answer.stdout.split()}

    assert "collectors" in loaded
    assert not loaded.intersection(HEAVY)


def is_of_venues(path: Path) -> bool:
    """Tell whether a file is of a package that has files of single platforms."""
    return path.relative_to(ROOT).parts[0] in {"collectors", "brokers"}


def test_only_a_platforms_own_files_name_it() -> None:
    platforms = [program.platform for program in PROGRAMS if program.platform is not None]
    own = tuple(platform.name for platform in platforms)
    named = {re.escape(word) for platform in platforms for word in (platform.name, platform.label)}
    pattern = re.compile("|".join(named | {"t-bank", "т-банк", "tinkoff", "interactive ?brokers"}), re.IGNORECASE)
    words = [path for package in PRODUCT for path in sorted((ROOT / package).rglob("*.json"))]
    wrong = [
        f"{at(path)}:{number}: {found[0]}"
        for path in (*sources(*PRODUCT), *words)
        if not any(part.startswith(own) for part in path.relative_to(ROOT).parts[1:] if is_of_venues(path))
        if path not in {ROOT / "launch" / "programs.py", ROOT / "execution" / "venues.py"}  # one row for each
        if path.parent != MIGRATIONS  # one lists the brokers that there are rows of
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := pattern.search(line))
    ]

    assert own
    assert not wrong


def test_every_file_is_short() -> None:
    limits = [(path, FILE_LINES) for path in sources(*MAY_IMPORT) if path.parent != MIGRATIONS]
    limits += [(path, TEST_FILE_LINES) for path in sources("tests")]
    lengths = [(path, len(path.read_text(encoding="utf-8").splitlines()), limit) for path, limit in limits]
    long = [f"{at(path)} has {length} lines, at most {limit}" for path, length, limit in lengths if length > limit]

    assert not long


def test_every_function_fits_a_screen() -> None:
    found = ((path, node) for path in sources(*MAY_IMPORT) for node in functions(tree_of(path)))
    lengths = ((path, node, (node.end_lineno or 0) - node.lineno + 1) for path, node in found)
    long = [
        (path, f"{at(path, node)} {node.name} has {length}")
        for path, node, length in lengths
        if length > FUNCTION_LINES
    ]

    assert not [text for path, text in long if path.parent != MIGRATIONS]


def test_no_function_is_nested_deep() -> None:
    found = ((path, node) for path in sources(*MAY_IMPORT) for node in functions(tree_of(path)))
    deep = [f"{at(path, node)} {node.name} is {depth(node)} deep" for path, node in found if depth(node) > NESTING]

    assert not deep


def test_product_code_has_no_assert_which_the_optimiser_would_drop() -> None:
    wrong = [
        at(path, node) for path in sources(*PRODUCT) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Assert)
    ]

    assert not wrong


def test_product_code_prints_only_where_a_reason_stands_beside_it() -> None:
    wrong = []
    for path in sources(*PRODUCT):
        lines = path.read_text(encoding="utf-8").splitlines()
        calls = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))
        prints = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print")
        wrong += [at(path, call) for call in prints if "# noqa: T201 - " not in lines[(call.end_lineno or 1) - 1]]

    assert not wrong


def test_everything_public_says_what_it_does() -> None:
    silent = []
    for path in sources(*MAY_IMPORT):
        tree = tree_of(path)
        silent += [] if ast.get_docstring(tree) else [f"{at(path)} opens without a docstring"]
        silent += [f"{at(path, node)} {node.name}" for node in public(tree.body) if not ast.get_docstring(node)]

    assert not silent


def test_product_code_holds_no_constant_that_looks_like_a_secret() -> None:
    wrong = []
    for path in sources(*PRODUCT, "tools"):
        assigned = (
            node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Assign | ast.AnnAssign | ast.keyword)
        )
        for node in assigned:
            names = [node.arg or ""] if isinstance(node, ast.keyword) else [ast.unparse(each) for each in targets(node)]
            text = node.value.value if isinstance(node.value, ast.Constant) else None
            if isinstance(text, str) and SECRET_TEXT.match(text) and any(map(SECRET_NAME.search, names)):
                wrong.append(f"{at(path, node)} {', '.join(names)}")

    assert not wrong


def targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    """Return what an assignment assigns to."""
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def test_no_file_names_a_machine_a_registry_or_a_ticket() -> None:
    wrong = []
    for path in tracked():
        if path == Path(__file__) or path.suffix in {".png", ".db", ".gz", ".bin"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            found = MACHINE.search(line) or TICKET.search(line)
            wrong += [f"{at(path)}:{number}: {found[0]}"] if found else []

    assert not wrong


def test_what_must_stay_private_is_ignored_by_git() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()

    assert {".env", ".env.*", "!.env.example", "/run/", "/data/", "/logs/", "/.demo/"} <= set(ignored)
