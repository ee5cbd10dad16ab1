"""Made-up names for people a simulated worker registers."""

from __future__ import annotations

from random import Random

FAMILIES = ("Lò", "Giàng", "Vàng", "Lý", "Phùng", "Nguyễn", "Tẩn", "Sùng", "Hoàng", "Pờ")
MEN = ("Văn Sơn", "A Páo", "Văn Hùng", "A Chứ", "Minh Đức", "Văn Ánh", "A Tủa", "Quốc Ý")
WOMEN = ("Thị Mai", "Thị Dợ", "Thị Ánh", "Thị Sua", "Thị Hương", "Thị Ơn", "Thị Ban", "Thị Đào")
LANES = ("Xóm trên", "Xóm dưới", "Xóm suối", "Đầu bản", "Cuối bản")


def full_name(chance: Random, sex: str) -> str:
    """A name for one of the sexes."""
    return f"{chance.choice(FAMILIES)} {chance.choice(MEN if sex == 'male' else WOMEN)}"


def phone_number(chance: Random) -> str:
    """A number of the form the field uses."""
    return f"+849{chance.randrange(10**8):08d}"
