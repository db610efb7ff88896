"""Imports run one way (ARCHITECTURE, "The import rule")."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PURE = {
    "sync.revision",
    "sync.revision_tree",
    "sync.errors",
    "sync.outcome",
    "sync.spelling",
    "sync.document",
    "sync.replication.replication_id",
    "sync.replication.log",
    "sync.mango.selector",
    "sync.mango.json_order",
    "sync.mango.regular_expression",
    "sync.mango.regular_expression_syntax",
}
BACKENDS = ("sync.sqlite", "sync.couchdb")
CHOOSERS = {"server.store"}
SQL_HOMES = ("sync.sqlite", "server.readmodel", "server.doctor")
RULES = ("server.sessions", "server.records", "server.fold")
STANDARD = sys.stdlib_module_names - {
    "os",
    "io",
    "pathlib",
    "random",
    "socket",
    "sqlite3",
    "subprocess",
    "time",
}
HTTP_CLIENT_HOMES = ("sync.couchdb", "server.demo", "server.media.s3_store", "server.store")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_in(module: str, home: str) -> bool:
    return module == home or module.startswith(home + ".")


SOURCES = sorted(p for folder in ("sync", "server") for p in (ROOT / folder).rglob("*.py"))


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    return {module_name(p): imported(p) for p in SOURCES}


class TestImportRule:
    """STYLE, "A tree to grow from"."""

    def test_sync_never_imports_server(self, imports):
        assert [
            m for m, names in imports.items() if is_in(m, "sync") and any(is_in(n, "server") for n in names)
        ] == []

    def test_the_pure_core_imports_the_standard_library_alone(self, imports):
        foreign = {
            m: {n for n in imports[m] if n.split(".")[0] in {"flask", "apsw", "orjson", "gevent"}}
            for m in PURE & imports.keys()
        }
        assert {m: n for m, n in foreign.items() if n} == {}

    def test_backends_never_import_each_other(self, imports):
        for backend in BACKENDS:
            others = [b for b in BACKENDS if b != backend]
            for module in (m for m in imports if is_in(m, backend)):
                assert not any(is_in(n, other) for n in imports[module] for other in others), module

    def test_only_one_module_chooses_a_backend(self, imports):
        choosing = {
            m
            for m, names in imports.items()
            if is_in(m, "server") and any(is_in(n, b) for n in names for b in BACKENDS)
        }
        assert choosing - CHOOSERS == set()

    def test_the_rules_on_sessions_are_pure(self, imports):
        ours = {m: names for m, names in imports.items() if is_in(m, "server.sessions")}
        foreign = {
            m: {
                n
                for n in names
                if n.split(".")[0] not in STANDARD and not any(is_in(n, home) for home in RULES)
            }
            for m, names in ours.items()
        }
        assert {m: n for m, n in foreign.items() if n} == {}
        assert len(ours) > 20

    def test_sql_lives_in_the_engine_and_the_read_model(self, imports):
        users = {m for m, names in imports.items() if any(is_in(n, "apsw") for n in names)}
        assert {m for m in users if not any(is_in(m, home) for home in SQL_HOMES)} == set()

    def test_http_clients_live_in_the_couchdb_peer_and_the_simulated_phones(self, imports):
        users = {
            m
            for m, names in imports.items()
            if any(n.split(".")[0] in {"urllib3", "requests", "httpx"} for n in names)
        }
        assert {m for m in users if not any(is_in(m, home) for home in HTTP_CLIENT_HOMES)} == set()

    def test_a_feature_of_the_console_never_imports_anothers_views(self, imports):
        for module, names in imports.items():
            if not is_in(module, "server.console") or module.count(".") < 3:
                continue
            own = ".".join(module.split(".")[:3])
            foreign = [
                n for n in names if n.startswith("server.console.") and ".views" in n and not is_in(n, own)
            ]
            assert foreign == [], module

    def test_no_module_imports_itself_through_others(self, imports):
        graph = {m: _modules(names, imports) - {m} for m, names in imports.items()}
        done: set[str] = set()
        for start in graph:
            _walk(start, graph, [], done)


def _modules(names: set[str], imports: dict[str, set[str]]) -> set[str]:
    """Return the modules taken; `from package import module` takes the module, not the package."""
    modules = {n for n in names if n in imports}
    taken_from = {n.rpartition(".")[0] for n in names - imports.keys()}
    return {m for m in modules if m in taken_from or not any(is_in(n, m) and n != m for n in modules)}


def _walk(module: str, graph: dict[str, set[str]], path: list[str], done: set[str]) -> None:
    assert module not in path, " → ".join([*path[path.index(module) :], module])
    if module in done:
        return
    for target in sorted(graph[module]):
        _walk(target, graph, [*path, module], done)
    done.add(module)
