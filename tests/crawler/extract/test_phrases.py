"""Lines known by their words: what stands on pages of every site, and sentences that only begin like it."""

from __future__ import annotations

import pytest

from crawler.extract.text.phrases import PhraseKind, is_placeholder, is_plea, phrase_kind


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Copyright © 2025 The Example. Terms of service.", PhraseKind.CHROME),
        ("Alle rechten voorbehouden - De Voorbeeldbode", PhraseKind.CHROME),
        ("Tous droits réservés", PhraseKind.CHROME),
        ("Powered by WordPress", PhraseKind.CHROME),
        ("Skip to the main content", PhraseKind.CHROME),
        ("(function () { return 1; })", PhraseKind.CHROME),
        ("gtag(config)", PhraseKind.CHROME),
        ("An dieser Stelle findest du einen externen Inhalt", PhraseKind.CHROME),
        ("(Foto: Jan Voorbeeld)", PhraseKind.CREDIT),
        ("Фото: Іван Мельник", PhraseKind.CREDIT),
        ("(dpa/lno)", PhraseKind.CREDIT),
        ("Якщо ви помітили помилку, виділіть текст і натисніть Ctrl+Enter.", PhraseKind.CHROME),
        ("This website uses cookies to improve your visit.", PhraseKind.CHROME),
    ],
)
def test_what_stands_on_pages_of_every_site_is_known(line: str, kind: PhraseKind) -> None:
    assert phrase_kind(line) is kind


@pytest.mark.parametrize(
    "line",
    [
        "Powered by cloud platforms of three makers, the league can now show every match.",
        "Designed by the architect of the old harbour hall, the new library opens its doors.",
        "An dieser Stelle sei gesagt: Niemand von uns macht diesen Job in der Überzeugung.",
        "Skip to chapter four and you will be lost, says the author about her own book.",
        "The council decided on Tuesday.",
    ],
)
def test_a_sentence_that_only_begins_like_it_may_be_the_articles(line: str) -> None:
    assert phrase_kind(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "Meer berichten",
        "Woningzoeker",
        "Anderen lazen ook:",
        "Find a car",
        "Others also read",
        "Autosuche",
        "Neueste Meldungen",
        "Petites annonces",
        "Dernières actualités",
        "Últimas noticias",
        "Altri articoli",
        "Fler artiklar",
        "Szukaj auta",
    ],
)
def test_a_heading_that_platforms_put_over_widgets_and_other_articles_is_known(line: str) -> None:
    assert phrase_kind(line) is PhraseKind.RELATED


@pytest.mark.parametrize(
    "line",
    [
        "Meld je nu aan voor onze nieuwsbrief en lees elke vrijdag wat er in de streek gebeurde.",
        "Niets missen? Schrijf je in en krijg onze nieuwsbrief in je mailbox.",
        "Sign up for our newsletter and get the week's news in your inbox.",
        "Melden Sie sich für unseren Newsletter an und bleiben Sie auf dem Laufenden.",
        "Abonnez-vous à notre newsletter pour ne rien manquer de la région.",
        "Iscriviti alla nostra newsletter per ricevere le notizie della valle.",
        "Suscríbete a nuestro boletín y recibe las noticias cada semana.",
        "Prenumerera på vårt nyhetsbrev och få lokala nyheter varje fredag.",
        "Follow us on Instagram and TikTok for more of the harbour.",
        "Volg ons op WhatsApp en Bluesky.",
        "Heb je een tip? Mail de redactie.",
        "Haben Sie einen Hinweis für uns? Schreiben Sie der Redaktion.",
        "Unterstützen Sie unabhängigen Journalismus: Jetzt spenden!",
        "Soutenez notre journalisme par un don.",
    ],
)
def test_a_plea_to_take_the_publishers_own_letter_is_known_as_a_whole_line(line: str) -> None:
    assert is_plea(line)


