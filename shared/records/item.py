"""An item of the catalogue: vaccine, diluent, medicine, supply, equipment (R075). Doses a vial are stated here only."""

from shared.fields import Choice, Code, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import PROGRAMME

ITEM_CLASSES = {
    "vaccine": ("Vắc xin", "Vaccine"),
    "diluent": ("Dung môi", "Diluent"),
    "medicine": ("Thuốc", "Medicine"),
    "biological": ("Sinh phẩm", "Biological"),
    "chemical": ("Hóa chất", "Chemical"),
    "supply": ("Vật tư", "Supply"),
    "equipment": ("Trang thiết bị", "Equipment"),
}


class ItemBody(Body):
    """Fields of an item."""

    code = Text("Mã", "Code", longest=40, required=True)
    name_vi = Text("Tên", "Vietnamese name", required=True)
    name_en = Text("Tên tiếng Anh", "English name", required=True)
    item_class = Choice("Loại", "Class", ITEM_CLASSES, required=True)
    unit_vi = Text("Đơn vị", "Unit in Vietnamese", longest=20, required=True)
    unit_en = Text("Đơn vị tiếng Anh", "Unit in English", longest=20, required=True)
    vaccine = Code("Vắc xin", "Vaccine", codes="vaccines")
    doses_per_vial = Whole("Số liều mỗi lọ", "Doses a vial", least=1, most=100)
    thaw_days = Whole("Số ngày dùng sau rã đông", "Days after thaw", least=1, most=1_000)
    open_vial_hours = Whole("Số giờ dùng sau mở lọ", "Hours after opening", least=1, most=1_000)
    open_vial_rule = Choice(
        "Lọ đã mở được dùng",
        "An opened vial may be used",
        {
            "hours": ("Trong số giờ đã ghi", "For the hours stated"),
            "session": ("Đến hết buổi tiêm", "Until the session ends"),
            "days": (
                "Trong số ngày đã ghi (đạt tiêu chí của WHO)",
                "For the days stated (WHO's criteria hold)",
            ),
        },
    )
    open_vial_days = Whole("Số ngày dùng sau mở lọ", "Days after opening", least=1, most=1_000)
    vvm_type = Choice(
        "Chỉ thị nhiệt độ (VVM)",
        "Vial monitor",
        {
            kind: (kind.upper(), kind.upper())
            for kind in ("vvm2", "vvm7", "vvm11", "vvm14", "vvm30", "vvm250")
        },
    )
    pack_size = Whole("Số đơn vị mỗi hộp", "Units a pack", least=1, most=100_000)
    diluent = Ref("Dung môi đi kèm", "Diluent that goes with it")
    least = Whole("Dự phòng tối thiểu mỗi nơi", "Minimum reserve at a site", most=1_000_000)
    warn_days = Whole("Báo trước khi hết hạn (ngày)", "Warn before expiry (days)", least=1, most=1_000)
    gtin = Text("Mã GTIN", "GTIN", longest=14)
    source = Text("Nguồn", "Source", longest=300)
    status = Text("Tình trạng xác minh", "Verification", longest=300)


ITEM = declare(
    Kind(
        "item",
        version=2,
        nature="register",
        labels=("Mặt hàng", "Item"),
        schema=ItemBody,
        authors=PROGRAMME,
        reference=True,
    )
)
