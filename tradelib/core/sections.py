"""The 21 sections of the Harmonized System, and the chapters that each holds.

References
----------
World Customs Organization, *Harmonized Commodity Description and Coding System*, sections I-XXI.
"""

# Chapters (the first two digits of a code) by section, as the Open Trade Statistics print its name.
CHAPTERS = {
    "Animal Products": range(1, 6),
    "Vegetable Products": range(6, 15),
    "Animal and Vegetable Bi-Products": range(15, 16),
    "Foodstuffs": range(16, 25),
    "Mineral Products": range(25, 28),
    "Chemical Products": range(28, 39),
    "Plastics and Rubbers": range(39, 41),
    "Animal Hides": range(41, 44),
    "Wood Products": range(44, 47),
    "Paper Goods": range(47, 50),
    "Textiles": range(50, 64),
    "Footwear and Headwear": range(64, 68),
    "Stone And Glass": range(68, 71),
    "Precious Metals": range(71, 72),
    "Metals": range(72, 84),
    "Machines": range(84, 86),
    "Transportation": range(86, 90),
    "Instruments": range(90, 93),
    "Weapons": range(93, 94),
    "Miscellaneous": range(94, 97),
    "Arts and Antiques": range(97, 98),
    "Unspecified": range(98, 100),
}
# In the order of the system, goods that no section names last.
SECTIONS = tuple(CHAPTERS)
# Goods of which no section is known.
UNSPECIFIED = "Unspecified"


def section_of(chapter: int) -> str | None:
    """Section of a chapter, 1 to 99; None of a number that is no chapter.

    >>> section_of(27), section_of(10), section_of(77), section_of(99), section_of(0)
    ('Mineral Products', 'Vegetable Products', 'Metals', 'Unspecified', None)
    """
    for section, chapters in CHAPTERS.items():
        if chapter in chapters:
            return section
    return None
