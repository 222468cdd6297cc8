"""Words that mean the same in reports of events, and words that mean the opposite, in both languages.

The encoder finds most pairs of the first kind by itself, but takes opposites for near words: those must be listed.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.search.folding import fold

# Words of one side, then of the other; endings in -s, -e, -es, -d and -ed are added to each.
_PAIRS = """
binding contraignant obligatoire mandatory compulsory | voluntary volontaire optional facultatif facultative
public publique publics | private privé
before avant prior ahead earlier veille eve precede précédé précède antérieur | after après following later postérieur lendemain followed
more davantage | less fewer moins
increase grow rise strengthen augmenter augmente hausse renforcer renforce accroître | decrease reduce lower diminuer diminue baisse réduire réduit
accept approve endorse welcome hail praise saluer salue accepter accepté approuver approuvé félicite félicité féliciter | reject oppose criticise criticize condemn denounce rejeter rejeté critiquer critiqué dénoncé condamné
opened opening ouvert ouvrir ouverture | closed closing clôture clore clos concluded
first premier première | last dernier dernière final
success réussite triumph | failure échec fiasco missed manqué
all every entire whole totalité intégralité | some certains certaines partially partiellement
loosen weaken relax assouplir assouplissement affaiblir | uphold tighten défendre durcir durcissement
former formerly ancien ancienne | current currently actuel actuelle future futur
adult adulte | child children enfant minor mineur
fast faster accelerate quick quicker rapid rapide accélérer accéléré | slow slower ralentir ralenti lent freiner
north nord northern | south sud southern
east eastern | west ouest western
morning matin matinée | evening soir soirée afternoon
allow permit authorise autoriser autorisé | forbid ban prohibit interdire interdit
win won gagner gagné remporté | lose lost perdre perdu
confirm confirmer confirmé confirment | deny refute démentir démenti nier
include inclure inclus comprend | exclude exclure exclu
agree agreement accordent accord concordent consensus | disagree disagreement désaccord differ diverge divergent vary
proprietary propriétaire | open ouverte ouverts
unbiased impartial | biased biaisé
benefit bénéfice opportunity opportunities opportunité | danger risk risque
replace remplacer | help aide aider assist
largest biggest highest | smallest lowest
seller vendeur | buyer acheteur
man men homme | woman women femme
gauche gaucher left | right-handed handed droitier
alone seul seule | jointly together
"""
# Words that reporters use for one another, a line each, with the same endings.
_SAME = """
attend assister assiste assisté participer participe participate come came venir venu present présent presence présence joined
create créer créé creation création found founded fonder fondé establish lancer lancé launch né born birth naissance
lead led leader diriger dirigé head run mener mené pilote piloté steer animer anime conduct conduit directed
chair président présider présidé preside president présidente coprésidé
boss patron director directeur directrice executive chief
pledge promise promettre promis promesse engager engagé engagement commit committed
raise réunir réuni lever levé gather collect rassembler rassemblé
support soutenir soutenu soutien soutiennent back backed backer
company firm entreprise société business
day journée jour
talk parler speak spoke speech discours déclarer déclaré said prononcé address parole
organise organize organiser organisé hold held tenir convene
deal traiter traite cover porte porter concern couvre aborde
country pays nation state état
call appel appeler appelle demander demandé réclamer réclame réclamé ask urge request
statement declaration déclaration text texte communiqué
safety sécurité sûreté security
shift move moved glisser glissé passer
first initial premier première tranche
compare comparer comparé liken likened
include compter comptait comprendre figurer figure figurent count among parmi
refuse refusal refuser refus decline declined
stress souligner souligne insister insiste emphasise
host accueillir accueilli welcome receive recevoir reçu entertain
warn warning avertir averti avertissement alerte alerter
announce announcement annoncer annoncé annonce unveil unveiled dévoiler dévoilé présenter présenté reveal
publish published publier publié publication released
money argent fund funding fonds financer finance financement financing
begin start started démarrer démarré commencer débuter began
end ended close closing clôture conclure conclu fin concluded finish
use used usage utiliser utilisation servir sert serves
measure measuring mesurer mesure
keep maintain garder maintenir continue poursuivre pursue
get obtain obtenir obtenu receive received recevoir reçu won lauréat winner laureate
way manière moyen means method méthode
goal aim objectif but target vise viser seek seeking want veut
next following suivant
build built construire construit set
belong appartenir appartient member membre part
people person personne population
rule règle regulation règlement réglementation regulate réglementer
envoy envoyé responsible chargé charge
place lieu venue site location
show montrer montré présenter display exhibit
work travail travailler job emploi
study étude report rapport
task mission mandate commission commissioned commandé commande
prepare préparer préparé preparation préparation
develop développer développement development
share partager partage pooling commun common
doubt doute
deadline échéance horizon timeframe
fine amende penalty sanction
risk risquer risque risquait
pressure pression
argue argued soutenir soutenu maintained held
own propre
help aider aide
kill tuer
digital numérique
data donnée
everyone tous public
end fin late
plan planned prévoir prévoit prévu prévoyait intend entend schedule
main principal principaux principale principales surtout mainly chiefly especially notamment
act agir agit action
promise pledges
"""
_ENDINGS = ("", "s", "e", "es", "d", "ed")


def _forms(bases: str) -> Iterator[str]:
    for base in fold(bases).split():
        yield from (base + ending for ending in _ENDINGS)
        if base.endswith("y"):
            yield from (base[:-1] + "ies", base[:-1] + "ied")


# For each word, the pairs of opposites that it belongs to with its side, 1 or -1; and the lines of equals.
SIDES: dict[str, dict[int, int]] = {}
for _number, _pair in enumerate(_PAIRS.strip().splitlines()):
    for _sign, _side in zip((1, -1), _pair.split("|"), strict=True):
        for _form in _forms(_side):
            SIDES.setdefault(_form, {})[_number] = _sign
_LINES: dict[str, set[int]] = {}
for _number, _line in enumerate(_SAME.strip().splitlines()):
    for _form in _forms(_line):
        _LINES.setdefault(_form, set()).add(_number)


def are_opposites(one: str, other: str) -> bool:
    """Do two folded words stand on opposite sides of a pair?"""
    mine, theirs = SIDES.get(one, {}), SIDES.get(other, {})
    return any(theirs.get(pair) == -sign for pair, sign in mine.items())


def are_synonyms(one: str, other: str) -> bool:
    """Do two folded words share a line, or a side of a pair?"""
    mine, theirs = SIDES.get(one, {}), SIDES.get(other, {})
    shared = bool(_LINES.get(one, set()) & _LINES.get(other, set()))
    return shared or any(theirs.get(pair) == sign for pair, sign in mine.items())
