"""The rules of ``check_harm``: patterns by kind of harm, for single sentences."""

from __future__ import annotations

import re
from typing import Literal

Harm = Literal["slur", "bias", "sexual", "minor", "violence", "self-harm", "instructions"]

_PLURALS = (
    r"women|girls|wives|housewives|boys|husbands|blondes|immigrants|migrants|foreigners|refugees"
    r"|asylum seekers|blacks|black people|black men|black women|whites|white people|jews"
    r"|jewish people|muslims|christians|catholics|protestants|hindus|arabs|africans|asians|mexicans"
    r"|latinos|latinas|hispanics|indians|pakistanis|turks|poles|russians|americans|gypsies|roma"
    r"|native people|natives|gays|gay men|gay people|lesbians|homosexuals|bisexuals"
    r"|trans(?:gender)? people|transsexuals|disabled people|the disabled|the mentally ill"
    r"|mentally ill people|the poor|poor people|the homeless|homeless people|old people|the elderly"
    r"|elderly people|fat people|chinese people|the chinese|the french|the irish|the germans"
    r"|people of (?:color|that (?:race|kind|religion|faith))"
)
_MEN = r"men|people like (?:that|them|those)|those people|these people|that kind of people"
_NOT_ONE = (
    r"(?<!\bthe )(?<!\btwo )(?<!\bthree )(?<!\bfour )(?<!\bfive )(?<!\bsome )(?<!\bother )"
    r"(?<!\bthose )(?<!\bthese )(?<!\bher )(?<!\bhis )(?<!\bmy )(?<!\bour )(?<!\btheir )"
    r"(?<!\bmany )(?<!\bfew )(?<!\band )(?<!\byoung )"
)
_GROUP = rf"{_NOT_ONE}\b(?:all |most |every one of the )?(?:{_PLURALS}|{_MEN})"
_BAD = (
    r"(?:lazy|stupid|dumb|ignorant|dirty|filthy|greedy|inferior|hysterical|irrational|emotional"
    r"|weak|violent|dangerous|criminals?|thieves|liars|terrorists|savages?|primitive|uncivilized"
    r"|animals|vermin|parasites|rats|untrustworthy|dishonest|sneaky|promiscuous|perverts?|sick"
    r"|unnatural|sinful|evil|cheap|stingy|drunks|drunkards|worthless|useless|bad (?:drivers|mothers"
    r"|at (?:math|science|driving))|not (?:fit|made|meant|smart|suited|to be trusted)|burdens?"
    r"|a (?:burden|plague|disease|threat))"
)
_SURELY = r"(?:all|always|naturally|inherently|simply|just|only|by nature|born|mostly|too)"

_SEXUAL = (
    r"(?:had sex|having sex|have sex|sex with|sexual(?:ly)? (?!abuse|assault|harass|violen|educat"
    r"|predator|offend|crime|misconduct|molest)\w+|erotic\w*|seduc\w+|arous(?:ed|al|ing)|horny"
    r"|lustful\w*|made love|making love|(?:fondl|grop|caress)\w+ (?:her|his|the) (?:bare |naked )?"
    r"(?:breasts?|chest|thighs?|buttocks|body)|naked bod(?:y|ies)|slept with (?:him|her))"
)
_MINOR = (
    r"(?:child|children|little (?:girl|boy)|young (?:girl|boy)|schoolgirl|schoolboy|minor|underage"
    r"|under-age|preteen|pre-teen|kid|(?:[4-9]|1[0-7]|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)[- ]years?[- ]old"
    r"|(?:at|was|is|aged|turned) (?:only |just |barely )?(?:[5-9]|1[0-7]|five|six|seven|eight|nine"
    r"|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen))"
)
_HURT = r"(?:kill|hurt|cut|hang|starve|harm|shoot|poison|drown|burn)"

