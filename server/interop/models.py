"""What the imports remember: how the columns of a file were matched the last time one like it came."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Id, Instant, Model


class ImportMapping(Model):
    """The mapping of a file's columns, by the sort of import and a digest of the file's header.

    `mapping` is JSON: name of the layout's column → heading in the file.
    """

    __tablename__ = "import_mapping"
    layout: Mapped[str] = mapped_column(Text, primary_key=True)
    header_digest: Mapped[str] = mapped_column(Text, primary_key=True)
    mapping: Mapped[str] = mapped_column(Text)
    used_at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[str] = mapped_column(Id)
