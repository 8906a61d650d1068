"""Scrapy's settings, each with its reason. What belongs to one site is set by its spider."""

from importlib.metadata import version

BOT_NAME = "legger"
SPIDER_LOADER_CLASS = "crawler.spider_loader.SiteSpiderLoader"
SPIDER_MODULES = ["crawler.spiders"]
LEGGER_VERSION = version("legger")

# --- how we ask
DOWNLOAD_HANDLERS = {
    # Our own: keeps the header lines of both sides as they went, and guards addresses at the connection.
    "http": "crawler.fetching.download_handler.HttpHandler",
    "https": "crawler.fetching.download_handler.HttpHandler",
    "ftp": None,
    "s3": None,
    "file": None,
    "data": None,
}
TWISTED_REACTOR_ENABLED = False  # the handler lives on asyncio; a page costs a third less without a reactor
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "gzip, deflate",
}
COMPRESSION_ENABLED = False  # the handler has decoded the body, and kept Content-Encoding among the headers
DOWNLOAD_TIMEOUT = 40  # seconds; the default of three minutes lets one dead host eat a visit
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # bytes; a larger answer is kept cut, and says so
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True

# --- what we leave to ourselves
REDIRECT_ENABLED = False  # every hop is a capture of its own
METAREFRESH_ENABLED = False  # a redirect stub is a page too
RETRY_ENABLED = False  # when to ask again is decided by the visit, and kept across visits
HTTPERROR_ALLOW_ALL = True  # 304, 404 and 410 are answers
COOKIES_ENABLED = False  # a visitor without a past: no consent is ever given, no session kept
REFERRER_POLICY = "no-referrer"
ROBOTSTXT_OBEY = False  # Scrapy's middleware takes a 503 for "allow all"; see crawler.fetching.robots
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # what was asked for is known to the visit
DEPTH_STATS_VERBOSE = False
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}  # depth, referrer and offsite are the visit's business
# Of Scrapy's own parts those that do something here. It would load the others too (a server, tldextract,
# requests ...) before it finds them switched off: a fifth of a second of each visit.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": 50,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": 300,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
}
TELNETCONSOLE_ENABLED = False  # no door into a process that runs for years
REMOTE_CONTROL_ENABLED = False

# --- how much at a time
CONCURRENT_REQUESTS = 16  # over all hosts of a visit
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # a guest asks one thing at a time
DOWNLOAD_DELAY = 0.0  # crawler.fetching.pace: Scrapy counts from when a request leaves its queue
CONCURRENT_ITEMS = 1  # there are no items; the default starts a hundred tasks per answer
MEMUSAGE_LIMIT_MB = 1024

LOG_LEVEL = "WARNING"
LOG_VERSIONS: list[str] = []  # a run has them on record; looking them up costs every visit
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
