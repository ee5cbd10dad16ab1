"""A place of the dated tree: administrative unit, village, station, team, store, school or closed institution.

Its versions carry names, codes and parents with the days they hold; the id never changes, and no code is a key.
"""

from shared.fields import Choice, Day, Ref, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines, Many
from shared.records.authors import PLACES
from shared.rules.places import versions_do_not_overlap

LEVELS = {
    "province": ("Tỉnh", "Province"),
    "district": ("Huyện", "District"),
    "commune": ("Xã", "Commune"),
    "village": ("Thôn, bản", "Village"),
    "station": ("Trạm y tế", "Health station"),
    "team": ("Tổ lưu động", "Mobile team"),
    "store": ("Kho", "Store"),
    "school": ("Trường học", "School"),
    "detention": ("Cơ sở giam giữ", "Place of detention"),
    "rehab": ("Cơ sở cai nghiện", "Rehabilitation centre"),
    "social": ("Trung tâm bảo trợ xã hội", "Social protection centre"),
}

#: Places where doses are given.
DOSE_SITES = ("station", "team", "school", "store")

#: Places whose people are a group of their own beside the households (R034, R071).
GROUP_LEVELS = ("school", "detention", "rehab", "social")


class PlaceVersion(Body):
    """What a place was called and whose it was from one day to another; `valid_to` is its last day.

    `parent` is the administrative parent; `health_parent` the parent for health management where it differs.
    """

    valid_from = Day("Từ ngày", "Valid from", required=True)
    valid_to = Day("Đến hết ngày", "Valid to")
    name = Text("Tên", "Name", required=True)
    unit_type = Text("Loại", "Type", longest=40, required=True)
    code = Text("Mã", "Code", longest=20)
    parent = Ref("Thuộc", "Parent")
    health_parent = Ref("Thuộc (quản lý y tế)", "Parent for health management")


class PlaceBody(Body):
    """Fields of a place."""

    level = Choice("Cấp", "Level", LEVELS, required=True)
    versions = Lines(
        "Tên và nơi trực thuộc theo thời gian", "Dated versions", PlaceVersion, required=True, least=1
    )
    serves = Many(
        "Thôn, bản phục vụ", "Villages served", Ref("Thôn, bản", "Village", required=True), most=500
    )
    succeeds = Many("Kế thừa", "Succeeds", Ref("Nơi cũ", "Former place", required=True), most=200)
    lat_e5 = Whole("Vĩ độ (phần trăm nghìn độ)", "Latitude (1/100,000°)", least=-9_000_000, most=9_000_000)
    lon_e5 = Whole(
        "Kinh độ (phần trăm nghìn độ)", "Longitude (1/100,000°)", least=-18_000_000, most=18_000_000
    )
    source = Text("Nguồn", "Source", longest=200)


PLACE = declare(
    Kind(
        "place",
        version=1,
        nature="register",
        labels=("Địa bàn, đơn vị", "Place"),
        schema=PlaceBody,
        authors=PLACES,
        rules=(versions_do_not_overlap,),
        reference=True,
    )
)
