"""The console mounted on the application: every feature's pages, the gate before them, the words in them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

from server.console.bulk_credit.views import blueprint as bulk_credit
from server.console.check_events.views import blueprint as check_events
from server.console.dashboard.views import blueprint as dashboard
from server.console.deadline_board.views import blueprint as deadline_board
from server.console.devices.views import blueprint as devices
from server.console.evaluations.views import blueprint as evaluations
from server.console.layout.template_words import register_template_words
from server.console.layout.words import register_words
from server.console.leads.views import blueprint as leads
from server.console.live_board.views import blueprint as live_board
from server.console.members.views import blueprint as members
from server.console.orders.views import blueprint as orders
from server.console.participants.views import blueprint as participants
from server.console.quarantine.views import blueprint as quarantine
from server.console.records.views import blueprint as records
from server.console.service_alerts.views import blueprint as service_alerts
from server.console.service_reports.views import blueprint as service_reports
from server.console.service_sessions.views import blueprint as service_sessions
from server.console.sign_in.views import blueprint as sign_in
from server.console.spot_checks.views import blueprint as spot_checks
from server.console.stations.views import blueprint as stations
from server.console.tablets.views import blueprint as tablets

PREFIX = "/console"
FEATURES = (
    sign_in,
    dashboard,
    leads,
    check_events,
    quarantine,
    devices,
    tablets,
    members,
    participants,
    orders,
    evaluations,
    stations,
    live_board,
    service_sessions,
    bulk_credit,
    spot_checks,
    service_alerts,
    deadline_board,
    service_reports,
    records,
)


def register_console(app: Flask) -> None:
    """Mount the console; needs the template global `asset_url(name)` that serves the built client."""
    folder = Path(__file__).parent
    loaders = [FileSystemLoader(path) for path in sorted(folder.glob("*/templates"))]
    app.jinja_env.loader = ChoiceLoader([*([app.jinja_loader] if app.jinja_loader else []), *loaders])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    register_words(app)
    register_template_words(app)
    for blueprint in FEATURES:
        app.register_blueprint(blueprint, url_prefix=PREFIX)
