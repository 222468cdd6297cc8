"""Names and units under all the forms that French and English give them. Tables only, folded.

A capital letter in a table asks for capitals in the text: `US` is a country, `us` is not; `UN` is not the French article.
"""

from __future__ import annotations

from assistant.search.folding import fold


def _lines(table: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(form.strip() for form in line.split("|")) for line in table.strip().splitlines())


# One name a line, under every form that either language gives it. The first form is its key.
_COUNTRIES = _lines("""
united states|etats unis|US|USA|U.S.|america|american|americans|americain|americaine|americains|americaines
united kingdom|royaume uni|UK|U.K.|britain|great britain|grande bretagne|british|britannique|britanniques
france|french|franco|francais|francaise|francaises
germany|allemagne|german|germans|allemand|allemande|allemands|allemandes
china|chine|chinese|chinois|chinoise|chinoises
india|inde|indian|indians|indien|indienne|indiens|indiennes
japan|japon|japanese|japonais|japonaise
canada|canadian|canadien|canadienne|canadiens
brazil|bresil|brazilian|bresilien|bresilienne
australia|australie|australian|australien|australienne
south korea|coree du sud|sud coreen|sud coreenne|south korean
italy|italie|italian|italien|italienne
spain|espagne|spanish|espagnol|espagnole
netherlands|pays bas|dutch|neerlandais|neerlandaise
sweden|suede|swedish|suedois|suedoise
norway|norvege|norwegian|norvegien|norvegienne
denmark|danemark|danish|danois|danoise
finland|finlande|finnish|finlandais|finlandaise
iceland|islande|icelandic|islandais
switzerland|suisse|swiss
austria|autriche|austrian|autrichien|autrichienne
belgium|belgique|belgian|belge|belges
bulgaria|bulgarie
croatia|croatie
cyprus|chypre
czechia|tchequie|czech|tcheque|tcheques|czech republic|republique tcheque
estonia|estonie
greece|grece|greek|grec|grecque
hungary|hongrie|hungarian|hongrois|hongroise
ireland|irlande|irish|irlandais|irlandaise
latvia|lettonie
lithuania|lituanie
malta|malte
poland|pologne|polonais|polonaise
portugal|portuguese|portugais|portugaise
romania|roumanie
slovakia|slovaquie
slovenia|slovenie
armenia|armenie
moldova|moldavie
serbia|serbie
ukraine|ukrainian|ukrainien|ukrainienne
cambodia|cambodge
indonesia|indonesie
new zealand|nouvelle zelande
singapore|singapour
thailand|thailande
chile|chili
colombia|colombie
mexico|mexique|mexican|mexicain|mexicaine
peru|perou
ivory coast|cote d ivoire|cote divoire
egypt|egypte|egyptian|egyptien|egyptienne
kenya|kenyan|kenyane
morocco|maroc|moroccan|marocain|marocaine
nigeria|nigerian
senegal|senegalais|senegalaise|senegalese
south africa|afrique du sud|sud africain|south african
russia|russie|russian|russe|russes
israel|israeli|israelien|israelienne
turkey|turquie|turkish|turc|turque
saudi arabia|arabie saoudite|saudi|saoudien|saoudienne
argentina|argentine|argentinian
united arab emirates|emirats arabes unis|emirats|emirates|UAE|emirati|emiratis|emirien|emirienne
vatican|holy see|saint siege
""")
_OTHERS = _lines("""
europe|european|europeans|europeen|europeenne|europeens|europeennes
africa|afrique|african|africain|africaine|africains|africaines
asia|asie|asian|asiatique
latin america|amerique latine
global south|sud global
european union|union europeenne|EU|UE|E.U.|eu27
european commission|commission europeenne
african union|union africaine
council of europe|conseil de l europe
council of the european union|conseil de l union europeenne
european investment bank|banque europeenne d investissement|EIB|BEI
united nations|nations unies|UN|ONU|U.N.
UNEP|PNUE|un environment programme|united nations environment programme|programme des nations unies pour l environnement
UNDP|PNUD|un development programme|programme des nations unies pour le developpement
ITU|UIT|international telecommunication union|union internationale des telecommunications
ILO|OIT|international labour organization|international labour organisation|organisation internationale du travail
OECD|OCDE|organisation for economic co operation and development|organisation de cooperation et de developpement economiques
IEA|AIE|international energy agency|agence internationale de l energie
NATO|OTAN
GPAI|PMIA|global partnership on ai|partenariat mondial sur l ia
GDPR|RGPD|general data protection regulation|reglement general sur la protection des donnees|reglement sur la protection des donnees
DSA|digital services act|reglement sur les services numeriques
AI act|reglement europeen sur l ia|reglement europeen sur l intelligence artificielle|loi europeenne sur l ia|european ai act
framework convention|convention cadre
sustainable development goals|objectifs de developpement durable|SDGs|ODD|SDG
global digital compact|pacte numerique mondial
paris peace forum|forum de paris sur la paix
paris charter|charte de paris
paris pact|pacte de paris
CNNum|french digital council|conseil national du numerique
CESE|economic social and environmental council|conseil economique social et environnemental
SGDSN|general secretariat for defence and national security|secretariat general de la defense et de la securite nationale
DGE|directorate general for enterprise|direction generale des entreprises
international ai safety report|rapport international sur la securite de l ia|ai safety report|rapport sur la securite de l ia
AFP|agence france presse
associated press|AP
national assembly|assemblee nationale
general assembly|assemblee generale
world ai conference|conference mondiale sur l ia
athens|athenes
geneva|geneve
shanghai|shangai
california|californie
hiroshima
lafayette|la fayette
bin zayed|ben zayed
nahyan|nahyane
public interest ai|ia d interet general|ia au service de l interet general
washington
london|londres
beijing|pekin
moscow|moscou
berlin
brussels|bruxelles
new delhi|delhi
seoul
bletchley park|bletchley
paris|parisian|parisien|parisienne|parisiens
paris summit|ai action summit|artificial intelligence action summit|action summit|sommet pour l action sur l ia|sommet pour l action sur l intelligence artificielle|paris ai summit|paris ai action summit|sommet de paris|sommet de l ia|sommet de l ia de paris|sommet ia|sommet sur l ia|ai summit|sommet parisien|sommet pour l action
paris statement|paris ai statement|paris declaration|paris ai declaration|declaration de paris|texte de paris
""")

