"""What news sites write around an article, in the languages they write it in. Data and a look-up; reads no page.

A phrase is compared with a whole line, case and closing punctuation aside: the words inside a sentence
are journalism ("Lees hier de volledige uitspraak.").
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class PhraseKind(StrEnum):
    """What a line that is no article is there for."""

    RELATED = "related"
    """A heading over other articles, or a lead-in to one."""
    COMMENTS = "comments"
    SHARE = "share"
    ADVERT = "advert"
    MAILING = "mailing"
    """A plea: newsletter, app, subscription, donation."""
    CREDIT = "credit"
    """Who made the picture."""
    BYLINE = "byline"
    STAMP = "stamp"
    """Date of publication or change, reading time, counters."""
    CHROME = "chrome"
    """Buttons, menus, notices of cookies, players and scripts."""


_EXACT: dict[PhraseKind, str] = {
    PhraseKind.RELATED: """
        meer berichten; auto zoeker; shopbox; lees ook; lees verder; lees meer; lees meer over; bekijk ook; ook interessant;
        meest gelezen; best gelezen; meer nieuws; ander nieuws; laatste nieuws; overig nieuws; het laatste nieuws;
        gerelateerd; gerelateerde artikelen; gerelateerde berichten; gerelateerd nieuws; meer lezen; verder lezen;
        meer over dit onderwerp; ook in het nieuws; aanbevolen; aanbevolen voor jou; uitgelicht; populair; trending;
        lês ek; mear nijs; ferlykbere artikels; mear berjochten;
        related; related articles; related posts; related stories; related news; related content; related topics;
        related coverage; related items; more stories; more news; more on this story; more on this topic; more on this;
        more from this section; read more; read also; read next; also read; see also; you may also like;
        you might also like; recommended; recommended for you; recommended stories; recommended reading;
        most read; most popular; most viewed; trending now; latest news; latest stories; latest posts; latest articles;
        recent posts; recent articles; recent stories; top stories; popular posts; popular articles; popular stories;
        what to read next; up next; next article; previous article; next post; previous post; keep reading; in case you missed it;
        don't miss; editor's picks; editors' picks; from our partners; around the web; sponsored content; sponsored stories;
        further reading; more articles; more like this; explore more; other stories; similar articles; similar posts; similar stories;
        mehr zum thema; mehr zum thema anzeigen; lesen sie auch; lesen sie mehr; auch interessant; weitere artikel; weiterlesen; das könnte sie auch interessieren;
        das könnte dich auch interessieren; mehr nachrichten; meistgelesen; meistgelesene artikel; empfohlen; weitere themen; weitere nachrichten;
        weitere meldungen; ähnliche artikel; ähnliche beiträge; verwandte artikel; verwandte themen; zum thema; aktuelle nachrichten; neueste artikel;
        neueste beiträge; letzte beiträge; passend zum thema; mehr aus diesem ressort; mehr dazu; mehr lesen; lesetipps; lesetipp; links zum thema; themen; mehr;
        lire aussi; à lire aussi; a lire aussi; lire plus; sur le même sujet; sur le même thème; articles similaires; articles liés; à voir aussi; voir aussi; en savoir plus;
        dans la même rubrique; les plus lus; à découvrir; à lire également; dans l'actualité; à ne pas manquer;
        leggi anche; ti potrebbe interessare; potrebbe interessarti; potrebbero interessarti; articoli correlati; articolo successivo; articolo precedente; leggi di più; approfondimenti; correlati;
        te puede interesar; también te puede interesar; lea también; lee también; leer también; artículos relacionados; noticias relacionadas; noticia relacionada; artículo relacionado; más noticias; más leídas; lo más leído; más información; ver también; relacionados;
        leia também; leia mais; veja também; artigos relacionados; notícias relacionadas; mais lidas; saiba mais;
        läs också; läs även; läs mer; relaterat; relaterade artiklar; mest läst; senaste nytt; les også; les mer; relaterte saker; mest lest; siste nytt; læs også; læs mere; relaterede artikler; mest læste; mer om;
        lue myös; luetuimmat; aiheesta lisää; lisää aiheesta; czytaj także; czytaj też; zobacz także; zobacz też; czytaj więcej; polecane; powiązane artykuły; najnowsze; najczęściej czytane; przeczytaj także; przeczytaj też;
        читайте также; читать далее; по теме; похожие новости; другие новости; читайте ещё; ilgili haberler; ilginizi çekebilir; i̇lginizi çekebilir; ilginizi çekebilecek haberler; benzer haberler; diğer haberler; post recenti; articles récents; posts récents; entradas recientes; resinte berjochten; gerelateerde artikels; mohlo by vás zajímat; to może cię zainteresować; warto przeczytać; bunlar da ilginizi çekebilir; ayrıca bakınız; citiți și; citește și; čtěte také; související články; čítajte aj; kapcsolódó cikkek; ezt is olvassa el; pročitajte još; διαβάστε επίσης; διαβάστε ακόμη; δείτε ακόμη; 関連記事; あわせて読みたい; 相关阅读; 相關新聞; 相关新闻; 관련기사; اقرأ أيضا;
        materiały powiązane; читайте також; читайте ще; читайте также на сайте; материалы по теме; новости по теме; ещё по теме; смотрите также; популярное; самое читаемое; дивіться також; новини за темою; още по темата; вижте също; прочетете още; свързани статии; прочитајте још; повезане вести;
        σχετικά άρθρα; σχετικά νέα; δείτε επίσης; διαβάστε ακόμα; διαβάστε περισσότερα; τελευταία νέα; ροή ειδήσεων; δημοφιλή; קראו גם; קראו עוד; עוד בנושא; כתבות נוספות; כתבות קשורות; אולי יעניין אותך; הנקראות ביותר; اقرأ أيضًا; اقرأ أيضاً; إقرأ أيضا; اقرأ المزيد; مواضيع ذات صلة; أخبار ذات صلة; مقالات ذات صلة; الأكثر قراءة; شاهد أيضا; شاهد أيضًا; بیشتر بخوانید; مطالب مرتبط; اخبار مرتبط; یہ بھی پڑھیں;
        यह भी पढ़ें; ये भी पढ़ें; और पढ़ें; संबंधित खबरें; संबंधित समाचार; আরও পড়ুন; อ่านเพิ่มเติม; ข่าวที่เกี่ยวข้อง; baca juga; berita terkait; artikel terkait; terpopuler; xem thêm; đọc thêm; tin liên quan; bài viết liên quan;
        延伸阅读; 延伸閱讀; 相关文章; 相關文章; 相關閱讀; 推荐阅读; 推薦閱讀; 热门文章; 熱門文章; 更多新闻; 更多新聞; 関連ニュース; おすすめ記事; 人気記事; 新着記事; アクセスランキング; 合わせて読みたい; こちらもおすすめ; 関連する記事; 관련 기사; 관련 뉴스; 많이 본 뉴스; 많이 본 기사; 추천기사; 추천 기사; 인기기사; 인기 기사; 주요뉴스; 주요 뉴스;
        vacatures; vacatures in de regio; uitgelichte vacatures; stellenangebote; jobs in der region; jobs in ihrer nähe; job vacancies; latest jobs; jobs near you; ofertas de empleo; offerte di lavoro; vagas de emprego; oferty pracy; avoimet työpaikat; iş ilanları; вакансии; 求人情報;
        temas relacionados; temas de esta noticia; nei temi di questo articolo;
        autozoeker; woningzoeker; huizenzoeker; banenzoeker; vacaturezoeker; vacaturebank; bedrijvenzoeker; bedrijvengids; reiszoeker; datingzoeker; speurders; kleintjes; folderkijker; krant online; digitale krant; lees de krant; lees de krant online; krant lezen; bekijk de krant; blader door de krant; e-paper; epaper;
        andere berichten; overige berichten; laatste berichten; recente berichten; nieuwste berichten; nieuwste artikelen; laatste artikelen; recente artikelen; meer artikelen; meer verhalen; meer uit deze rubriek; meer van deze auteur; net binnen; nieuwsoverzicht; lees ook deze artikelen; misschien ook interessant; misschien vind je dit ook interessant; misschien vindt u dit ook interessant; dit vind je misschien ook leuk; anderen lazen ook; anderen bekeken ook; anderen lezen ook; ook gelezen; meest bekeken; meest gedeeld; meest besproken; tips van de redactie;
        car finder; car search; find a car; find a home; find a house; find a job; home finder; house finder; property finder; property search; job finder; job search; local jobs; classifieds; classified ads; public notices; business directory; local directory; family notices; e-edition; digital edition; digital paper; read the paper; more articles; more posts; more reports; more headlines; other articles; other news; other posts; also on this site; people also read; others also read; readers also liked; most shared; most commented; most recent; just in; more local news; more from this author;
        autosuche; auto suche; autobörse; automarkt; stellenmarkt; stellenbörse; jobsuche; immobilienmarkt; immobiliensuche; kleinanzeigen; traueranzeigen; trauerportal; partnersuche; prospekte; digitale zeitung; zeitung online lesen; mehr artikel; mehr beiträge; mehr meldungen; mehr berichte; mehr news; weitere beiträge; weitere berichte; weitere news; andere artikel; neueste meldungen; neueste nachrichten; letzte meldungen; letzte artikel; aktuelle meldungen; aktuelle artikel; aktuelle beiträge; auch lesenswert; das lesen andere; das interessiert andere leser; andere lasen auch; meistgeklickt; meistgeteilt; meist gelesen; mehr von diesem autor;
        recherche auto; recherche de voitures; trouver une voiture; trouver un emploi; trouver un logement; petites annonces; annonces auto; annonces immobilières; offres d'emploi; avis de décès; journal numérique; lire le journal; plus d'articles; plus d'actualités; plus de nouvelles; autres articles; autres actualités; autres nouvelles; derniers articles; dernières actualités; dernières nouvelles; articles récents; à lire ensuite; vous aimerez aussi; nos lecteurs ont aussi lu; d'autres ont lu; les plus partagés; les plus commentés; du même auteur;
        cerca auto; trova auto; trova casa; trova lavoro; annunci auto; annunci immobiliari; necrologi; edizione digitale; altri articoli; altre notizie; ultime notizie; ultimi articoli; articoli recenti; più letti; i più letti; più condivisi; dello stesso autore;
        buscador de coches; buscador de autos; bolsa de trabajo; esquelas; edición digital; edición impresa; más artículos; otras noticias; otros artículos; últimas noticias; últimos artículos; artículos recientes; las más leídas; los más leídos; lo más visto; lo más compartido; quizás también te interese;
        busca de carros; classificados; edição digital; mais artigos; mais notícias; outras notícias; outros artigos; últimas notícias; artigos recentes; as mais lidas; você também pode gostar;
        bilsök; sök bil; bostadssök; lediga jobb; e-tidning; e-tidningen; dödsannonser; fler artiklar; fler nyheter; andra artiklar; senaste artiklarna; mest delat; bilsøk; boligsøk; ledige stillinger; eavis; e-avis; dødsannonser; flere artikler; flere nyheter; flere nyheder; andre artikler; siste saker; seneste nyt; seneste nyheder; seneste artikler; bilsøg; boligsøg; dødsfald;
        szukaj auta; szukaj samochodu; ogłoszenia; ogłoszenia drobne; nekrologi; e-wydanie; więcej artykułów; więcej wiadomości; inne artykuły; inne wiadomości; najnowsze wiadomości; ostatnie artykuły; hledat auto; další články; další zprávy; nejnovější zprávy; nejčtenější; további cikkek; további hírek; legfrissebb hírek; lisää uutisia; muita uutisia; uusimmat uutiset; mai multe știri; alte știri; ultimele știri; другие статьи; последние новости; diğer haberler; son haberler
    """,
    PhraseKind.COMMENTS: """
        reacties; reageren; reageer; geef een reactie; laat een reactie achter; reactie plaatsen; reageer op dit artikel; plaats een reactie; reaksjes;
        comments; comment; leave a comment; leave a reply; post a comment; add a comment; cancel reply; join the conversation; join the discussion; view comments; show comments; comments are closed;
        your email address will not be published; required fields are marked *; write a comment; conversation; discussion; no comments; add comment; recent comments; responses; reader comments;
        wat vindt u; wat vind jij; wat vind je hiervan; jouw reactie; uw reactie; lezersreacties; lezersbrieven; have your say; your comments; what do you think; your views; reader responses; leserbriefe; leserzuschriften; was meinen sie; was meinst du; ihre meinung; deine meinung; qu'en pensez-vous; vos réactions; votre avis; qué opinas; tu opinión; cosa ne pensi; diskuse; diskusia; hozzászólások; σχόλια; kommentaarid; opinie czytelników;
        תגובות; הוסיפו תגובה; التعليقات; تعليقات; أضف تعليقا; टिप्पणियाँ; टिप्पणी करें; komentar; bình luận; コメントを書く; コメントする; 留言; 发表评论; 發表評論; 댓글 쓰기; залишити коментар; коментарі; коментари;
        kommentare; kommentar schreiben; kommentar hinterlassen; schreibe einen kommentar; diskutieren sie mit; diskussion; antwort hinterlassen; kommentieren; kommentar verfassen; kommentar; leserkommentare;
        lesermeinungen; leserstimmen; leserkommentare; leserpost; meinungen; avis des lecteurs; réactions; klik hier om te reageren; lezers reageren; zo reageren lezers; klicken sie hier um zu kommentieren;
        commentaires; laisser un commentaire; réagir; vos commentaires; commenti; lascia un commento; commenta; rispondi; comentarios; deja un comentario; deja una respuesta; comentários; deixe um comentário; deixe uma resposta;
        kommentarer; komentarze; dodaj komentarz; комментарии; оставить комментарий; yorumlar; yorum yap; yorum yaz; kommentit; コメント; 评论; 댓글
    """,
    PhraseKind.SHARE: """
        deel dit artikel; deel dit bericht; deel dit via; deel artikel; deel dit; delen; delen via; deel; delen per e-mail; tweet; tweeten; twitter; facebook; whatsapp; google+; e-mail; email; linkedin; pinterest; telegram; mail; print; printen; x; instagram; bluesky; reddit; kopieer link; deel op facebook; delen op facebook;
        שתפו; שיתוף; שתפו את הכתבה; شارك; شارك المقال; شارك هذا المقال; مشاركة; शेयर करें; साझा करें; κοινοποίηση; μοιραστείτε; μοιραστείτε το; поделитесь; поделиться новостью; поділитися; сподели; haberi paylaş; bagikan; chia sẻ; この記事をシェア; この記事をシェアする; シェアする; ツイート; 分享到; 分享至; 分享本文; 공유하기; 기사 공유;
        diel dit artikel; diele;
        share; share this; share this article; share this story; share this post; share on facebook; share on twitter; share on x; share on linkedin; share via email; share article; copy link; link copied; save; save article; bookmark; like; like this; follow us; follow us on; print this article; email this article; share with your network; tell your friends;
        teilen; artikel teilen; beitrag teilen; drucken; per mail; link kopieren; merken; auf facebook teilen; auf twitter teilen; diesen artikel teilen; folgen sie uns; empfehlen;
        partager; partager sur; partager cet article; imprimer; envoyer; copier le lien; suivez-nous; partager l'article; condividi; condividi su; stampa; invia; seguici; seguici su; condividi questo articolo; compartir; compartir en; imprimir; enviar; síguenos; compartilhar; compartilhe; partilhar; dela; dela artikeln; dela den här artikeln; del; del artikkelen; jaa; udostępnij; podziel się; поделиться; paylaş; シェア; 分享; 공유
    """,
    PhraseKind.ADVERT: """
        advertentie; adv.; adv; topadvertentie; gesponsord; advertorial; partners; partnerbijdrage; - ingezonden mededeling -; ingezonden mededeling; tekst gaat verder onder de advertentie; tekst loopt door onder de advertentie; lees verder onder de advertentie; artikel gaat verder onder de advertentie; het artikel gaat verder onder de advertentie; de tekst gaat verder onder de advertentie;
        hirdetés; publicitate; oglas; פרסומת; תוכן ממומן; विज्ञापन; διαφήμιση; إعلان; إعلانات; إعلان ممول; تبلیغات; iklan; quảng cáo; 廣告; スポンサーリンク; 스폰서; haberin devamı; reklamdan sonra devam ediyor; sisältö jatkuu mainoksen jälkeen; artikel berlanjut setelah iklan; scroll to continue with content;
        bedrijven in de regio; ondernemers in de regio; onze adverteerders; adverteerders; firmen in der region; unternehmen aus der region; unsere inserenten; local businesses; our advertisers; nos annonceurs; aziende del territorio; empresas de la zona;
        advertinsje; advertisement; advertisements; ad; ads; sponsored; promoted; story continues below advertisement; article continues below advertisement; article continues after advertisement; advertisement - story continues below; continue reading below; scroll to continue; sponsored by; ad feedback; article continues below; story continues below; advertise with us; paid content; paid post; promotion;
        anzeige; werbung; - anzeige -; nach der anzeige weiterlesen; anzeigen; publicité; annonce; la suite après cette publicité; la suite après la publicité; pubblicità; annuncio; publicidad; anuncio; publicidade; continua após a publicidade; annons; annonse; mainos; reklama; реклама; reklam; 広告; 广告; 광고; artikkelen fortsetter under annonsen; artikeln fortsätter under annonsen
    """,
    PhraseKind.CHROME: """
        terug; terug naar boven; naar boven; volledig scherm; webmail; kies je webmail; vastgezet bericht; information; nieuws; zoek; zoeken; stuur appje; menu; sluiten; instellingen; premium; inloggen; abonneren; home; vorige; volgende; artikel inzenden; score; nog geen sterren toegekend; abonneeservice; adverteren; contact; privacy; cookies; luister; luister naar dit artikel; lees voor; speel af; video; foto's; bekijk meer; toon meer; laad meer; tags; tag; onderwerpen; categorieën; bewaar; bewaren; bewaar artikel; bekijk de video; bekijk video; bekijk de foto's; deel op; volume; snelheid; afspeelsnelheid; ondertiteling; geluid uit; geluid aan; speed; playback speed; subtitles; captions; unmute; geschwindigkeit; wiedergabe; lautstärke; untertitel; vitesse; sous-titres; velocidad; subtítulos; velocità;
        back; back to top; top; search; close; settings; log in; login; sign in; sign up; subscribe; register; next; previous; select page; skip to content; skip to main content; more; show more; load more; view more; view all; see all; manage consent; listen; listen to this article; play; pause; mute; loading; loading...; watch; topics; categories; category; filed under; tagged; tagged with; accept; accept all; decline; continue; continue reading; image; photo; gallery; caption; toggle caption; hide caption; enlarge this image; view gallery; view image in fullscreen; expand; collapse; report an error; correction; permissions; terms of use; privacy policy; table of contents; contents; transcript; this browser does not support the video element; your browser does not support the audio element; javascript is required; please enable javascript; download; learn more; click here; get started; buy now; add to cart; follow; following; published; updated; by; written by; author; about the author; summary; sections;
        startseite; suche; schließen; anmelden; registrieren; weiter; zurück; zurück zur startseite; nach oben; mehr anzeigen; schlagworte; stichworte; kategorien; artikel anhören; merkliste; bild; foto; fotos; fotostrecke; externer inhalt; empfohlener redaktioneller inhalt; externen inhalt anzeigen; inhalte anzeigen; immer akzeptieren; video laden; inhalt laden; zum seitenanfang; seite drucken; zur startseite; zum inhalt springen; impressum; datenschutz; agb; kontakt; vorlesen;
        accueil; recherche; rechercher; fermer; se connecter; s'abonner; je m'abonne; suivant; précédent; retour en haut; retour; écouter; voir plus; menu principal; ajouter à votre sélection; temps de lecture; chargement; abonnez-vous; cerca; chiudi; accedi; abbonati; successivo; precedente; torna su; mostra altro; buscar; cerrar; iniciar sesión; suscríbete; siguiente; anterior; volver arriba; cargando; etiquetas; pesquisar; fechar; entrar; assine; sök; stäng; logga in; meny; søk; lukk; logg inn; meny; hae; valikko; szukaj; zamknij; zaloguj; поиск; закрыть; войти; 検索; ログイン; 搜索
    """,
}

_STARTS: dict[PhraseKind, str] = {
    PhraseKind.RELATED: r"ezt is olvass|olvass[ao]?(?:tok)? (?:még|el) ?:|citește (?:și|mai)|pročitajte i|přečtěte si|čtěte (?:také|více)|קראו (?:גם|עוד)|(?:यह|ये) भी (?:पढ़|देख)|διαβάστε (?:επίσης|ακόμ[αη]|περισσότερα) ?:|δείτε (?:επίσης|ακόμ[αη]) ?:|(?:اقرأ|إقرأ|شاهد) أيض|baca juga ?:|xem thêm ?:|tin liên quan|相[关關]阅?閱?[读讀文新]|延伸[阅閱][读讀]|関連(?:記事|ニュース) ?[:：]|читайте (?:також|ещё|еще) ?:|материалы по теме|temas relacionados|(?:תגיות|ετικέτες|теги|ключевые слова|الوسوم|كلمات مفتاحية|टैग|标签|標籤|キーワード|タグ|태그|etiketler|etiquetas|palabras clave|palavras-chave|mots[- ]clés|avainsanat|nyckelord|słowa kluczowe) ?[:：]|lees ook ?:|meer lezen over ?:|lês (?:ek|mear|fierder) ?:|mear (?:oer|nijs) ?:|lees ook (?:dit|onze|het|de) |bekijk ook ?:|lees meer over ?:|meer over ?:|zie ook ?:|ook interessant ?:|gerelateerd ?:|read more ?[:|]|read also ?:|also read ?:|see also ?:|related ?:|more ?:|read next ?:|recommended ?:|don't miss ?:|mehr zum thema ?:|lesen sie auch ?:|lesen sie (?:hier )?(?:mehr|auch)|auch interessant ?:|mehr dazu ?:|lire aussi ?:|à lire aussi ?[:|»>-]|a lire aussi ?[:|»>-]|lire (?:aussi|également) |voir aussi ?:|>> ?lire|leggi anche ?:|leggi (?:pure|l'articolo)|te puede interesar ?:|lea también ?:|lee también ?:|lea (?:más|también)|ver también ?:|leia (?:também|mais) ?:?|läs (?:också|även|mer) ?:|les også ?:|læs også ?:|lue myös ?:|czytaj (?:także|też|więcej) ?:|zobacz (?:także|też) ?:|читайте также ?:|πηγή ?:|het bericht .+ verscheen eerst op|the post .+ appeared first on |der beitrag .+ erschien zuerst|bekijk al het .*nieuws van|meer uit |meer nieuws (?:uit|over|van) |more from |more in |vorig(?:e)? (?:bericht|artikel) ?:|volgend(?:e)? (?:bericht|artikel) ?:|(?:previous|next) (?:post|article|story) ?:|articolo (?:successivo|precedente) ?:|mehr aus ",
    PhraseKind.COMMENTS: r"(?:(?:er (?:is|zijn)|there (?:is|are)|es gibt|il y a|ci sono|hay) )?\d+ (?:(?:lezers|leser)?(?:reacties?|kommentare?|briefe|brieven|zuschriften)|beiträge|antworten|meinungen|meningen|comments?|opinions?|commentaires?|réactions?|réponses?|avis|commenti?|comentarios?|comentários?|kommentarer|komentarz[ey]|komentářů|kommenttia|yorum|replies|responses?|thoughts? on)\b|het e-mailadres wordt niet gepubliceerd|uw e-mailadres wordt niet|je e-mailadres wordt niet|your email address will not be|deine e-mail-adresse wird nicht|votre adresse (?:e-mail|de messagerie) ne sera|tu dirección de correo|il tuo indirizzo email non|this site uses akismet|reageren op dit (?:bericht|artikel)|you must be (?:logged in|registered)|log in to (?:comment|leave)|be the first to comment|notify me of|save my name",
    PhraseKind.SHARE: r"(?:print|mail|e-?mail) (?:dit|deze|this|the) (?:artikel|bericht|pagina|article|page|story)|(?:artikel|seite|beitrag) (?:drucken|versenden|mailen)|imprimer (?:cet|l|la)|stampa (?:questo|la|l)|deel (?:dit|deze|het) .{0,12}(?:via|op|met|:)|share this ?(?:article|story|post)? ?:|share (?:on|via|with) |condividi (?:su|questo)|partager (?:sur|cet)|teilen (?:auf|via|per)|follow (?:us|@|me) |folg(?:en sie|e) uns|volg ons|suivez[- ]nous|click to (?:share|email|print)|klik om te (?:delen|printen)",
    PhraseKind.ADVERT: r"advertentie via|aangeboden door|- advertentie|(?:de )?(?:tekst|artikel) (?:gaat|loopt) (?:verder|door) onder|lees verder onder (?:de|het)|de tekst gaat verder|de tekst giet fierder|tekst giet fierder|der (?:text|artikel) (?:wird|geht) (?:unter|nach) de[mrn]|(?:the )?(?:article|text) continues (?:below|after)|la suite (?:de l[’']article )?(?:après|sous|ci-dessous)|el (?:texto|artículo) (?:sigue|continúa) (?:debajo|tras|después)|l[’']articolo (?:continua|prosegue) (?:dopo|sotto)|sponsored by |\(adsbygoogle|this (?:article|post) (?:may )?contains? (?:affiliate|sponsored)|we may earn (?:a )?commission|story continues below",
    PhraseKind.MAILING: r"meld (?:je|u)(?: dan| hier| nu)* (?:aan|in)|schrijf (?:je|u) in|ontvang (?:updates|elke|dagelijks|het laatste|onze)|abonneer|gratis (?:onbeperkt )?toegang|log in of maak een account|wil je (?:meer|dagelijks|geen)|download (?:de|onze|nu|the|our) .{0,20}app|sign up (?:for|to|now|here)|subscribe (?:to|now|today|for|here)|get (?:the latest|our|your|daily|unlimited) |join (?:our|us|thousands|over) |support (?:our|us|independent|quality)|donate |become a (?:member|subscriber|supporter)|already a (?:subscriber|member)|start your |newsletter|nieuwsbrief|abonnieren sie|jetzt (?:abonnieren|testen|anmelden|kostenlos|lesen)|melden sie sich|unser(?:en|em)? newsletter|der newsletter|inscrivez[- ]vous|abonnez[- ]vous|recevez |iscriviti|ricevi |suscríbete|suscribirse|regístrate|recibe |assine |inscreva|prenumerera|anmäl dig|abonner |heb (?:jij|je|u) een (?:tip|opmerking|nieuwstip)|tip de redactie|heeft u een tip|zelf getuige van nieuws|💬|whatsapp ons|stuur (?:ons )?een (?:appje|whatsapp|tip)|volg ons |like ons |do you have (?:a|any) (?:story|tip|news)|got a (?:tip|story)|have (?:a|you) .{0,15}(?:tip|story)",
    PhraseKind.CREDIT: r"ⓒ|저작권자|(?:фото|світлина|снимка|φωτο(?:γραφία)?|사진) ?:|(?:dpa|afp|anp|apa|sda|epd|kna|ap|reuters|belga|ansa|efe|pap|lusa|ritzau|tt|ntb|dha|aa|iha)(?:[/,-] ?\w{2,6}){0,3}\)$|(?:kaynak|źródło|zdroj|fuente|fonte|kilde|källa) ?: |fot\. |zdj\. |(?:valo)?kuvat? ?:|fotoğraf ?:|(?:archief)?(?:foto|beeld|bild|photo|image|picture|fotograaf|fotografie|illustratie|illustration|video|grafik|quelle|credit|crédit|crédits|foto's|tekst en foto's|bron|bildquelle|titelbild|symbolbild|archivbild|fotocredits?|photograph|cover image|featured image|feature image|header image|photo credits?|image credits?|photo courtesy|courtesy)(?: ?[:©/]| by | courtesy | via | van | von | de )|©|\(c\) |volledig scherm|\((?:foto|photo|bild)[: ]|(?:foto|photo|bild)[: ]",
    PhraseKind.BYLINE: r"(?:责任编辑|責任編輯|责编|責編|编辑|編輯|来源|來源|作者|记者|記者|撰文)\s?[:：]|(?:लेखक|लेखिका|रिपोर्ट|संपादक|מאת|עורך|Συντάκτης|Επιμέλεια|بقلم|إعداد|تحرير|المصدر) ?[:：]|[Dd]oor ?: ?|[Dd]oor [A-Z]|[Vv]an (?:onze (?:redactie|verslaggever)|een onzer)|[Dd]oor (?:de |onze )?(?:redactie|verslaggevers?)\b|[Pp]ar la rédaction|[Aa] cura d(?:i|ella) |[Vv]on unsere[rmn]|[Rr]edactie .{2,20}\||[Oo]ver de auteur|[Oo]ver dit artikel|[Bb]y [A-Z][\w.'-]+ [A-Z]|[Vv]on [A-Z][\w.'-]+ [A-Z]|[Pp]ar [A-Z][\w.'-]+ [A-Z]|[Pp]or [A-Z][\w.'-]+ [A-Z]|[Dd]i [A-Z][\w.'-]+ [A-Z]|[Aa]uthor ?:|[Ww]ritten by|[Pp]osted by|[Ss]critto da|[Pp]ubblicato da|[Pp]ublicado por|[Pp]ublié par|[Pp]osté par|[Gg]eplaatst door|[Gg]epost door|[Ii]ngezonden door|[Ee]ingestellt von|[Vv]eröffentlicht von|[Oo]publikowan[eo] przez|[Dd]odan[eo] przez|[Ll]agt (?:in|inn|ind) av|[Rr]eporting by|[Aa]dditional reporting|[Ee]diting by|[Aa]bout the author|[Gg]eschreven door|(?:[Tt]ekst|[Tt]exte?|[Tt]esto|[Tt]exto|[Ww]ords|[Hh]aber|[Aa]utor(?:in)?|[Yy]azar) ?:",
    PhraseKind.STAMP: r"dernière (?:mise à jour|modification)|ultim[oa] (?:aggiornamento|modifica)|última (?:actualización|atualização|modificación)|letzte (?:aktualisierung|änderung)|(?:son )?güncelleme|ostatnia (?:aktualizacja|zmiana)|senast (?:uppdaterad|ändrad)|sidst (?:opdateret|ændret)|sist (?:oppdatert|endret)|viimeksi (?:päivitetty|muokattu)|laatste wijziging|afgedrukt op|printed (?:on|from)|gedruckt am|imprimé le|stampato il|impreso el|gepubliceerd ?(?:op|:)|geplaatst ?:|posted ?:|publié ?:|publicado ?:|pubblicato ?:|opublikowano ?:|zveřejněno ?:|julkaistu ?:|yayınlanma ?:|publicatiedatum|geplaatst op|plaatsing|gemaakt ?:|aangepast (?:op|om)|laatst(?:e)? (?:bijgewerkt|update|gewijzigd)|bijgewerkt (?:op|om)|published ?(?:on|:|at|\d)|posted (?:on|in|at)|updated ?(?:on|:|at|\d)|last (?:updated|modified)|first published|(?:zuletzt )?aktualisiert|veröffentlicht|stand ?:|erstellt|publié (?:le|à|il)|mis à jour|modifié le|pubblicato (?:il|alle)|aggiornato|publicado (?:el|em|a)|actualizado|atualizado|publicerad|uppdaterad|publisert|oppdatert|udgivet|opdateret|julkaistu|päivitetty|\d+ ?(?:min|minuten|minutes?|minuti|minuter|minutos) (?:lezen|leestijd|read|lesezeit|de lecture|di lettura|per leggerlo|de leitura|de lectura|läsning)|(?:leestijd|lesezeit|reading time|temps de lecture|lesedauer|tempo di lettura|tiempo de lectura)|\d+ (?:minuten|minuut|uur|dagen|dag|weken|week|maanden|jaar) geleden$|\d+ (?:minutes?|hours?|days?|weeks?|months?|years?) ago$|(?:vandaag|gisteren|eergisteren), \d|\d{1,2}[:.]\d\d(?: uur)?$|\d{1,2}:\d\d ?/ ?\d{1,2}:\d\d\b|aantal keer bekeken|\d+ (?:keer bekeken|views?|x gelezen|keer gelezen|weergaven)|bekeken ?:",
    PhraseKind.CHROME: r"(?:якщо ви|если вы) (?:помітили|заметили|знайшли|нашли|обнаружили) (?:помилку|ошибку)|(?:помітили|заметили|знайшли|нашли) (?:помилку|ошибку)|免[责責][声聲]明|版[权權][声聲]明|转载请|轉載請|無断転載|무단 ?전재|1 ?/ ?(?!1$)\d{1,3}$|(?:this|deze|diese|ce|questo|este) (?:website|web ?site|site|seite|sito|sitio) (?:maakt gebruik|gebruikt|uses|verwendet|utilise|utilizza|utiliza)|wij (?:gebruiken|zien dat u)|we use cookies|by (?:clicking|continuing)|gtag\(|<script|\(function|function ?\(|var \w+ ?=|window\.|document\.|googletag|dit artikel is exclusief|onze excuses|helaas kunnen wij|om deze (?:inhoud|content)|an dieser stelle (?:finde[nt]|findest|steht|befindet|ist ein extern)|mit ihrer (?:zustimmung|einwilligung)|ich bin damit einverstanden|wir benötigen (?:ihre|deine) (?:zustimmung|einwilligung)|dieser inhalt|dieses element|pour (?:voir|afficher) ce|ce contenu|per vedere|to view this|this content is|your browser|uw browser|je browser|ihr browser|votre navigateur|all rights reserved|copyright (?:©|\d|[^.]{2,60}$)|alle rechten voorbehouden|alle rechte vorbehalten|tous droits|tutti i diritti|todos los derechos|todos os direitos|(?:designed|powered) by.{0,40}$|bekijk (?:de|dit|deze) (?:video|foto)|goede(?:navond|morgen|middag),? het is|laatste alarmering|skip to (?:(?:the|main|primary|page) )*(?:content|navigation|search|footer|menu|main)|you are here|u bent hier|sie sind hier|home ?[>»/|]",
}

_CLOSING = "()[]{}【】「」『』 \t:.!?…»«>›→▶-–—|•·*\u00a0\"'"

_OPENING = "([{【「『*-–—•▶►→»> "
_COUNT = re.compile(r"^[\[(]?\d{1,4}[\])]?\s+|\s*[:·•-]?\s*[\[(]?\d{1,4}[\])]?$")
"""How many comments a heading says there are: ``Reacties (2)``, ``3 Kommentare``."""

_WHOLE: dict[str, PhraseKind] = {
    phrase.strip().rstrip(_CLOSING): kind
    for kind, phrases in _EXACT.items()
    for phrase in " ".join(phrases.split()).split(";")
    if phrase.strip()
}
_BYLINES = re.compile(_STARTS.pop(PhraseKind.BYLINE))


def _alternatives(pattern: str) -> list[str]:
    """*pattern* split at the bars outside brackets."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(pattern):
        if pattern[at - 1 : at] == "\\":
            continue
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "|" and not depth:
            parts.append(pattern[start:at])
            start = at + 1
    return [*parts, pattern[start:]]