_SOURCES: tuple[tuple[Harm, str], ...] = (
    ("bias", rf"{_GROUP} (?:are|is|were) (?:{_SURELY} )?(?:so |very |more )?{_BAD}\b"),
    ("bias", rf"{_GROUP} (?:are|is) (?:all|always|naturally|inherently|by nature|born)"
     r" (?!welcome|equal|human|mortal|different|around|on|in|at|with|there|here)\w+"),
    ("bias", rf"{_GROUP} (?:can(?:no|['’])t|should(?:n['’]t| not| never)|must not|don['’]t know how"
     r" to|never learn|never work|always (?:lie|steal|cheat|want|complain|cause|bring|need)"
     r"|only (?:want|care|know|understand|think)|deserve (?!better|more|respect|love|to be (?:heard"
     r"|seen|loved|safe))\w+|belong (?:in|at) (?:the kitchen|home|prison|jail|the streets?))"),
    ("bias", r"\ba woman['’]s (?:place|job) is (?:in|to)\b|\bknow (?:their|her|your) place\b"
     r"|\bgo back (?:to )?where (?:they|you) came from\b"
     r"|\b(?:master|superior|inferior|lesser) races?\b"
     r"|\bracial(?:ly)? (?:purity|pure|superior|inferior)\w*|\bnot a real (?:man|woman)\b"
     rf"|\blike all (?:{_PLURALS}|men),"),
    ("sexual", r"\b(?:thrust|moan|grop|fondl|grind|straddl)\w*\b[^.!?]{0,80}\b(?:naked|breasts?"
     r"|nipples?|crotch|groin|genitals?|penis|vagina|erection|orgasm|inside her)\b(?! of)"
     r"|\b(?:naked|penis|vagina|erection|nipples?)\b[^.!?]{0,80}\b(?:thrust|moan|straddl|fondl)\w*"),
    ("self-harm", rf"\b(?:you|go|just|should|to) (?:\w+ )?{_HURT} yourself\b|^{_HURT} yourself\b"
     r"|\bend your (?:own )?life\b|\byou(?:['’]d| would) be better off dead\b|\bstarving yourself\b"
     r"|\b(?:suicide|cutting|self-harm|starving) (?:is|was)"
     r" (?:the (?:only|best|right) |a (?:good|noble|brave|beautiful|peaceful) )"
     r"(?:answer|solution|way|choice|thing|escape|act)"),
    ("violence", r"\b(?:we|you|they|somebody|someone|everyone)"
     r" (?:should|must|need to|ought to|have to) (?:all )?"
     r"(?:kill|beat|burn|shoot|hang|lynch|exterminate|attack|rape|gas)"
     r" (?:them|him|her|all|those|these|every)\b|\bkill them all\b"
     r"|\b(?:deserves?|deserved) to (?:die|be (?:killed|beaten|raped|shot|hanged|tortured))"
     r"|\b(?:must|should|need to) be (?:exterminated|wiped out|eradicated|put down like)\b"
     r"|\bviolence is (?:the (?:only|best|right) )?(?:answer|solution|way)\b"
     r"|\b(?:women|wives|children) (?:need|like|deserve) (?:to be|being) (?:beaten|hit)\b"),
    ("instructions", r"\bhow to (?:make|build|assemble|cook) (?:an? |your own )?(?:\w+ )?(?:bombs?"
     r"|explosives?|napalm|meth\w*|nerve agent|poison|silencer)\b"
     r"|\b(?:step \d|first|then),? (?:\w+ )?(?:mix|combine|fill|pack)\b[^.!?]{0,80}"
     r"\b(?:bomb|explosive|fuse|detonat\w+|gunpowder)\b|\blethal dose (?:of|is)\b"
     r"|\b(?:easiest|best|surest|painless|most painless) way to"
     r" (?:die|kill|commit suicide|end (?:it|your|one['’]s))"),
    ("minor", rf"\b{_MINOR}\b[^.!?]{{0,120}}\b{_SEXUAL}|\b{_SEXUAL}[^.!?]{{0,120}}\b{_MINOR}\b"),
)  # fmt: skip
PATTERNS: tuple[tuple[Harm, re.Pattern[str]], ...] = tuple(
    (harm, re.compile(pattern, re.IGNORECASE)) for harm, pattern in _SOURCES
)
