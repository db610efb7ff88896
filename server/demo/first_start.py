"""The demo county at first start: made beside the data folder's place and moved in when it is whole.

A start that was cut off leaves nothing behind but a folder that the next one removes.
"""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Final

from tqdm import tqdm

from server.demo.accounts import write_accounts
from server.demo.seed import seed_demo
from server.messages import text
from server.opening import open_services, refuse_lost_databases
from server.settings import Settings
from server.store import COUCH, has_county, put_in_place

_WORKSHOP: Final = ".demo-being-made"
_LAST: Final = COUCH
"""Its presence says that there are data; so it is moved in last."""


def prepare_demo(settings: Settings) -> bool:
    """Make the demo county where there are no data yet; False when there are."""
    if has_county(settings):
        return False
    workshop = settings.data / _WORKSHOP
    if not workshop.exists():  # where it is, an earlier first start was cut off
        refuse_lost_databases(settings)
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir(parents=True)
    if (settings.data / "keys").exists():
        shutil.copytree(settings.data / "keys", workshop / "keys")
    _make(dataclasses.replace(settings, data=workshop, journal=None, media=None, couch_url=""))
    _move_in(workshop, settings)
    return True


def _make(settings: Settings) -> None:
    services = open_services(settings, is_worker=True)
    try:
        looks = "{desc} {bar} {percentage:3.0f}%"
        # Without a terminal there is no bar: it would be a hundred lines of a log.
        with tqdm(total=100, desc=text("demo.seed.bar"), bar_format=looks, disable=None) as bar:

            def show(done: int, total: int) -> None:
                bar.update(round(100 * done / total) - bar.n)

            seeded = seed_demo(services, show)
    finally:
        services.couch.close()
    write_accounts(settings.data, seeded.accounts)


def _move_in(workshop: Path, settings: Settings) -> None:
    homes = {"journal": settings.journal_folder, "media": settings.media_folder}
    names = sorted((path.name for path in workshop.iterdir()), key=lambda name: name == _LAST)
    for name in names:
        home = homes.get(name, settings.data / name)
        home.parent.mkdir(parents=True, exist_ok=True)
        if name == _LAST and settings.couch_url:
            put_in_place(settings, workshop / name)
        elif name in {"keys", *homes} and home.exists():
            shutil.copytree(workshop / name, home, dirs_exist_ok=True)
        else:
            shutil.move(workshop / name, home)
    shutil.rmtree(workshop, ignore_errors=True)