def _spelled_out(pattern: str) -> list[str]:
    """*pattern*, which may open with a choice, once for each way to begin."""
    if not pattern.startswith("(?:"):
        return [pattern]
    depth = end = 1
    while depth:
        end += 1
        depth += {"(": 1, ")": -1}.get(pattern[end], 0)
    choices, rest = _alternatives(pattern[3:end]), pattern[end + 1 :]
    if rest.startswith("?"):
        choices, rest = [*choices, ""], rest[1:]
    return [way for choice in choices for way in _spelled_out(choice + rest)]


def _openings() -> dict[str, list[tuple[PhraseKind, re.Pattern[str]]]]:
    """The openings by their first two letters, or the one sign they begin with ("0" for any digit).

    Trying two hundred alternatives on each of three hundred lines would cost more than parsing the page.
    """
    keyed: dict[tuple[str, PhraseKind], list[str]] = {}
    for kind, pattern in _STARTS.items():
        for each in _alternatives(pattern):
            for way in _spelled_out(each):
                if re.match(r"[^\W\d_]{2}(?![?*])", way):
                    first = way[:2].lower()
                else:
                    first = "0" if way.startswith("\\d") else way.removeprefix("\\")[:1].lower()
                keyed.setdefault((first, kind), []).append(way)
    openings: dict[str, list[tuple[PhraseKind, re.Pattern[str]]]] = {}
    for (first, kind), ways in keyed.items():
        openings.setdefault(first, []).append((kind, re.compile("|".join(ways), re.I)))
    return openings


