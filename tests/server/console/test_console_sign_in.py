"""Signing in and out: in words, with cookies that scripts and other sites cannot use (ATTACKS 3)."""

from __future__ import annotations

from server.identity.instants import instant
from tests.support.console_rig import ConsoleRig
from tests.support.entries import ago

LOCAL = "http://localhost"


class TestSigningIn:
    """A password opens a session; what is wrong is never said more closely than it may be."""

    def test_the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(self, rig: ConsoleRig):
        answer = rig.stranger("intake_clerk").sign_in()

        cookie = answer.headers["Set-Cookie"]
        assert answer.status_code == 303
        assert cookie.startswith("__Host-console=")
        assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"))
        assert "Domain" not in cookie

    def test_an_unknown_name_and_a_wrong_password_get_the_same_page(self, rig: ConsoleRig):
        someone = rig.stranger("intake_clerk")
        wrong = someone.sign_in("not the password")
        known_login, someone.login = someone.login, "nobody"
        unknown = someone.sign_in("not the password")

        assert (wrong.status_code, unknown.status_code) == (422, 422)
        assert wrong.text.replace(known_login, "X") == unknown.text.replace("nobody", "X")
        assert "登录名或密码不对" in wrong.text
        assert "not the password" not in wrong.text

    def test_the_sixth_wrong_password_is_told_to_wait_in_minutes(self, rig: ConsoleRig):
        someone = rig.stranger("intake_clerk")
        for _attempt in range(5):
            assert someone.sign_in("wrong password").status_code == 422

        answer = someone.sign_in()  # with the right one

        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 900
        assert "15 分钟后再试" in answer.text
        assert "Set-Cookie" not in answer.headers

    def test_after_signing_in_one_comes_to_the_page_that_was_asked_for(self, rig: ConsoleRig):
        someone = rig.stranger("intake_clerk")
        asked = someone.get("/console/leads?state=open")

        assert asked.location == "/console/sign-in?next=/console/leads?state%3Dopen"
        assert someone.sign_in(next="/console/leads?state=open").location == "/console/leads?state=open"

    def test_another_site_is_never_the_next_page(self, rig: ConsoleRig):
        for wanted in ("https://evil.example/", "//evil.example/console", "/\\evil.example", "/sync/state"):
            assert rig.stranger("intake_clerk").sign_in(next=wanted).location == "/console/"

    def test_signing_out_ends_the_session_on_the_server(self, rig: ConsoleRig):
        clerk = rig.as_role("intake_clerk")
        cookie = clerk.client.get_cookie("__Host-console", "localhost")
        assert cookie is not None

        clerk.post("/console/sign-out")

        clerk.client.set_cookie("__Host-console", cookie.value, domain="localhost", secure=True)
        assert clerk.get("/console/leads").location.startswith("/console/sign-in")

    def test_a_session_can_be_ended_from_another_browser_of_the_same_person(self, rig: ConsoleRig):
        here = rig.as_role("intake_clerk")
        other = rig.stranger()
        other.login = here.login
        other.sign_in()
        sessions = rig.centre.services.console_sessions.sessions(here.member)
        mine = {session.id for session in sessions}
        first = min(sessions, key=lambda session: session.created_at).id

        assert len(mine) == 2
        assert other.post(f"/console/sessions/{first}/end").status_code == 303
        assert here.get("/console/leads").status_code == 302
        assert other.get("/console/leads").status_code == 200

    def test_nobody_ends_the_session_of_somebody_else(self, rig: ConsoleRig):
        clerk, prosecutor = rig.as_role("intake_clerk"), rig.as_role("prosecutor")
        session = rig.centre.services.console_sessions.sessions(clerk.member)[0].id

        assert prosecutor.post(f"/console/sessions/{session}/end").status_code == 404
        assert clerk.get("/console/leads").status_code == 200

    def test_a_page_that_asks_by_itself_does_not_keep_an_idle_session_alive(self, rig: ConsoleRig):
        clerk = rig.as_role("intake_clerk")
        sessions = rig.centre.services.console_sessions
        seen_at = _set_back(rig, clerk.member, minutes=30)

        clerk.client.get("/console/leads/news?after=0", headers={"X-Poll": "true"})
        assert sessions.sessions(clerk.member)[0].seen_at == seen_at

        clerk.get("/console/leads")
        assert sessions.sessions(clerk.member)[0].seen_at > seen_at

    def test_who_has_no_desk_is_told_so_in_words(self, rig: ConsoleRig):
        assert "志愿者和参与人请用手机" in rig.as_role("volunteer").text("/console/")


