"""Names for made-up villages, in the manner of the province and of the people who live there."""

from random import Random

from server.seed.peoples import TOWNS
from shared.reference import Unit


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


_THAI_FIRST = _words("Nậm,Nậm,Huổi,Huổi,Pá,Tà,Co,Nà,Nà,Phiêng,Chiềng,Noong,Pắc,Hua,Bản")
_THAI_LAST = _words(
    "Củm,Pục,Sả,Mạ,Cáy,Lìn,Ngà,Mu,Phầy,Cha,Luông,Bó,Khinh,Lằn,Ban,Tát,Han,Kè,Sập,Ngoi,Đích,Mòn,Cuổi,Ít,Lốt,Hằn"
)
_HIGH_FIRST = _words("Tả,Sín,Lao,Sì,Hô,Chí,Má,Xà,Seo,Sùng,Thèn,Lùng,Dền,Can,Phìn,Căng,Sảng,Hồng,Ngải")
_HIGH_LAST = _words("Chải,Chải,Phìn,Hồ,Thàng,Sủ,Lèng,Thâu,Páng,Than,Thầu,Tra,Sáng,Vàng,Phô,Trồ,Tỷ,Ngài,Thầu")
_FAR_FIRST = _words("Pa,U,Ka,Nhù,Xà,Mù,Là,Phí,Gò,Tá,Bum,Lò,Ứ,Hà")
_FAR_LAST = _words("Ủ,Ma,Lăng,Cả,Tè,Chi,Sú,Xi,Khà,Pạ,Nưa,Na,Hồ,Cấu,Xá,Bạ")
_THON = _words(
    "Tân Phong,Đoàn Kết,Thống Nhất,Hợp Nhất,Tân Lập,Trung Tâm,Sơn Hà,Đông Phong,Thành Công,Tân Tiến,Hồng Quang,"
    "Quyết Tiến,Bình Luông,Hưng Bình"
)
_AP_FIRST = _words("Thạnh,Phước,Hòa,Vĩnh,Tân,Minh,An,Bình,Đông,Xẻo,Mỹ,Trung")
_AP_LAST = _words("Lợi,Hưng,Hòa,Bình,Thành,Phú,Tiến,An,Đông,Tây,Thạnh,Phước,Lộc,Cần,Dừa,Trung")

_HIGHLANDERS = ("08", "09")
_FAR_PEOPLES = ("35", "41", "45", "48", "50")


def village_name(chance: Random, commune: Unit, people: str, number: int, taken: set[str]) -> str:
    """A name no other village of the commune bears (`taken`, to which it is added)."""
    if commune.unit_type in TOWNS:
        name = f"{'Khu phố' if commune.province_code == '91' else 'Tổ dân phố số'} {number}"
    else:
        name = _free_name(chance, commune.province_code, people, taken)
    taken.add(name)
    return name


def village_type(commune: Unit, name: str) -> str:
    """What a village is called by the law: the first word of its name, or two in a town."""
    if commune.unit_type in TOWNS:
        return "Khu phố" if commune.province_code == "91" else "Tổ dân phố"
    return name.split(" ", 1)[0]


def _free_name(chance: Random, province: str, people: str, taken: set[str]) -> str:
    name = _name(chance, province, people)
    for number in range(2, 60):
        if name not in taken:
            return name
        name = _name(chance, province, people)
        if number > 40:
            name = f"{name} {number - 39}"
    return name


def _name(chance: Random, province: str, people: str) -> str:
    if province == "91":
        if chance.random() < 0.15:
            return f"Ấp Kênh {chance.randint(1, 14)}"
        return f"Ấp {_pair(chance, _AP_FIRST, _AP_LAST)}"
    if people == "01":
        return f"Thôn {chance.choice(_THON)}"
    if people in _HIGHLANDERS:
        return f"Bản {_pair(chance, _HIGH_FIRST, _HIGH_LAST)}"
    if people in _FAR_PEOPLES:
        return f"Bản {_pair(chance, _FAR_FIRST, _FAR_LAST)}"
    first, last = chance.choice(_THAI_FIRST), chance.choice(_THAI_LAST)
    return f"Bản {last}" if first == "Bản" else f"Bản {first} {last}"


def _pair(chance: Random, first: tuple[str, ...], last: tuple[str, ...]) -> str:
    return f"{chance.choice(first)} {chance.choice(last)}"
