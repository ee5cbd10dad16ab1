"""Proposals on pages: who sees them, who decides, one by one and many at once; what moved doses became."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from server.database import db
from server.places.tree import Tree
from server.redistribution.proposals import proposal_of
from server.stock.transfer_models import Transfer
from server.web.stock_proposal_rows import reason_words
from server.web.texts import catalogue
from tests.server.conftest import Desk, post
from tests.server.redistribution.proposed import became, propose
from tests.server.world import TODAY

FORM = {"vials": "1", "dispatch_by": "2022-04-17", "document": "QĐ 7", "reason": ""}


class Proposed:
    """Two proposals: inside the first district, and from it to the second."""

    def __init__(self, desk: Desk) -> None:
        self.desk, world = desk, desk.world
        with desk.app.app_context():
            connection = db.session.connection()
            tree = Tree.load(connection, TODAY)
            by_district = {
                district: [world.stations[c.id] for c in tree.children(district, "commune")]
                for district in world.districts[:2]
            }
            (self.a, self.b), (self.c, _) = by_district.values()
            self.codes = [tree.nodes[district].code for district in by_district]
            self.inside = propose(connection, world, self.a, self.b)
            self.across = propose(connection, world, self.b, self.c)
            became(connection, world, self.inside, self.a, self.b)
            became(connection, world, self.across, self.b, self.c)
            db.session.commit()

    def status(self, proposal: str) -> str:
        with self.desk.app.app_context():
            found = proposal_of(db.session.connection(), proposal)
            assert found is not None
            return found.status


@pytest.fixture
def proposed(desk: Desk) -> Proposed:
    return Proposed(desk)


@pytest.mark.proves("R008", "R063")
def test_a_proposal_says_why_and_what_else_there_was(proposed: Proposed) -> None:
    client = proposed.desk.sign_in("tinh")
    text = client.get("/stock/proposals").text
    assert "2 đề xuất, 4 lọ, 24 liều" in text
    assert "Đến nơi chỉ còn 2 ngày, cần ít nhất 7 ngày." in text
    assert "25 khả năng" in text
    for figure in ("120", "70", "31"):
        assert f'data-value="{figure}"' in text
    one = client.get(f"/stock/proposals/{proposed.inside}").text
    for words in (
        "6–12",
        "27 km",
        "55\N{NO-BREAK SPACE}phút",
        "2 lọ dung môi, 12 bơm kim tiêm",
        "1 lọ đến",
        "63,0",
    ):
        assert words in one, words


@pytest.mark.proves("L24")
def test_districts_decide_inside_and_the_province_between_them(proposed: Proposed) -> None:
    first, second = (proposed.desk.sign_in(f"huyen.{code}") for code in proposed.codes)
    assert first.get(f"/stock/proposals/{proposed.across}").status_code == 200
    assert "Huyện quyết định trong huyện" in first.get(f"/stock/proposals/{proposed.across}").text
    address = f"/stock/proposals/{proposed.across}"
    assert post(first, address, "/password", decision="approved", **FORM).status_code == 403
    assert second.get(f"/stock/proposals/{proposed.inside}").status_code == 404
    assert "321" not in first.get(address).text, "who is due there is not this district's to see"
    address = f"/stock/proposals/{proposed.inside}"
    assert post(first, address, address, decision="approved", **FORM).status_code == 302
    assert proposed.status(proposed.inside) == "approved"
    assert proposed.status(proposed.across) == "open"


def test_who_only_reads_decides_nothing(proposed: Proposed) -> None:
    address = f"/stock/proposals/{proposed.inside}"
    for username in ("thanhtra", "quantri"):
        client = proposed.desk.sign_in(username)
        assert client.get(address).status_code == 200
        assert post(client, address, "/password", decision="approved", **FORM).status_code == 403
    assert proposed.status(proposed.inside) == "open"


@pytest.mark.proves("R008")
def test_an_edited_proposal_is_ordered_as_edited(proposed: Proposed) -> None:
    client, address = proposed.desk.sign_in("tinh"), f"/stock/proposals/{proposed.inside}"
    answer = post(client, address, address, decision="approved", **FORM)
    assert answer.status_code == 302
    assert "Xem lệnh điều chuyển" in client.get(address).text
    with proposed.desk.app.app_context():
        row = db.session.execute(select(Transfer)).scalar_one()
        assert (row.document, row.dispatch_by.isoformat()) == ("QĐ 7", "2022-04-17")
        assert "cứu 10 liều" in (row.reason or "")
    assert post(client, address, "/password", decision="approved", **FORM).status_code in (409, 422)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"vials": "x"}, "số nguyên"),
        ({"vials": "9999"}, "Số lọ phải từ 1"),
        ({"dispatch_by": "mai"}, "không đúng"),
        ({"decision": ""}, "Thiếu thông tin"),
        ({"decision": "rejected"}, "phải ghi lý do"),
    ],
)
def test_what_is_wrong_with_a_decision_is_said_and_nothing_is_written(
    proposed: Proposed, change: dict[str, str], said: str
) -> None:
    client, address = proposed.desk.sign_in("tinh"), f"/stock/proposals/{proposed.inside}"
    answer = post(client, address, address, **{"decision": "approved", **FORM, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert proposed.status(proposed.inside) == "open"


def test_a_rejection_keeps_its_reason(proposed: Proposed) -> None:
    client, address = proposed.desk.sign_in("tinh"), f"/stock/proposals/{proposed.inside}"
    post(client, address, address, decision="rejected", **FORM | {"reason": "Đường sạt lở"})
    assert proposed.status(proposed.inside) == "rejected"
    assert "Đường sạt lở" in client.get(address).text
    assert proposed.inside not in client.get("/stock/proposals").text
    assert proposed.inside in client.get("/stock/proposals?status=rejected").text


@pytest.mark.proves("R008")
def test_ticked_proposals_are_approved_each_by_itself(proposed: Proposed) -> None:
    first = proposed.desk.sign_in(f"huyen.{proposed.codes[0]}")
    text = first.get("/stock/proposals").text
    assert re.findall(r'name="proposal" value="([^"]+)"', text) == [proposed.inside], (
        "only what it may decide"
    )
    token = re.findall(r'name="csrf_token" value="([^"]+)"', text)[0]
    ticked = {"csrf_token": token, "proposal": [proposed.across, proposed.inside]}
    answer = first.post("/stock/proposals/approve", data=ticked)
    assert answer.status_code == 422
    assert "Bạn không phụ trách cả nơi gửi lẫn nơi nhận" in answer.text
    assert proposed.status(proposed.inside) == "approved"
    assert proposed.status(proposed.across) == "open"


def test_the_map_draws_what_would_move(proposed: Proposed) -> None:
    document = proposed.desk.sign_in("tinh").get("/stock/proposals/map.json").json
    assert document is not None
    assert set(document) == {"places", "flows", "frames", "attributions"}


def test_the_province_works_an_item_out_again(proposed: Proposed) -> None:
    client, item = proposed.desk.sign_in("tinh"), proposed.desk.world.item
    answer = post(client, "/stock/proposals/recompute", "/password", item=item)
    assert answer.status_code == 302
    assert "Đã tính lại" in client.get("/stock/proposals").text
    assert proposed.status(proposed.inside) == "superseded"
    district = proposed.desk.sign_in(f"huyen.{proposed.codes[0]}")
    assert post(district, "/stock/proposals/recompute", "/password", item=item).status_code == 403
    assert post(client, "/stock/proposals/recompute", "/password", item="none").status_code == 404


@pytest.mark.proves("R063")
def test_outcomes_stand_against_doing_nothing_and_the_simple_rule(proposed: Proposed) -> None:
    client = proposed.desk.sign_in("tinh")
    text = client.get("/stock/outcomes").text
    figures = re.findall(r'<dd class="big">(?:<span[^>]*>)?([−\d.]+)', text)
    assert figures == ["24", "20", "4", "0", "12", "8"], (
        "received, given, expired, left, saved, saved by the rule"
    )
    district = proposed.desk.sign_in(f"huyen.{proposed.codes[0]}").get("/stock/outcomes").text
    assert re.findall(r'<dd class="big">([\d.]+)', district)[0] == "12", "both ends must be its own"
    assert client.get("/stock/outcomes.csv").text.count("\r\n") == 3
    assert client.get("/stock/outcomes.txt").status_code == 404


@pytest.mark.parametrize(
    ("code", "numbers", "said"),
    [
        ("expired", {"days_ago": 3}, "Đã hết hạn 3 ngày"),
        ("arrives_too_late", {"days_left_at_arrival": -2, "days_needed": 7}, "đã quá hạn 2 ngày"),
        ("leg_too_long", {"nearest_hours": 9.26, "permitted_hours": 8.0}, "9,3 giờ, cho phép 8 giờ"),
        ("no_one_due", {"sites_in_reach": 12, "most_room_doses": 0.2}, "không nơi nào dùng thêm được"),
        ("no_one_due", {"sites_in_reach": 12, "most_room_doses": 4.0}, "chỉ là 4 liều"),
        ("site_may_not_send", {"why_not": "stale_count"}, "đếm lại rồi mới chuyển"),
        ("site_may_not_send", {"why_not": "something_new"}, "something_new"),
        ("a_code_of_tomorrow", {}, "a_code_of_tomorrow"),
    ],
)
def test_reasons_are_said_with_their_figures(
    desk: Desk, code: str, numbers: dict[str, object], said: str
) -> None:
    with desk.app.test_request_context():
        assert said in reason_words(code, numbers)


def test_every_reason_the_optimiser_gives_has_words() -> None:
    source = Path("server/redistribution/explaining.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'return "([a-z_]+)", \{', source))
    assert len(codes) > 10
    worded = {f"moves.not.{code}" for code in codes - {"holding_stays", "site_may_not_send"}}
    assert worded <= catalogue().keys()
