"""Words the company is made of. Invented names only; domains end in `.example`, which nobody can own."""

FIRST_NAMES = (
    "Ada", "Alan", "Alice", "Amir", "Ana", "Anders", "Anja", "Arjun", "Astrid", "Ben", "Bianca", "Björn", "Carla",
    "Chen", "Chloé", "Clara", "Daniel", "Daria", "David", "Elena", "Emil", "Emma", "Erik", "Eva", "Farid", "Felix",
    "Fiona", "Grace", "Hana", "Hannah", "Hugo", "Ines", "Ingrid", "Ivan", "Jack", "James", "Jana", "Jin", "Jonas",
    "José", "Julia", "Karim", "Kate", "Kenji", "Lara", "Lena", "Liam", "Lin", "Lucía", "Maja", "Marco", "Maria",
    "Mei", "Mia", "Nadia", "Nina", "Noah", "Olga", "Oscar", "Paul", "Priya", "Ravi", "Rosa", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Adler", "Ahmed", "Alvarez", "Andersen", "Baker", "Bauer", "Becker", "Bell", "Berg", "Blanc",
    "Bouchard", "Brandt", "Brooks", "Brown", "Carter", "Castro", "Chan", "Clark", "Cohen", "Cole", "Cooper",
    "Costa", "Cruz", "Dahl", "Davis", "Diaz", "Dubois", "Duarte", "Eklund", "Evans", "Faure", "Fischer", "Flores",
    "Ford", "Foster", "Fournier", "Fuchs", "Garcia", "Gomez", "Graf", "Grant", "Gray", "Green", "Gupta", "Haas",
    "Hall", "Hansen", "Harris", "Hartmann", "Hayes", "Hill", "Hoffmann", "Holm", "Howard", "Hughes", "Huang",
    "Ibrahim", "Ito", "Jackson", "Jensen", "Johansson", "Jones", "Kaiser", "Kaur", "Keller", "Kelly", "Khan", "Kim",
    "Klein", "Kumar", "Lambert", "Lang", "Larsen", "Lee", "Lewis", "Lim", "Lindgren", "Lopez", "Lund", "Martin",
    "Mason", "Mehta", "Mendes", "Meyer", "Miller", "Moreau", "Morris", "Müller", "Murphy", "Nair", "Nguyen",
    "Nielsen", "Nowak", "Olsen", "Ortiz", "Park", "Patel", "Pereira", "Perez", "Peters", "Phillips", "Pope",
    "Quinn", "Rao", "Reed", "Reyes", "Richter", "Rivera", "Roberts", "Rossi", "Roux", "Russo", "Sato", "Schmidt",
    "Schröder", "Silva", "Singh", "Smith", "Sousa", "Stein", "Suzuki", "Tan", "Taylor", "Torres", "Tran", "Turner",
    "Vogel", "Wagner", "Walker", "Wang", "Weber", "White", "Wolf", "Wong", "Wood", "Wright", "Yamada", "Young",
    "Zhang", "Ziegler",
)  # fmt: skip
# All of two letters, so that no two sequences spell the same name.
SYLLABLES = (
    "ba", "be", "bi", "bo", "da", "de", "di", "do", "fa", "fe", "fi", "fo", "ga", "go", "ha", "he", "ka", "ke",
    "ko", "la", "le", "li", "lo", "lu", "ma", "me", "mi", "mo", "na", "ne", "no", "pa", "pe", "po", "ra", "re",
    "ri", "ro", "sa", "se", "so", "ta", "te", "to", "va", "ve", "vi", "vo",
)  # fmt: skip
SECTORS = (
    "Analytics", "Automation", "Components", "Energy", "Foods", "Freight", "Health", "Labs", "Logistics", "Media",
    "Networks", "Partners", "Software", "Systems",
)  # fmt: skip
SUFFIXES = {
    "amer": ("Inc.", "LLC", "Corp.", ""),
    "emea": ("GmbH", "Ltd", "S.A.", ""),
    "apac": ("Pte Ltd", "Pty Ltd", "Ltd", ""),
}
REGIONS = ("amer", "emea", "apac")
REGION_SHARES = (0.50, 0.35, 0.15)
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Singapore")
# country, region, share within the region, currency, states
COUNTRIES = (
    ("United States", 0, 0.86, "USD", ("California", "New York", "Texas", "Illinois", "Massachusetts", "Georgia")),
    ("Canada", 0, 0.14, "CAD", ("Ontario", "Quebec", "British Columbia")),
    ("Germany", 1, 0.38, "EUR", ("Bavaria", "Berlin", "Hesse")),
    ("United Kingdom", 1, 0.36, "GBP", ("England", "Scotland")),
    ("France", 1, 0.26, "EUR", ("Île-de-France", "Occitanie")),
    ("Singapore", 2, 0.45, "SGD", ("Singapore",)),
    ("Australia", 2, 0.55, "AUD", ("New South Wales", "Victoria")),
)
# Units per US dollar at the start.
CURRENCIES = {"USD": 1.0, "CAD": 1.38, "EUR": 0.93, "GBP": 0.79, "SGD": 1.34, "AUD": 1.52}
INDUSTRIES = (
    "Software",
    "Manufacturing",
    "Financial Services",
    "Healthcare",
    "Retail",
    "Logistics",
    "Education",
    "Media",
)
SENIORITIES = ("Chief Officer", "VP", "Director", "Manager", "Specialist")
SENIORITY_SHARES = (0.05, 0.10, 0.22, 0.35, 0.28)
FUNCTIONS = ("Marketing", "IT", "Operations", "Finance", "Sales")
FREE_MAIL = ("gmail.com", "outlook.com", "yahoo.com")
ROLE_MAILBOXES = ("info", "sales", "contact")
TOPICS = ("brand", "platform", "automation")
PAGES = (
    "/",
    "/product",
    "/pricing",
    "/resources",
    "/customers",
    "/blog/attribution",
    "/blog/data-quality",
    "/company",
    "/docs",
)
FORM_PAGES = ("/resources/guide", "/newsletter", "/demo", "/webinars/register")
FORM_NAMES = ("Content Download", "Newsletter", "Demo Request", "Webinar Registration")
REJECTION_REASONS = ("Not a Fit", "No Budget", "Competitor", "Student", "Bad Contact Data")
RECYCLE_REASONS = ("No Response", "Timing", "Not Ready")
LOSS_REASONS = ("Price", "Competitor", "No Decision", "Missing Feature")
SITE = "https://www.northwind-metrics.example"
