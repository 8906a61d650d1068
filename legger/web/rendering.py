"""Pages from templates, in the reader's language."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from legger.i18n import Translation, choose, languages
from legger.templating import environment
from legger.web.context import WebContext

_BCP47 = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
TONGUE = "legger-language"


class Renderer:
    """Pages from templates, in the reader's language."""

    def __init__(self, desk: WebContext) -> None:
        self.desk = desk
        self.templates = environment("legger.web")
        self.templates.filters["bcp47"] = lambda code: code if code and _BCP47.fullmatch(code) else ""
        static = files("legger.web") / "static"
        digest = hashlib.sha256(b"".join((static / name).read_bytes() for name in ("room.css", "room.js")))
        self.edition = digest.hexdigest()[:10]

    def tongue(self, request: Request) -> Translation:
        """The reader's language: chosen, remembered, or the browser's."""
        stated = request.query_params.get("lang") or request.cookies.get(TONGUE)
        return Translation(choose(stated, request.headers.get("accept-language", "")), self.desk.zone)

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page."""
        tongue = self.tongue(request)
        root = request.scope.get("root_path", "")

        def url(path: str, **query: Any) -> str:
            stated = {name: value for name, value in query.items() if value not in (None, "", False)}
            return f"{root}{path}{'?' + urlencode(stated) if stated else ''}"

        here = request.url.path.removeprefix(root)
        kept = {name: value for name, value in request.query_params.items() if name != "lang"}
        html = self.templates.get_template(template).render(
            t=tongue,
            url=url,
            room=self.desk.name,
            named=self.desk.named,
            edition=self.edition,
            here=here,
            languages={code: url(here, **kept, lang=code) for code in languages()},
            names={code: each.name for code, each in languages().items()},
            **values,
        )
        answer = HTMLResponse(html, status_code=status, headers={"Vary": "Accept-Language, Cookie"})
        if (chosen := request.query_params.get("lang")) in languages():
            answer.set_cookie(TONGUE, str(chosen), max_age=31_536_000, samesite="lax", httponly=True)
        return answer