PLACES = frozenset(
    "washington london beijing moscow berlin brussels seoul geneva shanghai athens california hiroshima paris".split()
) | {"new delhi", "bletchley park"}
COUNTRIES = frozenset(line[0] for line in _COUNTRIES)
# A capital stands for its state in diplomatic prose, both ways.
CAPITALS = {
    "washington": "united states",
    "london": "united kingdom",
    "beijing": "china",
    "moscow": "russia",
    "berlin": "germany",
    "new delhi": "india",
}
SUMMIT_KEY = "paris summit"
STATEMENT_KEY = "paris statement"
# Other summits: where one of these is named, "the summit" need not be the one in Paris.
OTHER_SUMMITS = frozenset({"bletchley park", "seoul", "new delhi", "kigali"})

# Every form, as a tuple of folded words, with the name's key and whether the text must have capitals.
NAME_FORMS: dict[tuple[str, ...], tuple[str, bool]] = {
    tuple(fold(form).replace(".", "").split()): (line[0], form.isupper())
    for line in (*_COUNTRIES, *_OTHERS)
    for form in line
}

# What a number counts. Classes that a writer may exchange share a line of COMPATIBLE_UNITS.
_UNITS = _lines("""
country|countries|pays|state|states|etat|etats|nation|nations|government|governments|gouvernement|gouvernements
signatory|signatories|signataire|signataires
person|people|persons|personne|personnes|participant|participants|attendee|attendees|individuals|individus
visitor|visitors|visiteur|visiteurs
citizen|citizens|citoyen|citoyens
expert|experts|researcher|researchers|scientist|scientists|chercheur|chercheurs|scientifique|scientifiques
speaker|speakers|intervenant|intervenants|orateur|orateurs
leader|leaders|dirigeant|dirigeants
professional|professionals|professionnel|professionnels
company|companies|firm|firms|entreprise|entreprises|societe|societes|business|businesses|corporation|corporations
startup|startups|start-up|start-ups
investor|investors|investisseur|investisseurs
organisation|organisations|organization|organizations|body|bodies|organisme|organismes|institution|institutions|agency|agencies
authority|authorities|autorite|autorites|regulator|regulators|regulateur|regulateurs
partner|partners|partenaire|partenaires
member|members|membre|membres
year|years|an|ans|annee|annees
month|months|mois
week|weeks|semaine|semaines
weekend|week-end|weekends|week-ends
day|days|jour|jours|journee|journees
hour|hours|heure|heures
hectare|hectares
acre|acres
kilometre|kilometres|kilometer|kilometers|km
gigawatt|gigawatts|GW|gw
megawatt|megawatts|MW|mw
page|pages
chip|chips|puce|puces|processor|processors|processeur|processeurs|gpu|gpus
model|models|modele|modeles
tool|tools|outil|outils
dataset|datasets|jeu|jeux
project|projects|projet|projets
product|products|produit|produits
site|sites
theme|themes
priority|priorities|priorite|priorites
principle|principles|principe|principes
practice|practices|pratique|pratiques
session|sessions
workshop|workshops|atelier|ateliers|colloque|colloques
cluster|clusters
gigafactory|gigafactories
factory|factories|fabrique|fabriques|usine|usines
application|applications|candidature|candidatures
language|languages|langue|langues
job|jobs|emploi|emplois
""")
UNIT_OF: dict[str, str] = {fold(form): line[0] for line in _UNITS for form in line}
MEASURES = frozenset({"year", "month", "week", "day", "hour", "hectare", "acre", "kilometre", "gigawatt", "megawatt"})
_COMPATIBLE_UNITS: tuple[frozenset[str], ...] = (
    frozenset({"person", "visitor", "professional"}),
    frozenset({"person", "citizen"}),
    frozenset({"person", "expert"}),
    frozenset({"person", "speaker"}),
    frozenset({"person", "leader"}),
    frozenset({"signatory", "country", "organisation", "member"}),
    frozenset({"organisation", "authority", "member", "partner"}),
    frozenset({"company", "member", "partner", "startup", "organisation"}),
    frozenset({"country", "member", "partner"}),
)


def units_agree(one: str, other: str) -> bool:
    """May one writer count in `one` what another counts in `other`?"""
    return one == other or any(one in group and other in group for group in _COMPATIBLE_UNITS)
