"""The indicators a report form may ask for, each defined once (R076): its names and how it is counted.

`sort`: *label* says where the row stands, *text* is free words, *count* is a whole number that is required.
A count is None where the records do not say it: that is a blank to be filled in by hand, never a 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.records.dose import DOSE_TYPES


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its names, and in words how it is counted and when it is not known."""

    code: str
    vi: str
    en: str
    formula_vi: str
    formula_en: str
    sort: Literal["label", "text", "count"] = "count"


def _label(code: str, vi: str, en: str) -> Indicator:
    return Indicator(code, vi, en, "Nhãn của dòng.", "Says which row it is.", "label")


def _dose(code: str, vi: str, en: str) -> Indicator:
    return Indicator(
        f"doses.{code}",
        vi,
        en,
        "Số mũi tiêm tại điểm tiêm của đơn vị trong kỳ (theo nơi tiêm), không tính mũi ghi theo giấy xác nhận và mũi"
        " đã đính chính. Chưa biết khi trong kỳ đơn vị chưa ghi mũi nào.",
        "Doses given at the unit's sites in the period (by place of injection), without those copied from a"
        " certificate or corrected. Not known while the unit recorded none in the period.",
    )


#: What a row of PL5 says of the third booster, which no document has opened: nobody can have had it.
NOT_OPENED = "doses.booster_3"

_ALL = (
    _label("row_number", "Số thứ tự", "Row number"),
    _label("place", "Địa phương, cơ sở", "Place"),
    _label("campaign", "Đợt tiêm", "Campaign"),
    _label("vaccine", "Loại vắc xin", "Vaccine"),
    Indicator("note", "Ghi chú", "Note", "Chữ tự do.", "Free text.", "text"),
    Indicator(
        "people_called", "Số đối tượng trong kỳ", "People asked to come",
        "Số người được tiêm, được khám sàng lọc, hoặc được ghi không đồng ý, hoãn, chống chỉ định trong kỳ, mỗi người"
        " một lần. Chưa biết khi không có mũi tiêm và phiếu sàng lọc nào.",
        "People vaccinated, screened, or recorded as refusing, deferred or contraindicated in the period, each once."
        " Not known without any dose or screening.",
    ),
    Indicator(
        "people_referred", "Số chuyển bệnh viện tiêm", "Referred to a hospital",
        "Số người hoãn tiêm trong kỳ với lý do “Chuyển khám sàng lọc hoặc tiêm tại bệnh viện”. Chưa biết khi trong kỳ"
        " không có phiếu sàng lọc nào.",
        "People deferred in the period because they were referred to a hospital. Not known without any screening.",
    ),
    Indicator(
        "people_refused", "Số không đồng ý tiêm", "Refused",
        "Số người có kết quả thăm hộ “Không đồng ý tiêm” trong kỳ, ở các thôn, bản của đơn vị. Chưa biết khi trong kỳ"
        " không có lần thăm hộ nào.",
        "People whose visit in the period, in the unit's villages, ended in “Refuses”. Not known without any visit.",
    ),
    Indicator(
        "people_deferred", "Số hoãn tiêm", "Deferred",
        "Số người được khám sàng lọc hoặc thăm hộ trong kỳ với kết quả “Hoãn”, trừ người chuyển bệnh viện. Chưa biết"
        " khi trong kỳ không có phiếu sàng lọc và lần thăm hộ nào.",
        "People screened or visited in the period with the outcome “Deferred”, referred ones left out. Not known"
        " without screening or visit.",
    ),
    Indicator(
        "people_contraindicated", "Số chống chỉ định", "Contraindicated",
        "Như “Số hoãn tiêm”, với kết quả “Chống chỉ định”.", "As “Deferred”, with the outcome “Contraindicated”.",
    ),
    Indicator(
        "doses.total", "Tổng số mũi tiêm", "Doses in all",
        "Tổng các loại mũi tiêm tại điểm tiêm của đơn vị trong kỳ. Chưa biết khi đơn vị chưa ghi mũi nào.",
        "All doses given at the unit's sites in the period. Not known while the unit recorded none.",
    ),
    *(_dose(code, vi, en) for code, (vi, en) in DOSE_TYPES.items()),
    Indicator(
        NOT_OPENED, "Liều nhắc lại lần 3", "Third booster",
        "Chưa có văn bản nào mở mũi này nên là 0 khi đơn vị có ghi mũi tiêm.",
        "No document has opened this dose: 0 where the unit recorded doses.",
    ),
    Indicator(
        "doses.at_home", "Tiêm tại nhà", "Given at home",
        "Số mũi tiêm tại nhà trong tổng số mũi. Chưa biết khi đơn vị chưa ghi mũi nào.",
        "Doses of the total given at home. Not known while the unit recorded none.",
    ),
    Indicator(
        "stock_doses_used", "Số liều sử dụng", "Doses used",
        "Số lọ xuất với lý do “Đã tiêm” × số liều mỗi lọ. Chưa biết khi kho của đơn vị không có phiếu nào trong kỳ.",
        "Vials taken out as “administered” × doses a vial. Not known without any stock movement in the period.",
    ),
    Indicator(
        "stock_doses_discarded", "Số liều hủy", "Doses discarded",
        "Số lọ xuất kho với lý do hủy (hết hạn, hỏng, vỡ, mất, hết buổi tiêm…) × số liều mỗi lọ. Chưa biết như trên.",
        "Vials taken out as discarded (expired, spoilt, broken, lost, session over…) × doses a vial. Known as above.",
    ),
    Indicator(
        "reactions_common", "Phản ứng thông thường", "Ordinary reactions",
        "Số bản ghi phản ứng thông thường sau mũi tiêm của đơn vị, theo ngày xuất hiện. Chưa biết khi trong kỳ không có"
        " bản ghi phản ứng nào.",
        "Ordinary reactions recorded after the unit's doses, by the day they began. Not known without any reaction.",
    ),
    Indicator(
        "reactions_severe", "Tai biến nặng", "Serious events",
        "Như trên, với mức “Tai biến nặng”.", "As above, for serious events.",
    ),
)  # fmt: skip

#: Every indicator by its code.
INDICATORS: dict[str, Indicator] = {indicator.code: indicator for indicator in _ALL}

#: Indicators that hold a whole number.
COUNTS = tuple(code for code, indicator in INDICATORS.items() if indicator.sort == "count")
