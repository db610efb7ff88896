"""Many databases of a CouchDB node or cluster: the Server of this backend.

As it is, it sees the server's own databases by their own names. With a `prefix` it is a county's: its
databases have names of their own below it, and their life (epoch, place) is kept there too.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from sync.couchdb.address import check_database_name, parse_address, quoted_database
from sync.couchdb.asking import Asking
from sync.couchdb.backup import copy_database
from sync.couchdb.commits import Commits
from sync.couchdb.connection import Connection
from sync.couchdb.lease import CouchLease
from sync.couchdb.life import ACCESS, HOME, Life, Lives, new_place
from sync.couchdb.peer import CouchPeer
from sync.couchdb.quorum import Witnesses
from sync.couchdb.retries import Patience
from sync.couchdb.runtime import Runtime
from sync.couchdb.setting_up import (
    READ_ONLY,
    has_user,
    join_node,
    make_read_only,
    make_system_databases,
    make_user,
    secure,
)
from sync.errors import (
    DatabaseNotFound,
    NotImplementedHere,
    PreconditionFailed,
    StorageFailed,
    SyncError,
)
from sync.lease import Terms
from sync.peer import Server

CREATE_PATIENCE_S: Final = 5.0
POLL_S: Final = 0.05

OpenBackup = Callable[[Path, str], Server]
"""Opens a new file of the embedded engine, with the epoch that it is to have."""


class Health(NamedTuple):
    """`is_quorate`: a write just now reached enough copies."""

    version: str
    copies: int
    nodes_up: int
    nodes: int
    is_quorate: bool


class CouchServer:
    """Implements Server."""

    def __init__(
        self, connection: Connection, *, prefix: str = "", open_backup: OpenBackup | None = None
    ) -> None:
        self._connection = connection
        self._prefix = prefix
        self._lives = Lives(connection, prefix) if prefix else None
        self._commits = Commits(connection, self)
        self._open_backup = open_backup
        self._staged_place: str | None = None
        self._seen: set[str] = set()
        self._deleted_lives: dict[str, str] = {}

    @property
    def prefix(self) -> str:
        return self._prefix

    @property
    def uuid(self) -> str:
        """What it says; express-pouchdb says none, so there it is made of the address."""
        welcome = self._connection.ask("GET", "/").json()
        return str(welcome.get("uuid") or hashlib.md5(str(self._connection.address).encode()).hexdigest())  # noqa: S324

    @property
    def epoch(self) -> str:
        return self._life().epoch

    def change_epoch(self, epoch: str | None = None) -> str:
        """Begin another life; whoever follows a feed compares epochs, for CouchDB's seqs go on."""
        self._life()
        assert self._lives is not None
        return self._lives.begin(epoch=epoch).epoch

    def open(self, name: str) -> CouchPeer:
        asking = self._asking(name)
        asking.ask("GET").json()
        return self._opened(asking)

    def create(self, name: str) -> CouchPeer:
        check_database_name(name, prefix=self._prefix)
        asking = self._asking(name)
        self._create(asking)
        return self._opened(asking)

    def ensure(self, name: str) -> CouchPeer:
        check_database_name(name, prefix=self._prefix)
        asking = self._asking(name)
        if asking.path() not in self._seen:
            try:
                asking.ask("GET").json()
            except DatabaseNotFound:
                with suppress(PreconditionFailed):  # another process was faster
                    self._create(asking)
        return self._opened(asking)

    def delete(self, name: str) -> None:
        asking = self._asking(name)
        self._deleted_lives[name] = str(asking.ask("GET").json()["instance_start_time"])
        self._seen.discard(asking.path())
        self._commits.forget(name)
        answer = asking.ask("DELETE")
        answer.json()
        self._commits.tell(name)

    def names(self, prefix: str = "") -> list[str]:
        found = self._connection.ask("GET", "/_all_dbs", self._range(prefix)).json()
        names = [name for place in found if (name := self.name_of(place)) is not None]
        return sorted(name for name in names if name.startswith(prefix))

    def subscribe(self, on_commit: Callable[[str], None]) -> Callable[[], None]:
        return self._commits.subscribe(on_commit)

    def wipe_freed(self) -> None:
        """Nothing is left to do: a compaction of CouchDB writes a new file and removes the old one."""

    def backup_to(self, path: Path) -> None:
        """Copy database by database; what a later one says of an earlier one may be newer than that.

        Raises: StorageFailed, also when `path` exists.
        """
        if path.exists():
            raise StorageFailed(f"{path.name} exists already; a backup never overwrites.")
        if self._open_backup is None:
            raise NotImplementedHere("This server was opened without a way to write backups.")
        target = self._open_backup(path, self.epoch)
        try:
            for name in self.names():
                copy_database(self.open(name), target.ensure(name))
        finally:
            target.close()

    def bring_in(self, source: Server) -> None:
        """Copy every database of `source` into new ones of ours; by one last write they are the county's.

        What stood before stays on the server under its own names, set aside. Raises: StorageFailed.
        """
        self._life()
        assert self._lives is not None
        place = new_place()
        staged = CouchServer(self._connection, prefix=self._prefix)
        staged._staged_place = place
        for name in source.names():
            copy_database(source.open(name), staged.create(name))
        self._lives.begin(epoch=source.epoch, place=place)
        self._seen.clear()

    def health(self) -> Health:
        """Ask what an operator wants to know. Raises: SyncError when it does not answer us."""
        version = str(self._connection.ask("GET", "/").json()["version"])
        central = self._asking("central")
        info = central.ask("GET").json()
        copies = int((info.get("cluster") or {}).get("n", 1))
        try:
            members = self._connection.ask("GET", "/_membership").json()
        except SyncError:
            members = {"all_nodes": [version], "cluster_nodes": [version]}  # not for us to know
        up = [node for node in members["cluster_nodes"] if node in members["all_nodes"]]
        return Health(version, copies, len(up), len(members["cluster_nodes"]), Witnesses(central).are_heard())

    def set_up(
        self,
        databases: Sequence[str],
        *,
        user: str,
        password: str | None,
        read_only: Sequence[str] = (),
        nodes: Sequence[str] = (),
    ) -> list[str]:
        """Prepare the server for us and return what was changed, in the words of the protocol.

        `user` becomes a member of our databases, of those to come too; `password` None keeps what it
        has. Everybody but administrators is kept from writing to `read_only` and to where the life is kept.
        """
        assert self._lives is not None, "without a prefix the server is not ours to set up"
        to = self._connection
        changed = [f"_nodes/{node}" for node in nodes if join_node(to, node)]
        changed += make_system_databases(to)
        role = f"{self._prefix}member"
        if password is not None and make_user(to, user, password, [role]):
            changed.append(f"_users/{user}")
        if self._lives.admit([role]):
            changed.append(f"{self._prefix}{HOME}/{ACCESS}")
        for name in databases:
            self.ensure(name)
        places = [self._prefix + HOME, *map(self.place_of, self.names())]
        changed += [f"{place}/_security" for place in places if secure(to, place, [role])]
        guarded = [self._prefix + HOME, *map(self.place_of, read_only)]
        changed += [f"{place}/{READ_ONLY}" for place in guarded if make_read_only(to, place)]
        return changed

    def lease(self, document: str, *, key: str, name: str, terms: Terms | None = None) -> CouchLease:
        """Return a lease of the county, free or not: see there. Only administrators may write it."""
        assert self._lives is not None, "without a prefix there is no place for it"
        self._life()  # makes that place where there is none yet
        return CouchLease(self._connection, self._lives.home, document, key=key, name=name, terms=terms)

    def has_user(self, name: str) -> bool:
        return has_user(self._connection, name)

    def remove_everything(self) -> None:
        """Delete all that ever was below our prefix: every life, and what says which one it is."""
        assert self._lives is not None, "without a prefix nothing here is ours alone"
        everything = {"start_key": f'"{self._prefix}"', "end_key": f'"{self._prefix}\ufff0"'}
        for place in self._connection.ask("GET", "/_all_dbs", everything).json():
            self._connection.ask("DELETE", f"/{quoted_database(place)}")
        self._lives.end()

    def close(self) -> None:
        self._commits.close()
        self._connection.close()

    def place_of(self, name: str) -> str:
        """Return what a database of ours is called on the server."""
        return self._before() + name

    def name_of(self, place: str) -> str | None:
        """Return what we call a database of the server; None when it is not of this life of ours."""
        before = self._before()
        if not place.startswith(before) or place.startswith("_"):
            return None
        return place.removeprefix(before)

    def _before(self) -> str:
        """Return what the names of all our databases begin with on the server."""
        return f"{self._prefix}{self._staged_place or self._life().place}-" if self._lives else ""

    def _life(self) -> Life:
        if self._lives is None:
            raise NotImplementedHere("Without a prefix there is no epoch: the server is not ours alone.")
        return self._lives.now()

    def _asking(self, name: str) -> Asking:
        return Asking(name, self._connection, self)

    def _opened(self, asking: Asking) -> CouchPeer:
        self._seen.add(asking.path())
        self._commits.opened(asking)
        return CouchPeer(asking, self._commits.tell)

    def _create(self, asking: Asking) -> None:
        """Create it; one of the same name that is just being deleted is waited for.

        CouchDB tells lives apart by the second in which they began, so the next one is waited for too.
        """
        deadline_s = time.monotonic() + CREATE_PATIENCE_S
        before = self._deleted_lives.pop(asking.name, None)
        while before is not None and before == str(int(time.time())):
            time.sleep(POLL_S)
        while True:
            try:
                asking.ask("PUT", timeout_s=CREATE_PATIENCE_S * 6).json()
            except PreconditionFailed:
                if before is None or time.monotonic() > deadline_s:
                    raise
                time.sleep(POLL_S)
            else:
                if self._lives and (roles := self._lives.member_roles()):
                    secure(self._connection, self.place_of(asking.name), roles)
                self._commits.tell(asking.name)
                return

    def _range(self, prefix: str) -> dict[str, object]:
        start = self.place_of(prefix)
        return {"start_key": f'"{start}"', "end_key": f'"{start}\ufff0"'}


def open_server(
    url: str,
    *,
    prefix: str = "",
    ca_file: Path | None = None,
    open_backup: OpenBackup | None = None,
    patience: Patience | None = None,
    compresses: bool = True,
    runtime: Runtime | None = None,
) -> CouchServer:
    """Return the server at `http(s)://[user:password@]host[:port]`; nothing is asked of it yet.

    `prefix`: what the names of a county's databases begin with; "" for a server as it is.

    Raises: BadRequest.
    """
    if prefix:
        check_database_name(prefix + HOME)
    connection = Connection(
        parse_address(url), ca_file=ca_file, patience=patience, compresses=compresses, runtime=runtime
    )
    return CouchServer(connection, prefix=prefix, open_backup=open_backup)
