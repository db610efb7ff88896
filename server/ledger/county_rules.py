"""What a county sets differently: `service.toml` in the data folder, one line a number (DOMAIN 3.0)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from server.messages.told import Told
from server.sessions import SessionSettings, SettingOutOfRange, settings_of
from server.sessions.weight import FLAG_WEIGHTS

FILE: Final = "service.toml"
_WEIGHTS: Final = "flag_weights"


class CountyRulesWrong(Told):
    """The file cannot be used; nothing is computed by half of it."""


def county_rules(data: Path) -> SessionSettings:
    """Return the county's table; without a file, the defaults. Raises: CountyRulesWrong."""
    path = data / FILE
    try:
        county: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        if isinstance(county.get(_WEIGHTS), dict):
            county[_WEIGHTS] = {**FLAG_WEIGHTS, **county[_WEIGHTS]}
        return settings_of(county)
    except FileNotFoundError:
        return SessionSettings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, SettingOutOfRange) as error:
        raise CountyRulesWrong("cli.service_rules.wrong", path=path.name, why=str(error)) from error
