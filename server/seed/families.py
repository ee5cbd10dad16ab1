"""Who lives behind a door: ages, sexes and relations of a household's members."""

from random import Random

#: (age in years, sex, relation to the head)
Relative = tuple[int, str, str]

MOST = 8

#: Province -> how many families in a hundred had 0, 1, 2, 3, 4, 5 children.
CHILDREN = {**dict.fromkeys(("11", "12", "14"), (5, 20, 36, 22, 12, 5)), "91": (22, 42, 27, 6, 2, 1)}


def compose(chance: Random, province: str) -> list[Relative]:
    """A household of two to eight: a couple with children, sometimes with parents, or old people with a grandchild."""
    draw = chance.random()
    if draw < 0.11:
        return _elders(chance)
    family = _couple(chance, CHILDREN[province])
    if draw < 0.42:
        family += _parents(chance, family[0][0])
    return family[:MOST]


def _couple(chance: Random, children: tuple[int, ...]) -> list[Relative]:
    age = 22 + int(chance.betavariate(1.6, 1.9) * 42)
    male = chance.random() < 0.84
    family: list[Relative] = [(age, "male" if male else "female", "Chủ hộ")]
    mother = age
    if chance.random() < 0.93:
        spouse = max(18, age + chance.randint(-6, 3))
        family.append((spouse, "female" if male else "male", "Vợ" if male else "Chồng"))
        mother = spouse if male else age
    youngest = mother - 44
    oldest = mother - 19
    for _ in range(chance.choices(range(6), children)[0]):
        if oldest < 0:
            break
        child = chance.randint(max(0, youngest), oldest)
        if child < 24 or chance.random() < 0.35:
            family.append((child, _sex(chance), "Con"))
    if len(family) < 2:
        family.append((chance.randint(0, 15), _sex(chance), "Cháu"))
    if family[-1][0] >= 20 and family[-1][2] == "Con" and chance.random() < 0.5:
        family.append((chance.randint(0, 2), _sex(chance), "Cháu"))
    return family


def _parents(chance: Random, age: int) -> list[Relative]:
    parents: list[Relative] = []
    if chance.random() < 0.75:
        parents.append((min(97, age + chance.randint(20, 34)), "female", "Mẹ"))
    if chance.random() < 0.55 or not parents:
        parents.append((min(97, age + chance.randint(20, 36)), "male", "Bố"))
    if chance.random() < 0.2:
        parents.append((max(12, age - chance.randint(2, 12)), _sex(chance), "Em"))
    return parents


def _elders(chance: Random) -> list[Relative]:
    age = chance.randint(57, 86)
    sex = _sex(chance)
    family: list[Relative] = [(age, sex, "Chủ hộ")]
    if chance.random() < 0.7:
        other, relation = ("female", "Vợ") if sex == "male" else ("male", "Chồng")
        family.append((max(50, age + chance.randint(-7, 5)), other, relation))
    if len(family) < 2 or chance.random() < 0.45:
        family.append((chance.randint(0, 19), _sex(chance), "Cháu"))
    return family


def _sex(chance: Random) -> str:
    return "male" if chance.random() < 0.513 else "female"
