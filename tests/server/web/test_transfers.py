"""Pages of transfers: order, decision, dispatch, receipt, dispute, settlement, corrections, notes (R036, R063)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.ledger.models import EntryRow
from server.places.tree import Tree
from server.settings import current_settings
from server.stock.models import StockBalance
from server.stock.sending import sendable
from server.stock.transfer_models import Transfer
from server.stock.transfers import Standing, transfer, transfers
from server.sync.projectors import PROJECTORS
from tests.server.conftest import Desk, token
from tests.server.world import TODAY


def post(client: FlaskClient, address: str, **fields: Any) -> TestResponse:
    return client.post(address, data={"csrf_token": token(client, "/password"), **fields})


class Corner:
    """Two stations of one district, one of another, and a holding of the first with its name in forms."""

    def __init__(self, desk: Desk) -> None:
        world = desk.world
        self.desk = desk
        with desk.app.app_context():
            tree = Tree.load(db.session.connection(), TODAY)
            by_district: dict[str, list[str]] = {}
            for commune in world.communes:
                by_district.setdefault(tree.nodes[commune].parent or "", []).append(commune)
            (district, mine), (_, theirs) = list(by_district.items())[:2]
            self.a, self.b, self.far = (world.stations[c] for c in (mine[0], mine[1], theirs[0]))
            self.district = f"huyen.{tree.nodes[district].code}"
            self.names = {site: tree.name(site) for site in (self.a, self.b, self.far)}
            self.stock = [h for h in sendable(db.session.connection(), self.a, TODAY) if not h.barred]
        self.users = {self.a: f"tram.{self.a[:6]}", self.b: f"tram.{self.b[:6]}"}

    def key(self, index: int) -> str:
        return self.stock[index].name

    def order(self, client: FlaskClient, destination: str, **more: Any) -> str:
        fields = {
            "source": self.a, "destination": destination, "purpose": "redistribution", "dispatch_by": "2022-04-18",
            f"vials.{self.key(1)}": "4", **more,
        }  # fmt: skip
        answer = post(client, "/stock/transfers/new", **fields)
        assert answer.status_code == 302, answer.text
        return answer.location.rsplit("/", 1)[1]

    def standing(self, transfer_id: str) -> Standing:
        with self.desk.app.app_context():
            found = transfer(db.session.connection(), transfer_id, TODAY)
        assert found is not None
        return found

    def document(self, transfer_id: str, kind: str) -> str:
        return self.standing(transfer_id).of_kind(kind)[-1].id


@pytest.fixture
def corner(desk: Desk) -> Corner:
    return Corner(desk)


@pytest.mark.proves("R036", "R063", "R081")
def test_from_an_order_to_a_settled_dispute(corner: Corner) -> None:
    sender, receiver = (corner.desk.sign_in(corner.users[site]) for site in (corner.a, corner.b))
    district = corner.desk.sign_in(corner.district)
    made = corner.order(sender, corner.b)
    page = f"/stock/transfers/{made}"
    assert corner.standing(made).stage == "proposed"
    assert post(sender, f"{page}/decide", decision="approved").status_code == 403
    assert "/decide" not in sender.get(page).text
    assert post(district, f"{page}/decide", decision="rejected").status_code == 422
    answer = post(district, f"{page}/decide", decision="approved", **{"line-0-vials": "3"})
    assert answer.status_code == 302, answer.text
    assert [line.standing.ordered for line in corner.standing(made).lines] == [3]
    assert post(receiver, f"{page}/dispatch", **{f"vials.{corner.key(1)}": "3"}).status_code == 403
    sent = post(
        sender, f"{page}/dispatch", document="PX 7/2022", cold_box="Phích 2", celsius="-20",
        **{f"vials.{corner.key(1)}": "3", f"vvm.{corner.key(1)}": "1"},
    )  # fmt: skip
    assert sent.status_code == 302, sent.text
    assert corner.standing(made).stage == "dispatched"
    assert "PX 7/2022" in receiver.get(page).text
    arrived = {"line-0-accepted": "1", "line-0-rejected": "1", "line-0-why": "Vỡ nắp", "line-0-vvm": "2"}
    assert post(receiver, f"{page}/receive", more="no", document="PN 3/2022", **arrived).status_code == 302
    short = corner.standing(made)
    assert (short.stage, short.in_transit, short.awaited) == ("disputed", 1, "decider")
    too_much = {"line-0-lost": "1", "line-0-back": "1", "cause": "lost", "reason": "x"}
    refused = post(district, f"{page}/settle", **too_much)
    assert refused.status_code == 422
    assert "chỉ còn chênh lệch 1" in refused.text
    settled = post(
        district, f"{page}/settle", cause="miscounted", reason="Đếm lại ở trạm gửi", **{"line-0-back": "1"}
    )
    assert settled.status_code == 302, settled.text
    done = corner.standing(made)
    told = done.lines[0].standing
    assert (done.stage, told.accepted, told.rejected, told.back, told.in_transit) == ("closed", 1, 1, 1, 0)
    text = district.get(page).text
    for words in (
        "PX 7/2022",
        "Phích 2",
        "-20 °C",
        "PN 3/2022",
        "Vỡ nắp",
        "Đếm lại ở trạm gửi",
        "Đếm nhầm khi gửi",
    ):
        assert words in text
    with corner.desk.app.app_context():
        left = db.session.connection().execute(
            select(StockBalance.site_id, StockBalance.state, StockBalance.vials, StockBalance.vvm).where(
                StockBalance.lot_id == corner.stock[1].key[0], StockBalance.site_id == corner.b
            )
        )
        states = {row.state: row for row in left}
    assert states["quarantined"].vials == 1


def test_a_receipt_is_corrected_and_the_former_one_stays_in_sight(corner: Corner) -> None:
    sender, receiver = (corner.desk.sign_in(corner.users[site]) for site in (corner.a, corner.b))
    page = f"/stock/transfers/{corner.order(corner.desk.sign_in(corner.district), corner.b, approve='1')}"
    made = page.rsplit("/", 1)[1]
    assert corner.standing(made).stage == "approved"
    post(sender, f"{page}/dispatch", **{f"vials.{corner.key(1)}": "4"})
    post(receiver, f"{page}/receive", more="no", **{"line-0-accepted": "9"})
    more = corner.standing(made)
    assert (more.stage, more.lines[0].standing.in_transit) == ("disputed", -5)
    told = sender.get(page).text
    assert "Đến nhiều hơn gửi 5" in told
    assert "sửa phiếu xuất hoặc phiếu nhập" in told
    wrong = corner.document(made, "receipt")
    form = receiver.get(f"{page}/receive?corrects={wrong}").text
    assert re.search(r'name="line-0-accepted"[^>]*value="9"', form)
    assert sender.get(f"{page}/receive?corrects={wrong}").status_code == 403
    fixed = post(receiver, f"{page}/receive", corrects=wrong, more="no", **{"line-0-accepted": "4"})
    assert fixed.status_code == 302, fixed.text
    after = corner.standing(made)
    assert (after.stage, [d.idle for d in after.documents if d.kind == "receipt"]) == (
        "closed",
        [True, False],
    )
    assert "Đã thay bằng phiếu khác" in receiver.get(page).text
    assert receiver.get(f"{page}/receive?corrects={wrong}").status_code == 404


@pytest.mark.proves("R063")
def test_a_district_decides_inside_the_district_and_the_province_between(corner: Corner) -> None:
    district, province = corner.desk.sign_in(corner.district), corner.desk.sign_in("tinh")
    made = corner.order(district, corner.far, approve="1")
    page = f"/stock/transfers/{made}"
    assert corner.standing(made).stage == "proposed"
    assert "Tỉnh Lai Châu" in district.get(page).text
    refused = post(district, f"{page}/decide", decision="approved")
    assert refused.status_code == 403
    assert "tỉnh quyết định" in refused.text
    assert post(province, f"{page}/decide", decision="approved", **{"line-0-vials": "4"}).status_code == 302
    assert corner.standing(made).stage == "approved"
    cancelled = post(province, f"{page}/decide", decision="cancelled", reason="Tuyến đường sạt lở")
    assert cancelled.status_code == 302
    assert corner.standing(made).stage == "cancelled"
    assert "Tuyến đường sạt lở" in province.get(page).text


def test_a_lapsed_order_gets_another_day(corner: Corner) -> None:
    district = corner.desk.sign_in(corner.district)
    made = corner.order(district, corner.b, approve="1", dispatch_by="2022-04-14")
    page = f"/stock/transfers/{made}"
    assert corner.standing(made).stage == "lapsed"
    assert 'value="2022-04-18"' in district.get(f"{page}/decide").text
    answer = post(
        district, f"{page}/decide", decision="approved", dispatch_by="2022-04-19", **{"line-0-vials": "4"}
    )
    assert answer.status_code == 302, answer.text
    assert corner.standing(made).stage == "approved"


@pytest.mark.proves("R008")
def test_another_lot_than_the_shortest_dated_asks_why(corner: Corner) -> None:
    sender = corner.desk.sign_in(corner.users[corner.a])
    ends = {"source": corner.a, "destination": corner.b}
    refused = post(sender, "/stock/transfers/send", **ends, **{f"vials.{corner.key(1)}": "1"})
    assert refused.status_code == 422
    assert f"trong khi lô {corner.stock[0].lot_number}" in refused.text
    answer = post(
        sender, "/stock/transfers/send", **ends,
        **{f"vials.{corner.key(1)}": "1", f"fefo.{corner.key(1)}": "reserved"},
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    made = answer.location.rsplit("/", 1)[1]
    page = sender.get(f"/stock/transfers/{made}").text
    assert "Lô hạn ngắn hơn đã dành cho buổi tiêm khác" in page
    assert "Gửi không có lệnh" in page
    first = post(sender, "/stock/transfers/send", **ends, **{f"vials.{corner.key(0)}": "1"})
    assert first.status_code == 302, "the shortest-dated lot needs no reason"


def test_the_shortest_dated_lots_are_proposed(corner: Corner) -> None:
    sender = corner.desk.sign_in(corner.users[corner.a])
    most = corner.stock[0].vials
    asked = f"source={corner.a}&destination={corner.b}&item={corner.desk.world.item}&vials={most + 1}"
    form = sender.get(f"/stock/transfers/new?{asked}").text
    values = dict(re.findall(r'name="vials\.([^"]+)"[^>]*value="(\d*)"', form))
    assert values[corner.key(0)] == str(most)
    assert values[corner.key(1)] == "1"


@pytest.mark.proves("L25")
def test_more_than_the_book_has_is_recorded_and_doubted(corner: Corner) -> None:
    sender, district = corner.desk.sign_in(corner.users[corner.a]), corner.desk.sign_in(corner.district)
    made = corner.order(district, corner.b, approve="1", **{f"vials.{corner.key(1)}": "900"})
    page = f"/stock/transfers/{made}"
    assert "sổ sách chỉ còn" in sender.get(page).text
    assert post(sender, f"{page}/dispatch", **{f"vials.{corner.key(1)}": "900"}).status_code == 302
    assert f"Lô {corner.stock[1].lot_number}: sổ sách nơi gửi âm" in sender.get(page).text
    receiver = corner.desk.sign_in(corner.users[corner.b])
    assert "sổ sách nơi gửi âm" not in receiver.get(page).text, "the sender's book is the sender's"
    doubts = sender.get("/doubts?doubt=stock.negative").text
    assert corner.stock[1].lot_number in doubts
    assert "Số dư sổ sách âm" in doubts


def test_goods_may_come_before_their_dispatch_is_recorded(corner: Corner) -> None:
    sender, receiver = (corner.desk.sign_in(corner.users[site]) for site in (corner.a, corner.b))
    made = corner.order(corner.desk.sign_in(corner.district), corner.b, approve="1")
    page = f"/stock/transfers/{made}"
    assert post(receiver, f"{page}/receive", more="no", **{"line-0-accepted": "4"}).status_code == 302
    assert corner.standing(made).stage == "unconfirmed"
    text = sender.get(page).text
    assert "Nhập trước khi có phiếu xuất" in text
    assert f"{corner.names[corner.a]} ghi phiếu xuất" in text
    assert post(sender, f"{page}/dispatch", **{f"vials.{corner.key(1)}": "4"}).status_code == 302
    assert corner.standing(made).stage == "closed"


def test_a_lot_nobody_announced_is_received_too(corner: Corner) -> None:
    sender, receiver = (corner.desk.sign_in(corner.users[site]) for site in (corner.a, corner.b))
    made = corner.order(corner.desk.sign_in(corner.district), corner.b, approve="1")
    page = f"/stock/transfers/{made}"
    post(sender, f"{page}/dispatch", **{f"vials.{corner.key(1)}": "4"})
    other = corner.desk.world.lots[0]
    spare = {"spare-0-lot": other, "spare-0-state": "frozen", "spare-0-accepted": "2"}
    assert (
        post(receiver, f"{page}/receive", more="yes", **{"line-0-accepted": "2"}, **spare).status_code == 302
    )
    one = corner.standing(made)
    assert one.stage == "disputed"
    assert {line.standing.lot: line.standing.in_transit for line in one.lines}[other] == -2


def test_a_recall_becomes_an_order_of_its_lot(corner: Corner) -> None:
    holding = corner.stock[1]
    with corner.desk.app.app_context():
        user = db.session.get_one(User, corner.desk.world.users["tinh"])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        body = {
            "item": holding.item_id, "lot": holding.key[0], "vials": holding.vials, "deadline": "2022-04-20",
            "cause": "lot", "status": "approved", "destination": corner.b, "document": "CV 7/SYT",
        }  # fmt: skip
        recall = author.write("recall", place=corner.a, body=body)
        author.flush()
        db.session.commit()
    district = corner.desk.sign_in(corner.district)
    form = district.get(f"/stock/transfers/new?recall={recall}").text
    assert f'name="vials.{holding.name}"' in form
    assert re.search(rf'name="vials.{re.escape(holding.name)}"[^>]*value="{holding.vials}"', form)
    assert 'value="recall" selected' in form
    made = corner.order(district, corner.b, recall=recall, purpose="recall")
    assert (corner.standing(made).row.recall_id, corner.standing(made).row.purpose) == (recall, "recall")
    elsewhere = corner.desk.sign_in(f"tram.{corner.far[:6]}")
    assert elsewhere.get(f"/stock/transfers/new?recall={recall}").status_code == 404


@pytest.mark.proves("R036")
def test_notes_to_print_say_what_left_and_what_the_receiver_confirmed(corner: Corner) -> None:
    sender, receiver = (corner.desk.sign_in(corner.users[site]) for site in (corner.a, corner.b))
    made = corner.order(corner.desk.sign_in(corner.district), corner.b, approve="1")
    page = f"/stock/transfers/{made}"
    post(
        sender,
        f"{page}/dispatch",
        document="PX 9/2022",
        carrier="Lò Văn Ân",
        **{f"vials.{corner.key(1)}": "4"},
    )
    issue = f"/stock/transfers/notes/{corner.document(made, 'dispatch')}"
    assert "Nơi nhận chưa xác nhận" in sender.get(issue).text
    post(receiver, f"{page}/receive", more="no", document="PN 2/2022", **{"line-0-accepted": "4"})
    note = sender.get(issue).text
    for words in (
        "PHIẾU XUẤT KHO",
        "PX 9/2022",
        "Lò Văn Ân",
        corner.stock[1].lot_number,
        "PN 2/2022",
        "Thủ kho",
    ):
        assert words in note
    receipt = f"/stock/transfers/notes/{corner.document(made, 'receipt')}"
    assert "Theo phiếu xuất PX 9/2022" in receiver.get(receipt).text
    elsewhere = corner.desk.sign_in(f"tram.{corner.far[:6]}")
    assert elsewhere.get(issue).status_code == 404
    assert elsewhere.get(page).status_code == 404


def test_the_list_is_narrowed_and_adds_up(corner: Corner) -> None:
    sender, district = corner.desk.sign_in(corner.users[corner.a]), corner.desk.sign_in(corner.district)
    sent = corner.order(district, corner.b, approve="1")
    corner.order(district, corner.b, dispatch_by="2022-04-10")
    post(sender, f"/stock/transfers/{sent}/dispatch", **{f"vials.{corner.key(1)}": "4"})
    page = district.get("/stock/transfers").text
    assert "2 chuyến, 4 lọ (đơn vị) đang trên đường" in page
    assert "24 liều" in page
    assert "trễ 5 ngày" in page
    assert f"/stock/transfers/{sent}" in district.get("/stock/transfers?group=transit").text
    assert f"/stock/transfers/{sent}" not in district.get("/stock/transfers?late=1").text
    assert "Không có chuyến nào" in district.get("/stock/transfers?purpose=recall").text
    for key in ("source", "destination", "item", "days", "expiry", "transit"):
        assert district.get(f"/stock/transfers?sort={key}").status_code == 200
    english = corner.desk.sign_in(corner.district, "en")
    note = corner.document(sent, "dispatch")
    assert "On the way" in english.get("/stock/transfers").text
    assert "Dispatched = accepted" in english.get(f"/stock/transfers/{sent}").text
    assert "ISSUE NOTE" in english.get(f"/stock/transfers/notes/{note}").text


@pytest.mark.proves("R048")
def test_an_allocation_becomes_an_order_and_its_receipt_counts_for_it(corner: Corner) -> None:
    district = corner.desk.sign_in(corner.district)
    body = {
        "site": corner.b,
        "item": corner.desk.world.item,
        "vials": "4",
        "by_on": "2022-04-20",
        "document": "QĐ 5",
    }
    body["source"] = next(c for c, station in corner.desk.world.stations.items() if station == corner.a)
    assert post(district, "/stock/allocations/new", **body).status_code == 302
    link = re.search(
        r'href="(/stock/transfers/new\?[^"]*allocation=[^"]+)"', district.get("/stock/allocations").text
    )
    assert link
    form = district.get(link[1].replace("&amp;", "&")).text
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', form))
    assert (fields["source"], fields["destination"]) == (corner.a, corner.b)
    made = corner.order(district, corner.b, approve="1", allocation=fields["allocation"])
    page = f"/stock/transfers/{made}"
    post(
        corner.desk.sign_in(corner.users[corner.a]),
        f"{page}/dispatch",
        document="PX 1",
        **{f"vials.{corner.key(1)}": "4"},
    )
    post(
        corner.desk.sign_in(corner.users[corner.b]),
        f"{page}/receive",
        more="no",
        document="PN 1",
        **{"line-0-accepted": "4"},
    )
    assert "Đã nhận đủ" in district.get("/stock/allocations").text


def test_what_changed_on_the_way_is_told(corner: Corner) -> None:
    world = corner.desk.world
    with corner.desk.app.app_context():
        user = db.session.get_one(User, world.users["tinh"])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        body = {"item": world.item, "lot_number": "123002", "label_expiry": "2022-04-16"}
        lot = author.write("lot", place=world.province, body=body, occurred_on=date(2022, 4, 1))
        opening = {"state": "frozen", "vials": 9, "reason": "opening"}
        author.write(
            "stock_movement", subject=lot, place=corner.a, body=opening, occurred_on=date(2022, 4, 2)
        )
        author.flush()
        db.session.commit()
    district = corner.desk.sign_in(corner.district)
    sent = {
        "source": corner.a,
        "destination": corner.b,
        "written_on": "2022-04-14",
        f"vials.{lot}.frozen.": "4",
    }
    answer = post(district, "/stock/transfers/send", **sent)
    assert answer.status_code == 302, answer.text
    assert "Hạn đổi" not in district.get(answer.location).text
    with corner.desk.app.app_context():
        user = db.session.get_one(User, world.users["tinh"])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        revised = [{"state": "frozen", "expiry": "2022-07-31", "document": "CV 9456/BYT-DP"}]
        body = {"revisions": revised, "hold": "CV 1/TTr"}
        author.write("lot", subject=lot, place=world.province, body=body, based_on=author.heads("lot", lot))
        author.flush()
        db.session.commit()
    page = district.get(answer.location).text
    for words in (
        "Tạm dừng sau khi đã gửi",
        "Hạn đổi khi đang trên đường",
        "Lúc gửi: hạn 16/04/2022",
        "31/07/2022",
    ):
        assert words in page
    assert "Hạn đổi khi đang trên đường" in district.get("/stock/transfers").text


def test_roles_that_only_look_write_nothing(corner: Corner) -> None:
    made = corner.order(corner.desk.sign_in(corner.district), corner.b)
    inspector = corner.desk.sign_in("thanhtra")
    page = inspector.get(f"/stock/transfers/{made}")
    assert page.status_code == 200
    assert "/decide" not in page.text
    assert inspector.get("/stock/transfers/new").status_code == 403
    for step in ("decide", "dispatch", "receive", "settle"):
        assert post(inspector, f"/stock/transfers/{made}/{step}").status_code == 403
    with corner.desk.app.app_context():
        kinds = set(db.session.connection().scalars(select(EntryRow.kind).where(EntryRow.subject_id == made)))
        assert kinds == {"transfer_order"}
        assert len(transfers(db.session.connection(), [corner.b], TODAY)) == 1
        assert db.session.connection().scalar(select(Transfer.id)) == made
