"""Workflows are declared as data, one TOML file each, and one engine runs them all (DESIGN 4)."""

from __future__ import annotations

from server.workflows.declarations import workflow, workflow_names
from server.workflows.engine import Action, Workflow
from server.workflows.form import FormField

__all__ = ["Action", "FormField", "Workflow", "workflow", "workflow_names"]
