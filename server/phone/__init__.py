"""What the phone needs of the server besides data: shell, worker, files of the build.

Every screen is made on the phone; nothing here knows a record or a person.
"""

from __future__ import annotations

from server.phone.routes import create_blueprint

__all__ = ["create_blueprint"]
