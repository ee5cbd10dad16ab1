"""Names as each people gives them. They are put together at random: no living person is meant."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Naming:
    """Family names, middle names and given names of one people. A middle name may be empty."""

    families: tuple[str, ...]
    male_middle: tuple[str, ...]
    male: tuple[str, ...]
    female_middle: tuple[str, ...]
    female: tuple[str, ...]


def _naming(families: str, male_middle: str, male: str, female_middle: str, female: str) -> Naming:
    return Naming(
        *(tuple(words.split(",")) for words in (families, male_middle, male, female_middle, female))
    )


_KINH = _naming(
    "Nguyễn,Nguyễn,Nguyễn,Trần,Trần,Lê,Lê,Phạm,Phạm,Hoàng,Phan,Vũ,Vũ,Đặng,Bùi,Đỗ,Ngô,Dương,Đinh,Trịnh,Mai",
    "Văn,Văn,Đức,Minh,Quang,Hữu,Công,Xuân,Đình,Tiến,Ngọc,Thành",
    "Hùng,Dũng,Tuấn,Nam,Sơn,Hải,Long,Thắng,Cường,Hiếu,Trung,Kiên,Khánh,Phúc,Quân,Thịnh,Đạt,An,Bình,Đông,Việt,Toàn",
    "Thị,Thị,Ngọc,Thu,Thanh,Kim,Phương,Hồng,Thùy,Bích",
    "Hoa,Lan,Hương,Mai,Hà,Hằng,Linh,Trang,Thảo,Nga,Yến,Oanh,Loan,Nhung,Huệ,Thủy,Hạnh,Tuyết,Ngân,Quỳnh,Ánh,Đào",
)
_THAI = _naming(
    "Lò,Lò,Lò,Lường,Lường,Quàng,Cầm,Hoàng,Đèo,Vàng,Tòng,Cà,Lù,Mào,Điêu,Hà,Khoàng,Bạc",
    "Văn,Văn,Văn,Văn,Xuân,Quang,A",
    "Inh,Pâng,Pản,Ơn,Hặc,Diên,Phương,Thoan,Pành,Sương,Ánh,Ngoan,Tưởng,Thiên,Chung,Păn,Khặm,Hịa,Chiêu,Yêu,Ín,Ương",
    "Thị,Thị,Thị,Thị,Thu,Kim",
    "Ban,Ín,Piềng,Hặc,Ơn,Thoan,Pản,Hiêng,Xuân,Pành,Bun,Pâng,Diên,Ương,Lả,Khặm,Dung,Thiết,Ánh,Piêng,Hom,Ngoan",
)
_MONG = _naming(
    "Giàng,Giàng,Vàng,Vàng,Sùng,Sùng,Thào,Mùa,Lầu,Hạng,Cứ,Chang,Lý,Ma,Sình,Phàng,Hờ,Hảng,Cháng",
    "A,A,A,A,Seo,Quang",
    "Páo,Chứ,Tủa,Dơ,Sùng,Lử,Sàng,Chư,Phử,Dình,Chù,Và,Nủ,Súa,Dì,Pó,Tráng,Lềnh,Vảng,Của,Hồng,Sếnh,Dế,Khày,Giống",
    "Thị,Thị,Thị,Thị,Seo",
    "Mỷ,Dợ,Sua,Pàng,Chứ,Xia,Dua,Sông,Máy,Ly,Sái,Dở,Cha,Sú,Chư,Mảy,Dung,Giống,Bầu,Vang,Pà,Sếnh",
)
_DAO = _naming(
    "Tẩn,Tẩn,Tẩn,Lý,Lý,Phàn,Phàn,Chẻo,Chẻo,Triệu,Bàn,Phùng,Đặng,Vàng,Lở",
    "A,Láo,Chỉn,Lao,Phủ,Diếu,Sành,Chin,Dào,Kim",
    "Ú,Tả,San,Lở,Sơn,Phẩu,Chiêu,Nhàn,Vạn,Siệu,Quang,Chòi,Mìn,Khé,Ton,Dần,Quyên,Pao,Sếnh,Phin",
    "Mẩy,Tả,U,Lở,Sử,San,Thị,Mùi",
    "Mẩy,Lai,Sài,Phẩy,Nhàn,Chiêu,Mìn,Sểnh,Pham,Chẳn,Liều,Ghển,Viện,Xoang,Phấy,Dất,Kiều,Nảy",
)
_HA_NHI = _naming(
    "Pờ,Pờ,Lỳ,Lỳ,Khoàng,Chu,Chu,Vàng,Sừng,Phùng,Ly,Mạ,Bờ,Giàng,Toán,Vù",
    "Xè,Go,Phì,Xì,Xú,Hừ,Pó,Gò,Xé,Lòng,Khai,Gạ",
    "Tài,Xá,Lù,Chừ,Xuy,Hừ,Cà,Tư,Xừ,Hà,Phạ,Sinh,Giá,Lóng,Chồng,Sơn,Dí",
    "Mỳ,Mò,Go,Xó,Lò,Chừ,Phì,Gạ",
    "Lế,Xó,De,Né,Ché,Mé,Nu,Pớ,Xa,Chẻ,Po,Hà,Sớ,Lụ,Khừ",
)
_LA_HU = _naming(
    "Ly,Ly,Giàng,Giàng,Vàng,Phàn,Lò,Pờ,Thàng,Kha,Vù",
    "Hừ,Xạ,Gò,Ha,Gạ,Lò,Phí,Cà,Nhù,Chà",
    "Cà,Hừ,Lòng,De,Xè,Pư,Chừ,Loòng,Xá,Phạ,Cố,Pa,Sé",
    "Mò,Lò,Mỳ,Gò,Lỳ,Nhù,Phì",
    "Pư,Nu,Pớ,De,Xó,Né,Me,Xa,Lé,Chừ,Pe",
)
_GIAY = _naming(
    "Vàng,Vàng,Lù,Lù,Lò,Lý,Sần,Hoàng,Phan,Vương,Nông",
    "Văn,Văn,A,Xuân,Tiến",
    "Chiến,Páo,Dìn,Sài,Pin,Ngán,Tờ,Chẩn,Dung,Thắng,Sáng,Cương,Sín,Phừ,Quân",
    "Thị,Thị,Thị,Thu",
    "Sẻn,Dín,Mây,Hương,Nga,Phin,Xuyến,Đin,Mỷ,Sa,Chẳn,Liên,Lả,Nhúng",
)
_LU = _naming(
    "Tao,Tao,Vàng,Lò,Lò,Ky,Hoàng,Lý",
    "Văn,Văn,A",
    "Păn,Som,Khăm,Ón,Liêng,Chợ,On,Kéo,Ín,Dơn,Phăn",
    "Thị,Thị",
    "Son,Ón,Khăm,Pâng,Ún,Sen,Ỏn,Păn,Liêng,Cheo",
)
_MANG = _naming(
    "Chìn,Lò,Lò,Tào,Pàn,Sìn,Lý,Lùng,Chang",
    "A,Văn,Văn,Quốc",
    "Tá,Hải,Ban,Choong,Pấu,Lo,Chính,Sung,Dìn,Phong,Nìn,Lè",
    "Thị,Thị,Me",
    "Đào,Sao,Ban,Me,Panh,Ón,Choong,Hạ,Lả,Chỉ",
)
_KHMU = _naming(
    "Lò,Quàng,Lường,Cút,Moong,Tô,Hoàng,Vì",
    "Văn,Văn,Quốc",
    "Hun,Pản,Lả,Phương,Chang,Khum,Dọn,Ngân,Thi,Ọi,Bun",
    "Thị,Thị",
    "Hun,Nguyệt,Lả,Pành,Ọi,Khum,Ín,Thơm,Chướng,Sợi",
)
_SI_LA = _naming(
    "Hù,Hù,Pờ,Lý,Giàng,Lỳ",
    "Cố,Chà,Và,Xừ,Khừ",
    "Xuân,Sân,Chà,Pha,Hùng,Thành,Sơn",
    "Cố,Chà,Thị,Mỳ",
    "Xuân,Sân,Khé,Đế,Pé,Né",
)
_KINH_SOUTH = _naming(
    "Nguyễn,Nguyễn,Nguyễn,Trần,Trần,Lê,Lê,Huỳnh,Huỳnh,Phạm,Võ,Võ,Phan,Trương,Đặng,Bùi,Hồ,Ngô,Dương,Thái,Đoàn,Mai",
    "Văn,Văn,Hoàng,Minh,Quốc,Thanh,Hữu,Trung,Chí,Tấn,Phước",
    "Út,Tèo,Hùng,Dũng,Tâm,Lợi,Phước,Tài,Lộc,Nghĩa,Đức,Phúc,Khang,Nhân,Thiện,Sang,Giàu,Đạt,Khởi,Toàn,Hậu,Thành",
    "Thị,Thị,Ngọc,Mỹ,Kim,Bích,Cẩm,Thúy,Tuyết,Hồng",
    "Út,Lan,Hương,Diễm,Tiên,Nhi,Ngân,Loan,Phượng,Xuân,Yến,Thu,Nga,Hạnh,Trinh,Thắm,Lài,Mười,Chín,Bé,Tư,Ánh",
)
_KHMER = _naming(
    "Danh,Danh,Danh,Danh,Thạch,Kim,Sơn,Châu,Lâm,Tiên,Trương",
    ",Sà,Minh,Hoàng,Văn",
    "Rương,Kiên,Đen,Nhi,Rinh,Sóc,Hên,Khol,Thươl,Lành,Phol,Mên,Dươl,Út,Chanh",
    "Thị,Thị,Sà,Mỹ",
    "Sà Vươl,Nết,Rinh,Sa Quyên,Chanh,Hên,Phượng,Rớt,Sóc Kha,Diễm,Lan,Thươl,Ngọc,Mai",
)
_HOA = _naming(
    "Trần,Lâm,Lâm,Lý,Quách,Huỳnh,Trương,Dương,Ngô,Tăng,Hứa,Lưu",
    "Chí,Vĩnh,Quốc,Gia,Kiến,Minh,Tuấn",
    "Cường,Phát,Hào,Minh,Đức,Hưng,Huy,Bửu,Thành,Lợi,An,Khôn",
    "Mỹ,Tú,Lệ,Bội,Ngọc,Thục,Kim",
    "Linh,Anh,Phụng,Hà,Dung,Nga,Quân,Yến,Châu,Lan",
)

_OF: dict[str, Naming] = {
    "01": _KINH, "03": _THAI, "04": _HOA, "05": _KHMER, "08": _MONG, "09": _DAO, "25": _GIAY, "29": _KHMU,
    "35": _HA_NHI, "37": _THAI, "41": _LA_HU, "42": _LU, "45": _MANG, "48": _HA_NHI, "50": _SI_LA,
}  # fmt: skip


def naming_of(people: str, province: str) -> Naming:
    """How a people names its children; the Kinh of the south have names of their own."""
    return _KINH_SOUTH if people == "01" and province == "91" else _OF[people]


def given_name(chance: Random, naming: Naming, sex: str, family: str) -> str:
    """A full name with this family name."""
    middles, names = (
        (naming.male_middle, naming.male) if sex == "male" else (naming.female_middle, naming.female)
    )
    middle = middles[int(chance.random() * len(middles))]
    name = names[int(chance.random() * len(names))]
    return f"{family} {middle} {name}" if middle else f"{family} {name}"


def family_name(chance: Random, naming: Naming) -> str:
    """One of a people's family names."""
    return naming.families[int(chance.random() * len(naming.families))]