def _set_back(rig: ConsoleRig, member: str, *, minutes: int) -> str:
    """Let the member's session have been used last so long ago; return when that is."""
    seen_at = instant(ago(minutes=minutes))
    session = rig.centre.services.console_sessions.sessions(member)[0]
    rig.centre.services.directory.accounts.update(
        f"console_session:{session.id}", lambda found: found and {**found, "seen_at": seen_at}
    )
    return seen_at


class TestForms:
    """A write carries its session's token and comes from our own pages (ATTACKS 7, cases 42 to 44)."""

    def test_a_form_without_the_token_changes_nothing(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")

        answer = clerk.client.post(f"/console/leads/{ids.lead}/steps", data={"action": "register"})

        assert answer.status_code == 403
        assert "刚才的操作没有执行" in answer.text

    def test_the_token_of_another_session_is_refused(self, rig: ConsoleRig, ids):
        clerk, prosecutor = rig.as_role("intake_clerk"), rig.as_role("prosecutor")
        sessions = rig.centre.services.console_sessions
        token = sessions.anti_forgery(sessions.sessions(prosecutor.member)[0])

        answer = clerk.client.post("/console/sign-out", data={"anti_forgery": token})

        assert answer.status_code == 403
        assert clerk.get("/console/leads").status_code == 200

    def test_htmx_sends_the_token_in_a_header(self, rig: ConsoleRig):
        clerk = rig.as_role("intake_clerk")
        sessions = rig.centre.services.console_sessions
        token = sessions.anti_forgery(sessions.sessions(clerk.member)[0])

        assert f'hx-headers:inherited=\'{{"X-Anti-Forgery": "{token}"}}\'' in clerk.text("/console/leads")
        answer = clerk.client.post("/console/sign-out", headers={"X-Anti-Forgery": token})
        assert answer.status_code == 303

    def test_another_origin_is_refused_even_with_the_token(self, rig: ConsoleRig):
        clerk = rig.as_role("intake_clerk")
        sessions = rig.centre.services.console_sessions
        token = sessions.anti_forgery(sessions.sessions(clerk.member)[0])

        headers = {"X-Anti-Forgery": token, "Origin": "https://evil.example"}
        assert clerk.client.post("/console/sign-out", headers=headers).status_code == 403

    def test_a_failure_is_never_put_in_the_place_of_a_form(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"}

        answer = clerk.client.post(f"/console/leads/{ids.lead}/steps", headers=headers)

        assert answer.status_code == 403
        assert answer.headers["HX-Retarget"] == "#problem"

    def test_a_part_of_a_page_asked_for_after_the_session_ended_says_401(self, rig: ConsoleRig):
        assert rig.stranger().get("/console/leads/news?after=0", htmx=True).status_code == 401


class TestPages:
    """What every page has and does not have (ATTACKS 4)."""

    def test_no_page_carries_script_or_style_of_its_own(self, rig: ConsoleRig, ids):
        chief, clerk = rig.as_role("prosecutor"), rig.as_role("intake_clerk")
        pages = [chief.text(path) for path in ("/console/dashboard", "/console/leads", "/console/members")]
        pages += [clerk.text(f"/console/leads/{ids.lead}"), clerk.text("/console/devices/enrol")]

        for page in pages:
            assert "<style" not in page
            assert " style=" not in page
            assert "hx-on" not in page
            assert page.count("<script") == 1
            assert '<script type="module" src="/static/console.js"></script>' in page

    def test_pages_stay_out_of_every_cache(self, rig: ConsoleRig):
        assert rig.as_role("intake_clerk").get("/console/leads").headers["Cache-Control"] == "no-store"

    def test_the_language_is_remembered_and_the_page_comes_back(self, rig: ConsoleRig):
        clerk = rig.as_role("intake_clerk")

        answer = clerk.get("/console/language/en?next=/console/leads")

        assert answer.location == "/console/leads"
        page = clerk.text("/console/leads")
        assert '<html lang="en">' in page
        assert "Unanswered" not in page.split("<table>")[1]
        assert "to be registered" in page
