"""What pages about a site are called, by their titles and their addresses, in many languages."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

_TITLES = """
about|about us|about me|our history|our story|who we are|our team|team|the team|meet the team|staff|
mission|our mission|mission statement|contact|contact us|contact information|get in touch|imprint|
masthead|colophon|privacy|privacy policy|privacy notice|privacy statement|cookies|cookie policy|
cookie statement|disclaimer|legal|legal notice|terms|terms of use|terms of service|terms and conditions|
accessibility|accessibility statement|advertise|advertise with us|advertising|media kit|rate card|
subscribe|subscriptions|newsletter|newsletters|membership|become a member|join|join us|support us|
donate|donations|jobs|careers|vacancies|faq|frequently asked questions|help|opening hours|opening times|
visit|visit us|plan your visit|directions|how to find us|box office|ticket office|tickets|ticketing|
book tickets|bylaws|by-laws|statutes|articles of association|code of conduct|ethics|ethics policy|
editorial policy|corrections policy|sitemap|links|login|register|editorial office|board|the board|
partners|sponsors|hire|venue hire|house rules|press|press kit|over|over ons|over mij|over de redactie|
over deze site|over deze website|over deze krant|wie zijn wij|wie we zijn|wie wij zijn|
onze geschiedenis|missie|contactgegevens|contactformulier|contacteer ons|neem contact op|colofon|
privacyverklaring|privacybeleid|cookiebeleid|cookieverklaring|voorwaarden|algemene voorwaarden|
gebruiksvoorwaarden|toegankelijkheid|toegankelijkheidsverklaring|adverteren|tarieven|tarievenkaart|
abonneren|abonnement|abonnementen|nieuwsbrief|nieuwsbrieven|aanmelden|aanmelden nieuwsbrief|inschrijven|
inloggen|registreren|lid worden|word lid|lidmaatschap|steun ons|word vriend|doneren|donatie|donaties|
vacatures|vrijwilligers|veelgestelde vragen|openingstijden|bereikbaarheid|route|routebeschrijving|
plan je bezoek|kassa|kaartverkoop|kaarten|reserveren|theaterkassa|statuten|statuten en reglement|
statuten en reglementen|reglement|reglementen|huishoudelijk reglement|huisregels|gedragscode|
redactiestatuut|redactie|de redactie|tip de redactie|ons team|het team|bestuur|het bestuur|organisatie|
anbi|zaalverhuur|verhuur|lidmaatskip|oer us|kontakt|kontaktformular|impressum|über uns|über mich|
wer wir sind|unsere geschichte|unser team|das team|redaktion|die redaktion|vorstand|der vorstand|
datenschutz|datenschutzerklärung|datenschutzhinweise|agb|nutzungsbedingungen|barrierefreiheit|
erklärung zur barrierefreiheit|werbung|werben|anzeigen|mediadaten|abonnieren|abo|spenden|unterstützen|
mitglied werden|mitgliedschaft|stellenangebote|karriere|häufige fragen|häufig gestellte fragen|
öffnungszeiten|anfahrt|so finden sie uns|tageskasse|theaterkasse|kasse|karten|kartenverkauf|
kartenvorverkauf|vorverkauf|eintrittspreise|satzung|vereinssatzung|hausordnung|leitbild|netiquette|
partner|sponsoren|anmelden|registrieren|hilfe|à propos|à propos de nous|qui sommes-nous|notre histoire|
histoire du journal|notre équipe|l'équipe|la rédaction|rédaction|nous contacter|contactez-nous|
mentions légales|politique de confidentialité|confidentialité|politique de cookies|cgu|cgv|
conditions d'utilisation|conditions générales|conditions générales d'utilisation|
conditions générales de vente|accessibilité|publicité|annonceurs|abonnements|s'abonner|abonnez-vous|
adhérer|adhésion|devenir membre|soutenez-nous|faire un don|dons|emplois|recrutement|foire aux questions|
aide|horaires|horaires d'ouverture|accès|plan d'accès|venir|billetterie|billets|guichet|tarifs|statuts|
règlement|règlement intérieur|charte|charte éditoriale|plan du site|inscription|connexion|l'association|
chi siamo|la nostra storia|la redazione|redazione|contatti|contattaci|dove siamo|come raggiungerci|
note legali|informativa privacy|informativa sulla privacy|privacy e cookie|termini e condizioni|
condizioni d'uso|accessibilità|pubblicità|abbonamenti|abbonati|sostienici|donazioni|diventa socio|
lavora con noi|domande frequenti|orari|orari di apertura|biglietteria|biglietti|tariffe|statuto|
regolamento|codice etico|gerenza|mappa del sito|il direttivo|quiénes somos|sobre nosotros|
nuestra historia|nuestro equipo|la redacción|redacción|contacto|contáctanos|contáctenos|aviso legal|
política de privacidad|privacidad|política de cookies|términos y condiciones|condiciones de uso|
accesibilidad|publicidad|suscripciones|suscríbete|hazte socio|donaciones|empleo|trabaja con nosotros|
preguntas frecuentes|ayuda|horarios|horario de apertura|cómo llegar|taquilla|taquillas|
venta de entradas|entradas|tarifas|estatutos|reglamento|código ético|línea editorial|mapa del sitio|
mapa web|la asociación|sobre nós|quem somos|a nossa história|nossa história|equipa|equipe|a redação|
redação|contato|contactos|contatos|fale conosco|fale connosco|ficha técnica|expediente|
política de privacidade|privacidade|termos de uso|termos e condições|acessibilidade|publicidade|anuncie|
assinaturas|assine|doações|trabalhe conosco|perguntas frequentes|ajuda|horário de funcionamento|
como chegar|bilheteira|bilheteria|bilhetes|ingressos|estatuto editorial|regulamento|mapa do site|om oss|
om os|om avisen|om tidningen|vilka vi är|hvem er vi|vår historia|vores historie|kontakta oss|kontakt os|
kontakt oss|redaktionen|redaksjonen|integritetspolicy|personvern|privatlivspolitik|cookiepolicy|villkor|
användarvillkor|vilkår|tillgänglighet|annonsera|annoncer|annonsere|prenumerera|abonner|bli medlem|
støt os|jobba hos oss|vanliga frågor|öppettider|åbningstider|åpningstider|hitta hit|biljetter|
biljettkassa|billetter|billetsalg|stadgar|vedtægter|vedtekter|styrelsen|styret|tietoa meistä|
yhteystiedot|ota yhteyttä|toimitus|tietosuojaseloste|käyttöehdot|saavutettavuus|mediatiedot|tilaa|
liity jäseneksi|avoinna|aukioloajat|liput|lipunmyynti|säännöt|o nas|kim jesteśmy|nasza historia|
redakcja|kontakty|skontaktuj się z nami|polityka prywatności|polityka cookies|regulamin|
regulamin serwisu|deklaracja dostępności|reklama|cennik|prenumerata|praca|najczęściej zadawane pytania|
pomoc|godziny otwarcia|dojazd|kasa|kasa biletowa|bilety|statut|statut stowarzyszenia|zarząd|nota prawna|
redakce|o redakci|kdo jsme|naše historie|ochrana osobních údajů|zásady ochrany osobních údajů|
podmínky užití|obchodní podmínky|prohlášení o přístupnosti|inzerce|předplatné|podpořte nás|
otevírací doba|pokladna|vstupenky|stanovy|tiráž|kontaktujte nás|redakcia|kto sme|
ochrana osobných údajov|podmienky používania|inzercia|predplatné|otváracie hodiny|rólunk|kapcsolat|
elérhetőség|elérhetőségek|impresszum|szerkesztőség|adatvédelem|adatkezelési tájékoztató|
felhasználási feltételek|hirdetés|médiaajánlat|előfizetés|támogatás|nyitvatartás|jegypénztár|jegyek|
alapszabály|házirend|despre noi|cine suntem|redacția|politica de confidențialitate|termeni și condiții|
publicitate|abonamente|bilete|hakkımızda|biz kimiz|künye|iletişim|gizlilik politikası|
kullanım koşulları|reklam|abonelik|sıkça sorulan sorular|açılış saatleri|gişe|biletler|tüzük|о нас|
о газете|о редакции|о проекте|кто мы|контакты|редакция|политика конфиденциальности|
пользовательское соглашение|реклама|подписка|вакансии|часы работы|касса|билеты|устав|правила|про нас|
контакти|редакція|політика конфіденційності|передплата|каса|квитки|статут|за нас|за контакти|контакт|
редакција|σχετικά με εμάς|ποιοι είμαστε|επικοινωνία|ταυτότητα|σύνταξη|πολιτική απορρήτου|όροι χρήσης|
διαφήμιση|συνδρομές|ωράριο|εισιτήρια|καταστατικό|会社概要|運営会社|お問い合わせ|プライバシーポリシー|
利用規約|個人情報保護方針|広告掲載|採用情報|よくある質問|アクセス|営業時間|チケット|定款|編集部|
关于我们|联系我们|隐私政策|使用条款|广告服务|關於我們|聯絡我們|隱私政策|회사소개|연락처|문의하기|
개인정보처리방침|이용약관|من نحن|اتصل بنا|سياسة الخصوصية|شروط الاستخدام|אודות|צור קשר|תקנון|
מדיניות פרטיות
"""
"""Titles that, as a whole, are those of a page about the site or who makes it."""
_JOINED = re.compile(r"\s+(?:and|en|und|et|y|e|i|a|och|og|ja|és|и|&|\+)\s+|\s*[,/&+·|–—]\s*", re.I)
_LEGAL = re.compile(
    r"(?:privacy|cookie|datenschutz|confidential|privacid|privacit|prywatno|integritet|personvern|tietosuoj)\w*"
    r"(?:\s\w+){0,3}",
    re.I,
)
_ENDING = re.compile(r"\.(?:html?|php|aspx?|jsp|cfm|shtml)$", re.I)
DEEPEST = 3
"""Folders in which a page about the site may stand."""


def _folded(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.casefold().replace("\u0131", "i").replace("ß", "ss"))
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[-_’'.:!?…]+", " ", bare).split())


_KNOWN = frozenset(_folded(each) for each in _TITLES.replace("\n", "|").split("|") if each.strip())
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_SPELLED = frozenset(
    _folded(each.casefold().translate(_UMLAUTS))
    for each in _TITLES.replace("\n", "|").split("|")
    if each.strip()
)
"""The same as addresses without accents have them: ``ueber-uns``."""


@lru_cache(maxsize=1024)
def titles_a_standing_page(title: str) -> bool:
    """Whether *title* is, as a whole, that of a page about the site: "Contact", "Über uns"."""
    if len(title) > 80:
        return False
    parts = [part for each in _JOINED.split(title.strip()) if (part := _folded(each))]
    return _folded(title) in _KNOWN or (
        bool(parts) and all(part in _KNOWN or _LEGAL.fullmatch(part) is not None for part in parts)
    )


@lru_cache(maxsize=1024)
def is_address_of_a_standing_page(path: str) -> bool:
    """Whether the last part of an address's path says so: ``/about-us``, ``/de/ueber-uns.html``."""
    parts = [each for each in _ENDING.sub("", unquote(path)).split("/") if each]
    if not parts or len(parts) > DEEPEST or len(parts[-1]) > 60 or any(map(str.isdecimal, parts)):
        return False
    last = _folded(parts[-1].replace("+", " "))
    return last in _KNOWN or last in _SPELLED or _LEGAL.fullmatch(last) is not None