@pytest.mark.parametrize(
    "line",
    [
        "Meld je aan voor de cursus bij de balie van de bibliotheek; de nieuwsbrief meldt meer.",
        "De vereniging stuurt onze leden elke maand een nieuwsbrief, zegt voorzitter Bos.",
        "Get the vaccine, the mayor told residents, and bring our old neighbours along.",
        "Ontvang je huursubsidie, dan verandert er volgens de gemeente niets.",
        "Folgen hat der Newsletter des Vereins für unsere Stadt bislang keine gehabt.",
        "Jetzt ist unser Haus leer, sagt die Wirtin.",
        "Steun de brandweer, vraagt de burgemeester, en geef voor een nieuwe wagen.",
        "Follow us, the guide says, and climbs the tower. On Instagram she shows the view.",
        "Heb je een tip nodig? Vraag het de bakker.",
    ],
)
def test_a_sentence_about_joining_and_letters_is_no_plea(line: str) -> None:
    assert not is_plea(line)


@pytest.mark.parametrize(
    ("line", "stands_in_place"),
    [
        ("Om deze video te zien moet u cookies accepteren.", True),
        ("To see this post, we need your consent.", True),
        ("Este contenido externo necesita su permiso para cargar.", True),
        ("Per vedere questo contenuto serve il consenso ai cookie.", True),
        ("Pour afficher cette vidéo, donnez votre autorisation.", True),
        ("Veel sites vragen toestemming voor cookies voor zij een video tonen.", False),
        ("De rechter wil deze video zien.", False),
    ],
)
def test_what_waits_for_consent_is_told_from_a_report_on_it(line: str, stands_in_place: bool) -> None:
    assert is_placeholder(line) is stands_in_place


@pytest.mark.parametrize(
    "line",
    [
        "Ακολουθήστε τη Βόδη στο Google News και μάθετε πρώτοι όλες τις ειδήσεις",
        "Google News'te bize abone olun",
        "Подписывайтесь на наш канал в Telegram",
        "Clique aqui para seguir o canal do Jornal no WhatsApp",
        "扫描二维码关注我们的微信公众号",
        "ताज़ा खबरों के लिए हमें व्हाट्सऐप पर फॉलो करें",
        "הירשמו לניוזלטר שלנו וקבלו את החדשות ישירות למייל",
        "Add The Courier as a preferred source on Google",
        "Recevez chaque matin l’essentiel de l’actualité de votre commune",
        "Ontvang elke ochtend het nieuws uit uw dorp",
        "Kövess minket a Facebookon is!",
        "Ook een tip? Mail naar redactie@bode.example.",
        "Please give what you can.",
        "Listen to this article 3 min",
        "This audio is auto-generated. Please let us know if you have feedback.",
    ],
)
def test_who_asks_to_be_followed_pleads_in_any_script(line: str) -> None:
    assert is_plea(line)


@pytest.mark.parametrize(
    "line",
    [
        "Google News is no longer shown in Denmark, said the publishers on Monday.",
        "He joined Telegram in 2019 and wrote there every day.",
        "La policía sigue a los sospechosos por Instagram desde marzo.",
        "Follow the path along the river until the second bridge.",
        "For now, visit our Facebook page to follow what the club posts there.",
        "Elke ochtend leest zij het nieuws voor aan haar buurman.",
    ],
)
def test_who_tells_of_networks_and_news_does_not_plead(line: str) -> None:
    assert not is_plea(line)


@pytest.mark.parametrize(
    "line",
    [
        "קראו גם",
        "यह भी पढ़ें",
        "Σχετικά άρθρα",
        "延伸阅读",
        "関連ニュース",
        "【関連記事】",
        "관련 기사",
        "Baca juga",
        "Материалы по теме",
    ],
)
def test_headings_over_other_articles_are_known_in_many_scripts(line: str) -> None:
    assert phrase_kind(line) is PhraseKind.RELATED
