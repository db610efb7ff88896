"""A gateway with two members, each with an enrolled phone."""

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
    one = Phone(app, services, volunteer(services))
    assert one.enrol().status_code == 201
    return one


@pytest.fixture
def other(app: Flask, services: Services) -> Phone:
    one = Phone(app, services, volunteer(services, "李志愿"))
    assert one.enrol().status_code == 201
    return one
