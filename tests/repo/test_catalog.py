"""The one catalog of messages: nothing missing, nothing unused, nothing in one language only."""

from __future__ import annotations

import re
import string
from collections import Counter

from server.messages import LANGUAGES, messages
from server.records.names import ROLES
from server.records.registry import record_type
from server.workflows import workflow, workflow_names
from tests.repo.catalog_usage import Usage, declared_keys, sources

USAGE = Usage(sources())
CODED = re.compile(r"""(?<![a-z])(?:Problem(?:\.about)?|_flag|new PhoneError)\(\s*["']([a-z_]+)["']""")


def assert_none(lines: list[str]) -> None:
    assert not lines, "\n" + "\n".join(lines)


def missing(keys: dict[str, str]) -> list[str]:
    return sorted(f"{key} (needed by {by})" for key, by in keys.items() if key not in messages())


def placeholders(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


class TestCatalog:
    def test_every_message_has_both_languages(self):
        assert [
            f"{key}: no {lang}" for key, m in messages().items() for lang in LANGUAGES if not m.get(lang)
        ] == []

    def test_both_languages_have_the_same_placeholders(self):
        texts = {
            key: [set(placeholders(m.get(lang, ""))) for lang in LANGUAGES] for key, m in messages().items()
        }
        assert_none([f"{key}: {zh} and {en}" for key, (zh, en) in texts.items() if zh != en])

    def test_every_message_that_the_sources_ask_for_is_there(self):
        assert_none(missing(USAGE.asked))

    def test_every_message_is_asked_for_somewhere(self):
        assert_none(sorted(key for key in messages() if not USAGE.uses(key)))


class TestCodes:
    """What is composed at run time: each code that can occur has its words."""

    def test_every_code_of_a_problem_has_words(self):
        codes = {code: s.name for s in sources() for code in CODED.findall(s.text) if s.name.endswith(".py")}
        known = {key.split(".", 1)[1] for key in messages() if key.startswith(("reason.", "flag."))}
        assert_none(sorted(f"{code} (of {name})" for code, name in codes.items() if code not in known))

    def test_every_code_of_a_failure_on_the_phone_has_words(self):
        codes = {c: s.name for s in sources() for c in CODED.findall(s.text) if s.name.endswith(".js")}
        known = {key.split(".", 1)[1] for key in messages() if key.startswith(("phone_error.", "sync."))}
        assert_none(sorted(f"{code} (of {name})" for code, name in codes.items() if code not in known))

    def test_every_state_and_action_that_is_shown_has_words(self):
        shown = {}
        for name in workflow_names():
            flow, by = workflow(name), f"{name}.toml"
            shown |= {f"console.state.{name}.{state}": by for state in flow.states}
            shown |= {f"console.action.{action}": by for action in flow.actions}
            shown |= {f"console.did.{action}": by for action in flow.actions}
            shown[f"console.type.{name}"] = by
            if name not in ("lead", "check_event"):
                continue  # the phone shows these two with their states
            shown |= {f"phone.state.{state}": by for state in flow.states if state != flow.initial}
            shown |= {f"phone.action.{action}": by for action in flow.actions}
        assert_none(missing(shown))

    def test_every_field_choice_clock_law_and_check_that_a_workflow_declares_has_words(self):
        assert_none(missing(declared_keys()))

    def test_every_text_that_a_document_s_template_asks_for_is_there(self):
        asked = {
            f"document.{key}": source.name
            for source in sources()
            if source.name.endswith(".typ")
            for key in re.findall(r'(?<![a-z])(?:t|fact)\("([a-z_]+(?:\.[a-z_]+)?)"', source.text)
        }
        assert_none(missing(asked))

    def test_no_value_in_the_words_of_a_code_is_named_like_an_argument_of_what_says_them(self):
        said = {k: placeholders(m["zh"]) for k, m in messages().items() if k.startswith(("reason.", "flag."))}
        taken = {"prefix", "code", "key", "language"}
        assert_none([f"{key}: {{{name}}}" for key, names in said.items() for name in names if name in taken])

    def test_every_role_has_words(self):
        assert_none(missing({f"console.role.{role}": "server/records/names.py" for role in ROLES}))

    def test_every_workflow_is_that_of_a_record_type(self):
        assert workflow_names() == [
            "blank_sheet",
            "campaign",
            "campaign_cell",
            "check_event",
            "code_table",
            "evaluation",
            "joint_meeting",
            "lead",
            "measure_photo",
            "meeting_resolution",
            "notice",
            "operator_reassignment",
            "participant",
            "pil_case",
            "rectification",
            "rectification_measure",
            "service_order",
            "service_session",
            "signature",
            "site_visit",
            "slot",
            "spot_check",
            "stand_down",
            "station",
            "survey_point",
            "unit",
            "visit_item",
            "volunteer",
            "volunteer_activity",
        ]
        assert [name for name in workflow_names() if record_type(name) is None] == []
