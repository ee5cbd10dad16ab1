"""A question that is answered by yes or no: a tap says yes, another no."""

from kivy.properties import AliasProperty, DictProperty, OptionProperty, StringProperty

from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Pressable

#: The sign of an answer.
SIGNS = {"": ("radiobox-blank", "muted"), "yes": ("alert-circle-outline", "late"), "no": ("check", "good")}


class AnswerRow(Pressable):
    """One question of a form. `answer` "" is not answered yet; `earlier` is what was said before, `names` the words of
    yes and no.
    """

    code = StringProperty("")
    text = StringProperty("")
    earlier = StringProperty("")
    answer = OptionProperty("", options=["", "yes", "no"])
    names = DictProperty({})

    said = AliasProperty(lambda self: self.names.get(self.answer, ""), bind=["answer", "names"])
    icon = AliasProperty(lambda self: SIGNS[self.answer][0], bind=["answer"])
    tone = AliasProperty(lambda self: SIGNS[self.answer][1], bind=["answer"])


load_rules(__file__)