_OPENINGS = _openings()


@lru_cache(maxsize=8192)  # asked of a line by several rooms, and of a site's menus on each of its pages
def phrase_kind(line: str) -> PhraseKind | None:
    """What kind of furniture *line* is by its words, or ``None`` when it may be article text.

    Only whole short lines and tell-tale openings are known; a long line is judged by its opening alone.
    """
    line = line.lstrip(_OPENING)
    if not line:
        return None
    if len(line) <= 70:
        bare = line.casefold().strip(_CLOSING)
        known = _WHOLE.get(bare) or _WHOLE.get(_COUNT.sub("", bare))
        if known:
            return known
    letters = line[:2].lower()
    for first in (letters, "0" if line[:1].isdecimal() else letters[:1]):
        for kind, opening in _OPENINGS.get(first, ()):
            if opening.match(line):
                return kind
    if len(line) < 120 and _BYLINES.match(line):
        return PhraseKind.BYLINE
    return None


_FOR_SUBSCRIBERS = re.compile(
    r"^verder lezen\s?\?|(?:alleen|enkel|uitsluitend|exclusief) (?:beschikbaar )?(?:voor (?:onze |betalende )?)abonnees\b|"
    r"^dit (?:artikel|bericht|verhaal) is (?:alleen|enkel|exclusief) .{0,30}leden\b|^(?:al|reeds|ben je al|bent u al) abonnee\s?\?|lees (?:dit artikel )?verder (?:met|voor) |\b(?:word|wees) (?:nu )?(?:abonnee|lid) (?:en|om) (?:lees|verder)|"
    r"\b(?:werden sie mitglied und lesen|become a (?:member|subscriber) (?:and|to) read|devenez (?:membre|abonné) (?:et|pour) li[rs]e|"
    r"hazte soci[oa] y (?:lee|sigue)|diventa socio e leggi)|om (?:(?:dit|het) (?:hele |volledige )?artikel |verder )?te (?:kunnen )?lezen|(?:nur|exklusiv) für (?:unsere )?abonnent(?:en|innen)|(?:mit|im) .{0,20}abo (?:weiter)?lesen|"
    r"^(?:jetzt |(?:diesen )?artikel )?weiterlesen (?:mit|im)\b|^(?:sie sind |bereits |schon )(?:bereits )?abonnent|um (?:diesen artikel|weiter)(?: \w+)?zulesen|\bum (?:den |diesen )?(?:ganzen |vollständigen )?(?:artikel|text) (?:\w+ )?zu lesen|"
    r"\bbrauchen sie ein .{0,25}\babo\b|dieser artikel ist .{0,30}(?:kostenpflichtig|abonnenten)|"
    r"réservé(?:e)? (?:à nos|aux|à) abonnés|^déjà abonné|abonnez[- ]vous pour (?:lire|continuer|accéder)|il vous reste \d+ ?% (?:de cet article )?à lire|pour lire la suite|"
    r"(?:this|the) (?:article|story|content) is (?:only |exclusively )?(?:available )?(?:for|to) (?:paying |our )?(?:subscribers|members)|"
    r"(?:for )?subscribers only|^already (?:a|an|have a) (?:subscriber|member|subscription)|subscribe (?:now )?to (?:read|continue|keep reading|unlock)|to (?:continue|keep) reading|"
    r"(?:contenuto|articolo) (?:riservato|esclusivo|per (?:gli )?abbonati)|per (?:continuare a leggere|leggere (?:tutto|l'articolo))|"
    r"^sei già abbonato|(?:contenido|artículo) (?:exclusivo|solo) para (?:suscriptores|socios)|^¿?ya eres (?:suscriptor|socio)|para (?:seguir|continuar) leyendo|suscríbete para (?:leer|seguir)|"
    r"(?:conteúdo|exclusivo) (?:exclusivo )?para assinantes|^já é assinante|assine para (?:ler|continuar)|(?:bara|endast|enbart|kun|bare) för? (?:våra |våre |vore )?(?:prenumeranter|abonnenter)|^(?:redan prenumerant|allerede abonnent|er du abonnent)|"
    r"för att (?:läsa|fortsätta)|for å lese (?:hele|videre)|for at læse (?:hele|videre)|(?:tylko|wyłącznie) dla (?:prenumeratorów|subskrybentów|abonentów)|aby (?:przeczytać|czytać) (?:dalej|całość)|"
    r"^jetzt weiterlesen$|^testen sie .{2,40}\b(?:kostenlos|gratis)\b|^(?:probeer|lees) .{2,40}\b(?:maand|weken|week) (?:lang )?(?:gratis|voor)\b|^(?:essayez|prova|prueba|experimente|try) .{2,40}\b(?:gratuit\w*|gratis|for free|free for)\b|"
    r"vain tilaajille|lue koko (?:juttu|artikkeli) tilaajana|jen pro předplatitele|только для подписчиков|会員限定|有料会員",
    re.I,
)


