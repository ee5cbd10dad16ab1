"""What units told each other: rosters and profiles everywhere, and a few of everything else to look at."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from server.ledger.author import ServerAuthor
from server.registers.models import Person
from server.seed.land import Commune, Land
from server.seed.names import family_name, given_name, naming_of
from server.seed.plan import SeedPlan
from server.seed.writing import Ids
from shared.clock import FixedClock
from shared.identifiers import named_id

#: Gives an author: in whose name, at what moment.
Authors = Callable[[str, FixedClock], ServerAuthor]

#: Communes whose pupils are written down with their school.
SCHOOLS = 3
PUPILS = 40
AGREED = 30

_TASKS = ("Tổ trưởng", "Đi từng ngõ, gõ từng nhà", "Nhập danh sách", "Đưa đón người già", "Loa truyền thanh")

_TOPICS = (
    ("home", "Giải thích phản ứng sau tiêm", 46),
    ("loudspeaker", "Lịch tiêm mũi 3 của xã", 820),
    ("meeting", "Họp bản: vì sao cần mũi nhắc lại", 64),
    ("message", "Nhắc lịch tiêm qua Zalo nhóm bản", 210),
)

_CONTENTS = (
    (
        "5K và mũi nhắc lại",
        "Khẩu trang – Khử khuẩn – Khoảng cách – Không tập trung – Khai báo y tế. Đã đủ mũi cơ bản thì tiêm nhắc lại.",
        "Thông điệp 5K của Bộ Y tế",
    ),
    (
        "Trước và sau khi tiêm cho trẻ",
        "Trước khi tiêm: ăn no, mang sổ tiêm. Sau khi tiêm: ở lại điểm tiêm 30 phút; sốt cao, khó thở thì đến trạm.",
        "Hướng dẫn theo dõi sau tiêm chủng",
    ),
)

_SHORTAGES: tuple[tuple[dict[str, Any], tuple[dict[str, Any], ...]], ...] = (
    ({"role": "nurse", "people": 2, "reason": "Hai điều dưỡng mắc COVID-19, nghỉ đến cuối tuần."}, ()),
    (
        {"role": "data", "people": 1, "reason": "Người nhập liệu đi học, phiếu tiêm dồn ba ngày."},
        ({"action": "acknowledged"},),
    ),
    (
        {
            "role": "assistant",
            "people": 1,
            "area": "Ba bản vùng cao",
            "reason": "Đường sạt, phải chia hai đội.",
        },
        (
            {"action": "acknowledged"},
            {"action": "assigned", "support": "Tổ lưu động huyện, 1 y sĩ, đến sáng mai"},
        ),
    ),
    (
        {"role": "village_worker", "people": 3, "reason": "Mùa nương, nhân viên thôn bản vắng."},
        ({"action": "assigned", "support": "Đoàn thanh niên xã, 3 người"}, {"action": "done"}),
    ),
)

_PROPOSALS = (
    (
        "equipment",
        "Hai phích vắc xin bị nứt, không giữ được lạnh khi đi bản xa.",
        "Đề nghị cấp bổ sung hai phích.",
    ),
    (
        "people",
        "Nhiều người đi làm xa, chưa rõ đã tiêm ở nơi khác chưa.",
        "Đề nghị đối chiếu mũi tiêm với tỉnh bạn.",
    ),
    ("funding", "Xăng xe cho tổ lưu động vượt định mức.", "Đề nghị bổ sung kinh phí xăng xe tháng 4."),
    ("vaccine", "Vắc xin về sát ngày tiêm, khó mời dân.", "Đề nghị thông báo lịch cấp trước ba ngày."),
)

_REMARKS = (
    ("Danh sách rà soát còn thiếu các hộ mới tách.", "Bổ sung hộ mới tách, rà lại từng nhà.", 4),
    ("Bàn khám sàng lọc đủ, theo dõi sau tiêm đúng 30 phút.", None, None),
    ("Sổ kho chưa khớp với số lọ trong tủ.", "Kiểm kê lại, ghi rõ số lọ đã mở.", -2),
)


def write_affairs(authors: Authors, plan: SeedPlan, land: Land, ids: Ids) -> None:
    """Write it all, a flush an author."""
    writing = _Affairs(authors, plan, land, ids)
    writing.contents()
    for number, commune in enumerate(land.communes):
        writing.commune(number, commune)
    writing.matters()
    writing.groups()


class _Affairs:
    def __init__(self, authors: Authors, plan: SeedPlan, land: Land, ids: Ids) -> None:
        self.authors, self.plan, self.land, self.ids = authors, plan, land, ids
        self.chance = Random(f"{plan.seed}/affairs")
        self.morning = plan.morning()
        # Two communes of each district in turn, so that every district has something to look at.
        rounds = [d.communes[n] for n in range(2) for d in land.districts if n < len(d.communes)]
        self.some = rounds or land.communes

    def contents(self) -> None:
        author = self.authors("tinh", self.morning)
        for title, text, source in _CONTENTS:
            body = {
                "title": title,
                "text": text,
                "source": source,
                "valid_from": self.plan.moved(date(2022, 3, 1)),
            }
            self._write(author, "message_content", self.land.id, named_id("demo", "content", title), body)
        author.flush()

    def commune(self, number: int, commune: Commune) -> None:
        chance, author = self.chance, self.authors(f"tram.{commune.unit.code}", self.morning)
        for village in commune.villages:
            if chance.random() < 0.85:
                roster = {"reviewed_on": self._lately(160), "members": self._members(village.people)}
                self._write(author, "team_roster", village.id, village.id, roster)
        if chance.random() < 0.9:
            self._write(author, "station_profile", commune.station, commune.station, self._profile())
        if number % 3 == 0:
            form, topic, reached = _TOPICS[number // 3 % len(_TOPICS)]
            body: dict[str, Any] = {
                "form": form,
                "topic": topic,
                "villages": [village.id for village in commune.villages[:3]],
                "reached": reached + chance.randint(-9, 30),
            }
            self._write(author, "communication_log", self._unit(commune), self._unit(commune), body)
        author.flush()

    def matters(self) -> None:
        places = [self.some[n % len(self.some)] for n in range(12)]
        for number, (said, answers) in enumerate(_SHORTAGES):
            body = {**said, "from_on": self.plan.today.isoformat()}
            told = self._tell(places[number], "staff_shortage", body, minutes=-75 - 410 * number)
            self._answer(places[number], "staff_shortage", told, answers, minutes=-40 - 390 * number)
        for number, (topic, difficulty, proposal) in enumerate(_PROPOSALS):
            commune = places[number + 3]
            body = {"topic": topic, "difficulty": difficulty, "proposal": proposal}
            told = self._tell(commune, "proposal", body, minutes=-2_900 * (number + 1))
            if number == 1:
                answers = (
                    {"action": "answered", "text": "Sở đã gửi danh sách cho các tỉnh, có trả lời sẽ báo."},
                )
                self._answer(commune, "proposal", told, answers, minutes=-700)
        for number, (finding, ask, days) in enumerate(_REMARKS):
            body = {"finding": finding, "ask": ask, "due_on": None if days is None else self._on(days)}
            self._tell(places[number + 6], "inspection_remark", body, minutes=-4_300, above=True)
        urgent = {
            "about": "other",
            "text": "Dừng dùng lô có cảnh báo nhiệt độ cho đến khi CDC tỉnh trả lời. Báo lại số lọ còn giữ.",
            "due_on": self._on(0),
            "urgent": True,
        }
        self._tell(places[0], "reminder", urgent, minutes=-95, above=True)
        late = {
            "about": "sync",
            "text": "Máy của trạm chưa gửi dữ liệu 4 ngày. Đề nghị đồng bộ.",
            "due_on": self._on(1),
        }
        told = self._tell(places[1], "reminder", late, minutes=-1_500, above=True)
        author = self._author(places[1], above=False, minutes=-300)
        self._respond(
            author,
            places[1],
            "reminder",
            told,
            {"action": "answered", "text": "Trạm mất mạng, chiều sẽ gửi."},
        )
        author.flush()

    def groups(self) -> None:
        """Schools with pupils, and one special place of each sort."""
        admin = self.authors("quantri", self.morning)
        schools = [(commune, f"Trường THCS {_own_name(commune)}") for commune in self.some[:SCHOOLS]]
        for commune, name in schools:
            self._place(admin, commune, "school", name, "Trường trung học cơ sở")
        self._place(
            admin, self.some[0], "social", "Trung tâm Bảo trợ xã hội tỉnh", "Trung tâm bảo trợ xã hội"
        )
        self._place(admin, self.some[-1], "rehab", "Cơ sở cai nghiện ma túy tỉnh", "Cơ sở cai nghiện")
        self._place(admin, self.some[-1], "detention", "Trại tạm giam công an tỉnh", "Cơ sở giam giữ")
        admin.flush()
        for commune, name in schools:
            self._pupils(commune, named_id("demo", "group", commune.unit.code, name))

    def _pupils(self, commune: Commune, school: str) -> None:
        """Children of school age by class, and some adults' agreement to be sent messages."""
        author = self.authors(f"tram.{commune.unit.code}", self.morning)
        villages = [village.id for village in commune.villages]
        today = self.plan.today
        young = Person.birth_date.between(
            today.replace(year=today.year - 16), today.replace(year=today.year - 12)
        )
        pupils = select(Person.id, Person.village_id, Person.birth_date).where(
            Person.village_id.in_(villages), young
        )
        for row in author.connection.execute(pupils.order_by(Person.id).limit(PUPILS)).all():
            grade = min(9, max(6, today.year - row.birth_date.year - 6))
            self._edit(author, row, {"group_place": school, "group_name": f"{grade}A"})
        reached = select(Person.id, Person.village_id).where(
            Person.village_id.in_(villages),
            Person.phone.is_not(None),
            Person.birth_date < date(today.year - 18, 1, 1),
        )
        for asked in author.connection.execute(reached.order_by(Person.id).limit(AGREED)).all():
            self._edit(author, asked, {"sms_allowed": True})
        author.flush()

    def _edit(self, author: ServerAuthor, row: Any, body: dict[str, Any]) -> None:
        heads = author.heads("person", row.id)
        author.write(
            "person", subject=row.id, place=row.village_id, body=body, based_on=heads, entry_id=self.ids.new()
        )

    def _place(self, author: ServerAuthor, commune: Commune, level: str, name: str, unit_type: str) -> None:
        version = {
            "valid_from": self.plan.moved(date(2020, 1, 1)),
            "name": name,
            "unit_type": unit_type,
            "parent": commune.current,
        }
        subject = named_id("demo", "group", commune.unit.code, name)
        self._write(author, "place", self.land.id, subject, {"level": level, "versions": [version]})

    def _tell(
        self, commune: Commune, kind: str, body: dict[str, Any], *, minutes: int, above: bool = False
    ) -> str:
        """Tell something of a commune, from it or from its district, so many minutes before the seed's morning."""
        author = self._author(commune, above=above, minutes=minutes)
        told = self._write(author, kind, self._unit(commune), self._unit(commune), body)
        author.flush()
        return told

    def _answer(
        self, commune: Commune, kind: str, told: str, answers: tuple[dict[str, Any], ...], *, minutes: int
    ) -> None:
        author = self._author(commune, above=True, minutes=minutes)
        for answer in answers:
            self._respond(author, commune, kind, told, answer)
        author.flush()

    def _respond(
        self, author: ServerAuthor, commune: Commune, kind: str, told: str, answer: dict[str, Any]
    ) -> None:
        self._write(author, "response", self._unit(commune), told, {"of": kind, **answer})

    def _author(self, commune: Commune, *, above: bool, minutes: int) -> ServerAuthor:
        district = self.land.districts.index(commune.district) + 1
        code = f"huyen{district}" if above else f"tram.{commune.unit.code}"
        return self.authors(code, FixedClock(self.morning.now() + timedelta(minutes=minutes)))

    def _write(self, author: ServerAuthor, kind: str, place: str, subject: str, body: dict[str, Any]) -> str:
        made = self.ids.new()
        author.write(kind, place=place, subject=subject, body=body, entry_id=made)
        return made

    def _unit(self, commune: Commune) -> str:
        """The place its station's users answer for."""
        return commune.station if self.plan.reformed else commune.id

    def _members(self, people: str) -> list[dict[str, Any]]:
        chance, naming = self.chance, naming_of(people, self.plan.province)
        members: list[dict[str, Any]] = []
        for number in range(chance.randint(3, 5)):
            sex, family = chance.choice(("male", "female")), family_name(chance, naming)
            member = {"full_name": given_name(chance, naming, sex, family), "task": _TASKS[number]}
            if number == 0:
                member["phone"] = f"+849{chance.randint(10_000_000, 99_999_999)}"
            members.append(member)
        return members

    def _profile(self) -> dict[str, Any]:
        chance = self.chance
        staff = {"assistant": chance.randint(1, 2), "nurse": chance.randint(1, 3), "midwife": 1}
        if chance.random() < 0.4:
            staff["doctor"] = 1
        return {
            "reviewed_on": self._lately(150),
            "staff": [{"role": role, "people": people} for role, people in staff.items()],
            "fridges": chance.randint(1, 2),
            "cold_boxes": chance.randint(2, 6),
            "tables": chance.randint(1, 3),
            "phones": chance.randint(1, 4),
            "computers": chance.randint(1, 2),
            "difficult": chance.random() < 0.4,
            "high_risk": chance.random() < 0.12,
        }

    def _lately(self, days: int) -> str:
        return self._on(-self.chance.randint(2, days))

    def _on(self, days: int) -> str:
        return (self.plan.today + timedelta(days=days)).isoformat()


def _own_name(commune: Commune) -> str:
    """“Tam Đường” of “Thị trấn Tam Đường”."""
    return commune.unit.name.removeprefix(commune.unit.unit_type).strip()
