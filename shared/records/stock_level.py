"""The least and the most a site should hold of an item (R074); the subject is named by the two."""

from shared.fields import Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body
from shared.records.authors import STOCK_KEEPERS


class StockLevelBody(Body):
    """Fields of a level, in whole vials or units. `least` is a reserve nobody moves away."""

    item = Ref("Mặt hàng", "Item", required=True)
    least = Whole("Dự phòng tối thiểu", "Minimum reserve", most=1_000_000)
    most = Whole("Nhiều nhất có thể bảo quản", "Most that can be stored", most=1_000_000)
    document = Text("Văn bản", "Document", longest=120)


STOCK_LEVEL = declare(
    Kind(
        "stock_level",
        version=1,
        nature="register",
        labels=("Mức dự trữ", "Stock level"),
        schema=StockLevelBody,
        authors=STOCK_KEEPERS,
    )
)