_OF_SUBSCRIBING = (
    "abon", "abbon", "subscri", "subskry", "suscr", "prenumer", "předplat", "подписчик", "tilaaj", "assin", "会員", "member", "leden", "socio", "lees", "lezen", "lesen", "lese",
    "læse", "läsa", "lire", "legger", "leyendo", "reading", "czyta", "fortsätta", "lisez", "hazte soci", "diventa soci", "kostenpflichtig", "réservé", "riservato", "esclusivo",
    "il vous reste", "kostenlos", "gratis", "gratuit", " free", "probeer",
)  # fmt: skip
"""Every line that :data:`_FOR_SUBSCRIBERS` finds has one of these: asked first, for the pattern is long."""


@lru_cache(maxsize=4096)
def asks_for_payment(line: str) -> bool:
    """Whether *line* says that the rest of a text is for those who pay."""
    folded = line.casefold()
    for word in _OF_SUBSCRIBING:
        if word in folded:
            return _FOR_SUBSCRIBERS.search(line) is not None
    return False


_TO_JOIN = (
    r"meld (?:je|u) (?:\w+ ){0,2}aan|schrijf (?:je|u) (?:\w+ ){0,2}in|abonneer (?:je|u)|ontvang|volg|download|installeer|steun|word (?:\w+ )?(?:lid|abonnee)|sign up|subscribe|register|join|get|receive|download|support|become|follow|"
    r"meld(?:e|en sie)? (?:dich|sich)|abonnier(?:e|en sie)|erhalte(?:n sie)?|bestelle(?:n sie)?|lade(?:n sie)?|folge(?:n sie)?|unterstütze(?:n sie)?|jetzt|"
    r"abonnez[- ]vous|abonne[- ]toi|inscri(?:vez[- ]vous|s[- ]toi)|recevez|reçois|téléchargez|soutenez|rejoignez|suivez|"
    r"iscriviti|abbonati|ricevi|scarica|sostieni|segui|suscríb(?:ete|ase)|apúnt(?:ate|ese)|regístr(?:ate|ese)|recib[ea]|descarg(?:a|ue)|apoy[ae]|únete|sigue|assine|inscreva-se|cadastre-se|receba|baixe|apoie|siga|"
    r"prenumerera|anmäl dig|få|ladda ner|följ|stöd|tilmeld dig|modtag|hent|følg|støt|meld deg på|abonner|motta|last ned|"
    r"zapisz się|subskrybuj|otrzymuj|pobierz|dołącz|wesprzyj|přihlaste se|odebírejte|iratkozzon fel|iratkozz fel|tilaa|abonează-te|abonați-vă"
)
_TO_US = (
    r"\b(?:onze|ons|us|our|unser\w*|notre|nos|nostr[aieo]|nuestr[ao]s?|nosso?a?s?|vår[at]?|våre|vores|nasz\w*|náš|hírlevelünk\w*|uutiskirjeemme|"
    r"mailbox|inbox|postvak|postfach|posteingang|boîte (?:mail|de réception|aux lettres)|casella|bandeja|correo|caixa de entrada|inkorg|innboks|indbakke|skrzynk\w*)\b"
)
_WHAT_IS_JOINED = (
    r"nieuwsbrief|nieuwsupdate|(?:dagelijkse|wekelijkse|daily|weekly|tägliche\w*|wöchentliche\w*) (?:e-?)?mail|nieuws-?app|whatsapp-?kanaal|newsletter|mailing list|whatsapp channel|subscriber|"
    r"breaking news alerts|\bapp\b|e-mail-?updates|nachrichten-app|whatsapp-kanal|infolettre|lettre d'info\w*|application mobile|chaîne whatsapp|canale whatsapp|bolet[ií]n|boletim|canal de whatsapp|aplicativo|nyhetsbrev|nyhedsbrev|nyhetsappen|"
    r"hírlevél\w*|hírlevelünk\w*|uutiskirje\w*|zpravodaj\w*|biuletyn\w*|abonnee\b|\blid van ons"
)
_JOINS = re.compile(rf"\W{{0,4}}(?:please )?(?:[^.!?]{{3,90}}[?!]\s+)?(?:{_TO_JOIN})\b", re.I)
_JOINED = re.compile(_WHAT_IS_JOINED, re.I)
_OURS = re.compile(_TO_US, re.I)
_FOLLOWS = re.compile(
    r"(?:volg ons|folgje ús|follow us|folg(?:e|en sie|t) uns|suivez[- ]nous|seguici|síguenos|siga-nos|följ oss|følg oss?)\b"
    r"[^.!?]{0,80}\b(?:facebook|instagram|whatsapp|twitter|tiktok|youtube|bluesky|telegram|linkedin|threads|mastodon|x)\b",
    re.I,
)
_TO_REACH_ME = re.compile(
    r"\W*(?:contact|reach|write to|e-?mail|mail|follow) [\w.’' -]{3,40} (?:at|via|on|op|unter) \S{1,40}@[\w.-]+\W|"
    r"\W*[\w ]{2,20} (?:기자|記者)\s+\S+@\S+$",
    re.I,
)
_ASKS_FOR_TIPS = re.compile(
    r"(?:heb (?:jij|je)|heeft u|hasto|hast du|haben sie|do you have|have you got|got|as-tu|avez-vous|vous avez|hai|¿tienes) "
    r"(?:een |in |einen |eine |an? |une? |una )?(?:nieuws)?(?:tip|opmerking|hinweis|story|news tip|info(?:rmation)?|segnalazione|noticia|pista)\b.{0,80}[?]"
    r".{0,90}\b(?:redactie|redaksje|redaktion|newsroom|rédaction|redazione|redacción|whatsapp|ons|ús|uns|us|nous|nos)\b",
    re.I,
)
_GIVES = re.compile(
    r"(?:steun|stypje|support|unterstütz\w*(?: sie)?|soutenez|sostieni|apoya)\b[^.!?]{0,60}\b(?:onafhankelijk|ûnôfhinklik|onze|unabhängig|unser|independent|our|indépendant|notre|indipendente|nostro|independiente|nuestro)\w*"
    r"[^.!?]{0,40}\w*(?:journalis|sjoernalis|giornalis|periodis)\w*",
    re.I,
)
_SUPPORTED = re.compile(
    r"\breader-supported (?:publication|newsletter)|\bconsider (?:becoming|subscribing|making|supporting us)\b.{0,60}\b(?:subscriber|member|supporter|donation|our)|\bto receive new posts\b|"
    r"\b(?:make sure to|please) (?:bookmark|sign up)\b.{0,120}\b(?:newsletters?|app|inbox|here)\b|\b(?:give|donate|contribute|chip in) what(?:ever)? you can\b|^we need your (?:help|support)\b|"
    r"^(?:this|the) audio (?:version of this (?:article|story) )?is (?:auto|computer|ai)?-?\s?generated\b|^(?:▶\s*)?(?:listen to this (?:article|story)|luister naar dit artikel|(?:diesen )?artikel anhören|écouter (?:cet |l[’'])article|"
    r"ascolta (?:quest[’']|l[’'])articolo|escuchar? (?:este )?artículo)\b.{0,20}$|"
    r"^this (?:article|story) (?:was|is) featured in (?:the|our) .{3,60} newsletter\b",
    re.I,
)
_PLACEHOLDER = re.compile(
    r"\b(?:deze|dit|dizze|this|these|diese[rsnm]?|cet?|cette|quest[oa]|est[ea]|esse|tę|den här|denne|tento) (?:externe?[nrs]? |external |embedded |ingesloten |contenuto |contenu )?"
    r"(?:youtube-?|instagram-?|facebook-?)?(?:inhoud|ynhâld|content|inhalte?|contenu|contenuto|contenido|conteúdo|video|vidéo|"
    r"vídeo|post|tweet|element|embed|treść|innehåll|indhold|innhold|obsah)\b|\binnehållet\b|\bindholdet\b|\binnholdet\b",
    re.I,
)
_TO_CONSENT = re.compile(
    r"\b(?:cookies?|toestemming|tastimming|permission|permiso|permesso|autorisation|consent\w*|zustimm\w*|einwillig\w*|godkänn\w*|godkend\w*|samtyk\w*)\b",
    re.I,
)
_TO_BE_SHOWN = re.compile(
    r"\b(?:laden|geladen|tonen|getoond|weergeven|weergegeven|afgespeeld|zien|bekijken|sjen|load(?:ed)?|see|view|shown?|display(?:ed)?|played|anzeigen|angezeigt|anzusehen|sehen|afficher|affichée?s?|voir|charger|chargée?s?|"
    r"cargar|ver|mostrar|caricare|vedere|visualizzare|visa|vise|zobaczyć|wyświetlić|zobrazit)\b",
    re.I,
)


