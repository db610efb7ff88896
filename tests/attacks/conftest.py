"""Two enrolled phones of two members before a gateway that holds something worth stealing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.services import Services
from tests.support.gateway_rig import Phone, open_gateway, volunteer


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[Flask, Services]]:
    with open_gateway(tmp_path) as opened:
        yield opened


@pytest.fixture
def app(gateway: tuple[Flask, Services]) -> Flask:
    return gateway[0]


@pytest.fixture
def services(gateway: tuple[Flask, Services]) -> Services:
    return gateway[1]


@pytest.fixture
def phone(app: Flask, services: Services) -> Phone:
    """The attacker: a member as any other, with a phone as any other."""
    one = Phone(app, services, volunteer(services))
    assert one.enrol().status_code == 201
    return one


@pytest.fixture
def victim(app: Flask, services: Services) -> Phone:
    """Another member, with an entry in the log and a view in the feed."""
    one = Phone(app, services, volunteer(services, "李志愿"))
    assert one.enrol().status_code == 201
    assert one.push([one.note("秘密")]).get_json()[0]["ok"] is True
    one.feed = f"member-{services.directory.alias('feed', one.member)}-{services.epoch}"
    services.couch.ensure(one.feed).bulk_docs([{"_id": "lead:secret", "title": "秘密"}])
    return one


@pytest.fixture
def own_feed(phone: Phone, services: Services) -> str:
    name = f"member-{services.directory.alias('feed', phone.member)}-{services.epoch}"
    services.couch.ensure(name).bulk_docs([{"_id": "lead:own", "title": "自己的"}])
    return name
