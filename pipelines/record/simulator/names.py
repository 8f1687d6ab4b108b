"""Names and places: invented family names, ordinary given names, streets that are not.

Family names are compounds that no register lists, so that nobody recognises a
neighbour; towns and their ZIP codes are real ones of Massachusetts, because ZIP3 rules
need them.
"""

# fmt: off
GIVEN_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "european": {
        "F": ("Ada", "Beatrice", "Clara", "Dorothy", "Eleanor", "Fiona", "Greta",
        "Helen",
              "Ingrid", "Julia", "Karin", "Lydia", "Margaret", "Nora", "Olive", "Paula",
              "Rosalind", "Sylvia", "Teresa", "Ursula", "Vera", "Wanda"),
        "M": ("Albert", "Bernard", "Conrad", "Dominic", "Edmund", "Felix", "Gregory",
              "Hugo", "Ivan", "Jerome", "Karl", "Leonard", "Martin", "Nicholas",
              "Oscar",
              "Patrick", "Quentin", "Rupert", "Stefan", "Theodore", "Victor", "Walter"),
    },
    "hispanic": {
        "F": ("Alma", "Blanca", "Carmen", "Dolores", "Elena", "Graciela", "Ines",
              "Lucia", "Marisol", "Paloma", "Rocio", "Ximena"),
        "M": ("Alonso", "Benito", "Carlos", "Diego", "Emilio", "Felipe", "Gustavo",
              "Javier", "Luis", "Mateo", "Rafael", "Tomas"),
    },
    "african": {
        "F": ("Abena", "Amara", "Chioma", "Denise", "Efua", "Imani", "Keisha", "Latoya",
              "Makena", "Nia", "Safiya", "Zuri"),
        "M": ("Akin", "Darnell", "Ekow", "Femi", "Jabari", "Kofi", "Kwame", "Marcus",
              "Obi", "Reginald", "Tariq", "Zuberi"),
    },
    "asian": {
        "F": ("Akiko", "Anjali", "Hana", "Jia", "Kavita", "Lan", "Mei", "Minh", "Priya",
              "Soo", "Thuy", "Yuna"),
        "M": ("Anil", "Bao", "Dae", "Haruto", "Jun", "Kenji", "Lei", "Nikhil", "Ravi",
              "Sanjay", "Tuan", "Wei"),
    },
}
# fmt: on

# fmt: off
FAMILY_NAMES: dict[str, tuple[str, ...]] = {
    "european": ("Ashgrove", "Birchwater", "Coppermill", "Dunmarrow", "Elmsworthy",
                 "Fernhollow", "Greyfield", "Hartlebrook", "Ivyfold", "Juniperhill",
                 "Kestrelby", "Larchmoor", "Mossbank", "Northlatch", "Oakenshade",
                 "Pinecrofter", "Quillmere", "Rookwell", "Stonemarch", "Thistleden",
                 "Underbridge", "Valemont", "Willowick", "Yarrowby", "Bergenholt",
                 "Lindqvarn", "Moravetzki", "Nowaczek", "Petrovane", "Rossignolo"),
    "hispanic": ("Altocampo", "Bellarroyo", "Casaverdez", "Delmontero", "Florespino",
                 "Lunarioja", "Marquesol", "Piedralba", "Riofuentes", "Sierralma",
                 "Torrecampo", "Villanorte"),
    "african": ("Adeyomi", "Bankolari", "Chukwane", "Diallobe", "Freemantle",
                "Gathonga",
                "Jeffersmith", "Kamauri", "Mensaro", "Okonjara", "Sowandeh",
                "Walkerton"),
    "asian": ("Agarwani", "Chenliu", "Fujimori-Hale", "Guptaram", "Hanabishi",
              "Kimsong",
              "Linhart-Wu", "Nguyenda", "Parkway-Lee", "Reddiyar", "Tanamura",
              "Wangfeng"),
}
# fmt: on

# Namesakes, whom a search has to tell apart: every hundredth patient.
NAMESAKES_ONE_IN, NAMESAKES_REMAINDER = 100, 12
NAMESAKES = {
    "F": (("Johanna", "Smithgrove"), ("Johanna", "Smithermoor")),
    "M": (("John", "Smithgrove"), ("John", "Smithermoor")),
}

STREETS = (
    "Apple Orchard Lane",
    "Blue Heron Way",
    "Cobbler Street",
    "Driftwood Road",
    "Fiddlers Green",
    "Gristmill Road",
    "Harvest Moon Drive",
    "Kettle Pond Road",
    "Lantern Street",
    "Millwheel Avenue",
    "Old Ferry Steps",
    "Paper Birch Road",
    "Quarry Edge",
    "Ropewalk Street",
    "Saltbox Lane",
    "Tinkers Court",
)

# Town, county, ZIP code.
# fmt: off
TOWNS = (
    ("Boston", "Suffolk", "02118"), ("Boston", "Suffolk", "02124"),
    ("Boston", "Suffolk", "02130"), ("Cambridge", "Middlesex", "02139"),
    ("Somerville", "Middlesex", "02143"), ("Quincy", "Norfolk", "02169"),
    ("Brockton", "Plymouth", "02301"), ("Newton", "Middlesex", "02458"),
    ("Framingham", "Middlesex", "01702"), ("Worcester", "Worcester", "01604"),
    ("Worcester", "Worcester", "01609"), ("Lowell", "Middlesex", "01851"),
    ("Lawrence", "Essex", "01841"), ("Lynn", "Essex", "01902"),
    ("Salem", "Essex", "01970"), ("Springfield", "Hampden", "01103"),
    ("Springfield", "Hampden", "01108"), ("Holyoke", "Hampden", "01040"),
    ("Pittsfield", "Berkshire", "01201"), ("New Bedford", "Bristol", "02740"),
    ("Fall River", "Bristol", "02720"), ("Plymouth", "Plymouth", "02360"),
    ("Barnstable", "Barnstable", "02601"), ("Greenfield", "Franklin", "01301"),
)
# fmt: on

# Share, origin of the name, race, ethnicity; roughly Massachusetts, US Census 2020.
BACKGROUNDS = (
    (0.69, "european", "White", "Not Hispanic or Latino"),
    (0.08, "hispanic", "White", "Hispanic or Latino"),
    (0.05, "hispanic", "Other", "Hispanic or Latino"),
    (0.09, "african", "Black or African American", "Not Hispanic or Latino"),
    (0.08, "asian", "Asian", "Not Hispanic or Latino"),
    (0.01, "european", "American Indian or Alaska Native", "Not Hispanic or Latino"),
)

LANGUAGES = {
    "european": ("en", "en", "en", "en", "en", "en", "en", "en", "en", "pt"),
    "hispanic": ("en", "es"),
    "african": ("en", "en", "en", "en", "ht", "fr"),
    "asian": ("en", "en", "zh", "vi"),
}