_TEXT_WORD = (
    r"(?:tekst|artikel|verhaal|interview|bericht|reportage|recensie|column|lijst|gesprek|stuk|blog|text|beitrag|story|article|post|texto|artículo|nota|articolo|testo|artigo|matéria|artikeln|artiklen|artikkelen|artikkel|texten|teksten|saken|juttu|"
    r"artikkeli|artykuł\w*|tekstu|článek|clanek|cikk|haber\w*|l[’']article|l[’']articolo)"
)
_GOES_ON = re.compile(
    rf"\W*(?:(?:de|het|dit|der|die|dieser|the|this|el|la|il|o|a) )?{_TEXT_WORD} "
    r"(?:(?:gaat|loopt|giet|leest|geht|läuft|wird|continues|continúa|sigue|continua|prosegue|fortsätter|fortsætter|fortsetter|jatkuu|pokračuje|kontynuowany|continue|se poursuit|folytatódik)\b.{0,60}|.{0,12}(?:verder|door|weiter)\b.{0,40})$"
    r"|\W*(?:lees verder|verder lezen|weiterlesen|scroll (?:door|verder|down)|weiter geht es|lesen sie|continue reading|la suite|continúa leyendo|sigue leyendo|continua a leggere|continue lendo|continua|dalsza część|ciąg dalszy|dalszy ciąg)\b.{0,30}\b"
    r"(?:onder|na|below|to continue|unter|nach|après|sous|ci-dessous|debajo|después|tras|dopo|sotto|após|depois|abaixo|"
    r"pod|poniżej)\b.{0,40}$",
    re.I,
)
_BELOW = re.compile(
    r"\b(?:onder|ûnder|na|below|beneath|under|after|to continue|unter\w*|nach|après|sous|ci-dessous|debajo|abajo|después|tras|"
    r"dopo|sotto|após|depois|abaixo|efter|etter|nedanför|nedenfor|jälkeen|alla|pod|za|poniżej|alatt|után|altında)\b",
    re.I,
)
_ON_A_NETWORK = re.compile(
    r"\W*(?:bekijk (?:dit bericht|deze post)|view (?:this|more on|on) ?(?:post|tweet|profile)?|sieh dir diesen beitrag|diesen beitrag|voir cette publication|ver esta publicación|visualizza questo post|ver essa foto|visa detta inlägg|se dette opslag|"
    r"zobacz ten post|ingesloten inhoud|embedded content|externer inhalt) ?(?:on|op|auf|sur|en|su|no|på|na|van|from|of|von)? ?(?:instagram|facebook|x|twitter|tiktok|youtube|threads|bluesky)?\b.{0,20}$"
    r"|\W*(?:deze |dit |this |diese[rs]? |cette |este |questo )(?:inhoud|video|content|inhalt|vidéo|vídeo|post|contenu|contenido|contenuto)\b[^.]{0,20}\b(?:geblokkeerd|niet worden (?:afgespeeld|getoond|geladen)|can ?not be (?:played|shown|loaded)|"
    r"is (?:not available|blocked|unavailable)|blockiert|nicht verfügbar|bloqué\w*|bloquead[oa]|bloccato|non disponibile)\W*$|\W*contenu bloqué\b.{0,40}$|\W*media caption\W*$|\W*sie können sich externe inhalte\b.{0,90}$"
    r"|\W*we need your (?:consent|permission) to (?:load|show)\b.{0,60}$",
    re.I,
)


