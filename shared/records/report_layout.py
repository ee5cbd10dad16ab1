"""A report form as data: its columns and what fills each. A province adds or replaces one without a release."""

from shared.fields import Code, Text, Whole
from shared.kinds import Kind, declare
from shared.lists import Body, Lines
from shared.records.authors import PROGRAMME


class LayoutColumn(Body):
    """One column. A heading with " – " stands under the group it names first."""

    number = Whole("Cột số", "Column number", least=1, most=200, required=True)
    heading = Text("Tiêu đề cột", "Heading", longest=300, required=True)
    indicator = Code("Chỉ tiêu", "Indicator", codes="indicators", required=True)


class ReportLayoutBody(Body):
    """Fields of a layout."""

    code = Code("Mã mẫu", "Form code", codes="report_forms", required=True)
    name = Text("Tên mẫu", "Name", longest=200, required=True)
    document = Text("Văn bản", "Document", longest=200, required=True)
    status = Text("Tình trạng", "Status", longest=200, required=True)
    columns = Lines("Các cột", "Columns", LayoutColumn, required=True, least=1, most=100)


REPORT_LAYOUT = declare(
    Kind(
        "report_layout",
        version=1,
        nature="register",
        labels=("Mẫu báo cáo", "Report form"),
        schema=ReportLayoutBody,
        authors=PROGRAMME,
        reference=True,
    )
)