@lru_cache(maxsize=4096)
def is_placeholder(line: str) -> bool:
    """Whether *line* stands where something embedded waits for the reader's consent, or interrupts the text.

    It points at it ("this content"), and speaks of consent and of showing it: a report on cookies points at
    none. Or it says that the text goes on below a picture, or where a post is to be seen.
    """
    if len(line) <= 110 and ((_GOES_ON.match(line) and _BELOW.search(line)) or _ON_A_NETWORK.match(line)):
        return True
    return (
        len(line) <= 200
        and _PLACEHOLDER.search(line) is not None
        and _TO_CONSENT.search(line) is not None
        and _TO_BE_SHOWN.search(line) is not None
    )


_FOLLOW = re.compile(
    r"\b(?:volg|folgje|follow|join|add|folg(?:e|en|t)|suivez|rejoignez|ajoutez|retrouvez|segui(?:ci|te)?|aggiungi|sigue|síg\w+|únete|"
    r"siga|seguir|acompanhe|entre|participe|följ|følg|seuraa|obserwuj|śledź|dołącz|sledujte|urmăr\w+|kövess\w*|abone ol\w*|takip ed\w*|"
    r"ikuti|gabung|подписывайтесь|подпишитесь|присоединяйтесь|следите|підписуйтесь|підписуйтеся|следвайте|ακολουθήστε|εγγραφείτε)\b|"
    r"עקבו|הצטרפו|הירשמו|הרשמו|تابعوا?|تابعونا|اشترك|انضم|फॉलो|जुड़ें|सब्सक्राइब|theo dõi|关注|關注|追蹤|订阅|訂閱|フォロー|登録|팔로우|구독",
    re.I,
)
"""Words that ask a reader to follow or to subscribe."""
_CHANNEL = re.compile(
    r"\b(?:google (?:news|nieuws|noticias|haberler|discover|actualités)|whats ?app|telegram|телеграм\w*|facebook\w*|instagram\w*|twitter\w*|"
    r"youtube|tiktok|bluesky|threads|viber)\b|व्हाट्स ?[ऐए]प|微信|微博|公众号|公眾號|واتس ?[اآ]ب|تلغرام|تليغرام|טלגרם|ו?ווטסאפ|וואטסאפ",
    re.I,
)
_OF_OURS = re.compile(
    r"\bgoogle (?:news|nieuws|noticias|haberler|discover|actualités)\b|\b(?:ons|onze|ús|us|our|uns|unser\w*|nous|notre|nostr\w+|nuestr\w+|noss[oa]s?|oss|vår\w*|vores|meitä|nas|naszym|nasz\w*|nás|bizi|bize|minket|bennünket|ne pe|"
    r"\w*kana[al]+\w*|channel|(?-i:canale?)|chaîne|нас|наш\w*|канал\w*|μας)\b|"
    r"אותנו|שלנו|الينا|لنا|صفحتنا|قناتنا|تابعونا|हमें|हमारे|चैनल|我们|我們|公式|قناة|채널",
    re.I,
)
_LETTER_IN_OTHERS = re.compile(
    r"ניוזלטר|לדיוור|למייל|نشرت(?:نا|ك)|النشرة|البريد|newsletter|рассылк|розсилк|bülten|メルマガ|ニュースレター|电子报|電子報|뉴스레터|न्यूज़?लेटर",
    re.I,
)
"""A letter, in languages whose words for asking stand in :data:`_FOLLOW`."""
_PREFERRED = re.compile(
    r"\b(?:preferred source|bevorzugte quelle|voorkeursbron|source préférée|fuente preferida|fonte preferit?a|tercih edilen kaynak)\b",
    re.I,
)
_REGULARLY = re.compile(
    r"\b(?:(?:elke|iedere|chaque|every|each|jeden|jede|ogni|cada|hver|varje|joka|her|każdego) \w{3,9}|todas as manhãs|todos los días|täglich|wöchentlich|dagelijks|wekelijks|daily|weekly|codziennie)\b[^.!?]{0,80}"
    r"\b(?:nieuws\w*|news\w*|nachrichten|actualité|essentiel|infos?|noticias?|notizie|notícias|nyhet\w*|nyhed\w*|uutis\w*|wiadomości|haber\w*|headlines|titres|schlagzeilen)\b|"
    r"\b(?:nieuws|news|nachrichten|actualité|essentiel|noticias|notizie|notícias|nyhet\w*|nyhed\w*|uutis\w*|wiadomości|haber\w*)\b[^.!?]{0,40}"
    r"\b(?:elke|iedere|chaque|every|each|jeden|ogni|cada|hver|varje|joka|her|każdego) \w{3,9}\b",
    re.I,
)
"""What comes every morning."""


_IN_OTHER_SCRIPTS, _A_FULL_STOP = re.compile("[\u0370-\u1fff\u3040-\ud7ff]"), re.compile(r"[.!?]\s")
_NETWORKS = (
    "google",
    "whats",
    "telegram",
    "facebook",
    "instagram",
    "twitter",
    "youtube",
    "tiktok",
    "bluesky",
    "threads",
    "viber",
)
_VERB_LAST = re.compile("abone|takip|[\u0370-\ud7ff]", re.I)


def _asks_to_follow(line: str) -> bool:
    """Whether *line* asks to follow the publisher on a network or to take its letter, in any language."""
    if len(line) > 160:
        return False
    folded = line.casefold()
    other = not line.isascii() and _IN_OTHER_SCRIPTS.search(line) is not None
    if not other and not any(network in folded for network in _NETWORKS):
        return False  # asked first, for the patterns are long
    if "google" in folded and _PREFERRED.search(line):
        return True
    asked = _FOLLOW.search(line)
    if asked is None:
        return False
    if other and _LETTER_IN_OTHERS.search(line):
        return True
    first = 60 if _VERB_LAST.match(asked[0]) else 25  # "Clique aqui para seguir"
    if asked.start() >= first or (channel := _CHANNEL.search(line)) is None or not _OF_OURS.search(line):
        return False
    between = sorted((*asked.span(), *channel.span()))
    return _A_FULL_STOP.search(line, between[1], between[2]) is None


PLEA = 260
"""Characters up to which a line can be a plea and nothing else."""


_MISS_NOTHING = re.compile(
    r"\W*thanks for reading\b[^.!]{0,40}[!.] subscribe\b|\W*(?:blijf (?:altijd )?op de hoogte|mis (?:niets|geen nieuws)(?: meer)?|altijd op de hoogte|stay (?:up to date|informed|in the loop)|"
    r"never miss (?:a|an) (?:story|update)|don[’']t miss out|bleiben sie (?:informiert|auf dem laufenden)|immer informiert|nichts mehr verpassen|restez informés?|ne manquez rien|mantente informado|no te pierdas nada|resta aggiornato|"
    r"fique por dentro|håll dig uppdaterad|hold dig opdateret|bądź na bieżąco)\s*[!.:?,–-]",
    re.I,
)
_FOUND_A_FAULT = re.compile(
    r"\W*(?:ook |also |auch |aussi |anche |también )?(?:een |an? |einen? |une? |una? )?(?:(?:tik|taal|spel)?(?:fout(?:je)?|vergissing)|reageren|reactie|tips?|vragen of opmerkingen|(?:haben sie|hast du) einen? "
    r"(?:fehler|hinweis|anregung|tippfehler)|fehler|(?:have you |did you )?(?:spot(?:ted)?|f[ou]u?nd|seen?) an? (?:error|mistake|typo)|got an? (?:story|tip|news tip|question)|(?:vous avez )?(?:une )?(?:erreur|faute)|hai (?:trovato|notato) un errore|"
    r"¿?(?:has (?:visto|encontrado) )?(?:un |algún )?error)\b[^.!?]{0,40}\?\s*.{0,60}\b(?:mail|e-?mail|schrijf|laat het|meld|tip|neem contact|write|let us know|tell us|contact|report|schreiben|melden|"
    r"kontaktieren|écrivez|signalez|contactez|scrivi\w*|segnala\w*|escr[íi]b\w+|contacta)\b",
    re.I,
)


@lru_cache(maxsize=4096)
def is_plea(line: str) -> bool:
    """Whether *line* asks the reader to take the publisher's own letter, app or channel, and says no more.

    Or to follow it, to send it tips, to pay for its journalism.

    "Meld je aan voor onze nieuwsbrief en ontvang elke week het nieuws in je mailbox." It has to open so, and to
    speak of the publisher ("our") or of the reader's mailbox: a club's letter is news.
    """
    if _asks_to_follow(line):
        return True
    if len(line) > PLEA:
        return False
    if (
        _FOLLOWS.match(line)
        or _ASKS_FOR_TIPS.match(line)
        or _FOUND_A_FAULT.match(line)
        or _GIVES.match(line)
        or _SUPPORTED.search(line)
        or _TO_REACH_ME.match(line)
        or (len(line) <= 160 and _MISS_NOTHING.match(line))
    ):
        return True
    if _JOINS.match(line) is None:
        return False
    return bool(
        _GIVES.search(line)
        or (_JOINED.search(line) and _OURS.search(line))
        or (len(line) <= 160 and _REGULARLY.search(line))
    )
