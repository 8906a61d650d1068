BEGIN TRANSACTION;
CREATE TABLE addresses (
	id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	role TEXT NOT NULL, 
	found_at DATETIME NOT NULL, 
	found_on TEXT, 
	how TEXT NOT NULL, 
	depth INTEGER NOT NULL, 
	title TEXT, 
	published TEXT, 
	modified TEXT, 
	author TEXT, 
	section TEXT, 
	article_id INTEGER, 
	first_seen DATETIME, 
	last_visit DATETIME, 
	last_changed DATETIME, 
	last_status INTEGER, 
	failures INTEGER NOT NULL, 
	due_at DATETIME, 
	etag TEXT, 
	last_modified TEXT, 
	reason TEXT, 
	missed TEXT, 
	links_followed_at DATETIME, 
	last_body_at DATETIME, 
	newness DATETIME NOT NULL, 
	CONSTRAINT pk_addresses PRIMARY KEY (id), 
	CONSTRAINT fk_addresses_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id), 
	CONSTRAINT fk_addresses_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT uq_addresses_url_site_id UNIQUE (url, site_id)
);
INSERT INTO "addresses" VALUES(1,1,'https://krant.example/1','page','2026-03-02 08:00:00.000000',NULL,'capture',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-03-02 08:00:00.000000');
INSERT INTO "addresses" VALUES(2,1,'https://krant.example/2','page','2026-03-02 08:00:00.000000',NULL,'capture',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-03-02 08:00:00.000000');
CREATE TABLE alarms (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	site TEXT, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	since DATETIME NOT NULL, 
	says TEXT NOT NULL, 
	ended DATETIME, 
	times INTEGER DEFAULT '1' NOT NULL, 
	quiet_until DATETIME, 
	note TEXT
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE articles (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	site_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	url TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	status TEXT NOT NULL, 
	first_seen DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	missed_since DATETIME, 
	gone_at DATETIME, 
	gone_reason TEXT, 
	latest INTEGER NOT NULL, 
	stated_hash TEXT NOT NULL, 
	moved_to INTEGER, 
	CONSTRAINT fk_articles_moved_to_articles FOREIGN KEY(moved_to) REFERENCES articles (id), 
	CONSTRAINT fk_articles_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT uq_articles_site_id_key UNIQUE (site_id, "key")
);
INSERT INTO "articles" VALUES(1,1,'1','https://krant.example/1','article','live','2026-03-02 08:00:00.000000','2026-03-04 08:00:00.000000',NULL,NULL,NULL,2,'44136fa355b3678a1146ad16f7e8649e',NULL);
INSERT INTO "articles" VALUES(2,1,'2','https://krant.example/2','article','gone','2026-03-02 08:00:00.000000','2026-03-02 08:00:00.000000','2026-03-05 08:00:00.000000','2026-03-05 08:00:00.000000','HTTP 410',1,'44136fa355b3678a1146ad16f7e8649e',NULL);
CREATE TABLE clocks (
	holder TEXT NOT NULL, 
	started DATETIME NOT NULL, 
	every REAL NOT NULL, 
	poll REAL NOT NULL, 
	at_most INTEGER NOT NULL, 
	CONSTRAINT pk_clocks PRIMARY KEY (holder)
);
CREATE TABLE bodies (
	id INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	size INTEGER NOT NULL, 
	codec TEXT NOT NULL, 
	reference_id INTEGER, 
	depth INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	object TEXT, 
	object_size INTEGER, 
	CONSTRAINT pk_bodies PRIMARY KEY (id), 
	CONSTRAINT fk_bodies_reference_id_bodies FOREIGN KEY(reference_id) REFERENCES bodies (id), 
	CONSTRAINT uq_bodies_digest UNIQUE (digest)
);
INSERT INTO "bodies" VALUES(1,X'85D2F83AD3BBC21DB485345906A3B62DA0B1A0199A96BF7CB4E7398AE465059E',32,'raw',NULL,0,X'3C703E323032362D30332D30322030383A30303A30302B30303A30303C2F703E',NULL,NULL);
INSERT INTO "bodies" VALUES(2,X'795A972418B553720688ED48DE4C9917F47E4F2CECA223A0649C1B9A307656C3',32,'raw',NULL,0,X'3C703E323032362D30332D30332030383A30303A30302B30303A30303C2F703E',NULL,NULL);
INSERT INTO "bodies" VALUES(3,X'23A88B97A292E6C36508EF5598297B735D2E2B94DA3B2EC1B768CC4F5E8310DA',32,'raw',NULL,0,X'3C703E323032362D30332D30352030383A30303A30302B30303A30303C2F703E',NULL,NULL);
CREATE TABLE captures (
	id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	run_id INTEGER, 
	address_id INTEGER NOT NULL, 
	via TEXT, 
	at DATETIME NOT NULL, 
	status INTEGER NOT NULL, 
	http_version TEXT NOT NULL, 
	content_type TEXT, 
	truncated BOOLEAN NOT NULL, 
	cut TEXT, 
	server TEXT, 
	tls TEXT, 
	wire_size INTEGER, 
	wire_digest BLOB, 
	headers BLOB NOT NULL, 
	dictionary_id INTEGER, 
	body_id INTEGER, 
	terms_id INTEGER, 
	CONSTRAINT pk_captures PRIMARY KEY (id), 
	CONSTRAINT fk_captures_address_id_addresses FOREIGN KEY(address_id) REFERENCES addresses (id), 
	CONSTRAINT fk_captures_body_id_bodies FOREIGN KEY(body_id) REFERENCES bodies (id), 
	CONSTRAINT fk_captures_dictionary_id_dictionaries FOREIGN KEY(dictionary_id) REFERENCES dictionaries (id), 
	CONSTRAINT fk_captures_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id), 
	CONSTRAINT fk_captures_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT fk_captures_terms_id_terms FOREIGN KEY(terms_id) REFERENCES terms (id)
);
INSERT INTO "captures" VALUES(1,1,NULL,1,NULL,'2026-03-02 08:00:00.000000',200,'HTTP/1.1','text/html',0,NULL,NULL,NULL,NULL,NULL,X'28B52FFD245F350100B05C22615C226B72616E742E6578616D706C65225D5D7D0400860BD4B4C205E10281EB2303012C1D913E',1,1,NULL);
INSERT INTO "captures" VALUES(2,1,NULL,1,NULL,'2026-03-03 08:00:00.000000',200,'HTTP/1.1','text/html',0,NULL,NULL,NULL,NULL,NULL,X'28B52FFD245F350100B05C22615C226B72616E742E6578616D706C65225D5D7D0400860BD4B4C205E10281EB2303012C1D913E',1,2,NULL);
INSERT INTO "captures" VALUES(3,1,NULL,1,NULL,'2026-03-04 08:00:00.000000',304,'HTTP/1.1','text/html',0,NULL,NULL,NULL,NULL,NULL,X'28B52FFD245F350100B05C22615C226B72616E742E6578616D706C65225D5D7D0400860BD4B4C205E10281EB2303012C1D913E',1,NULL,NULL);
INSERT INTO "captures" VALUES(4,1,NULL,2,NULL,'2026-03-02 08:00:00.000000',200,'HTTP/1.1','text/html',0,NULL,NULL,NULL,NULL,NULL,X'28B52FFD245F350100B05C22615C226B72616E742E6578616D706C65225D5D7D0400860BD4B4C205E10281EB2303012C1D913E',1,1,NULL);
INSERT INTO "captures" VALUES(5,1,NULL,2,NULL,'2026-03-05 08:00:00.000000',410,'HTTP/1.1','text/html',0,NULL,NULL,NULL,NULL,NULL,X'28B52FFD245F350100B05C22615C226B72616E742E6578616D706C65225D5D7D0400860BD4B4C205E10281EB2303012C1D913E',1,3,NULL);
CREATE TABLE dictionaries (
	id INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	data BLOB NOT NULL, 
	CONSTRAINT pk_dictionaries PRIMARY KEY (id), 
	CONSTRAINT uq_dictionaries_digest UNIQUE (digest)
);
INSERT INTO "dictionaries" VALUES(1,X'E2B5F4BB79C37A6B7B996E619BF885A52885A40C0327075E5309977B16EEDFF8',X'7B22616E73776572223A5B5B22582D526F626F74732D546167222C226E6F61692C206E6F696E646578225D2C5B2274646D2D7265736572766174696F6E222C2231225D2C5B22436F6E74656E742D4C6F636174696F6E222C22582D4361636865222C22484954225D2C5B22582D43616368652D48697473222C2231225D2C5B22582D5661726E697368222C225D2C5B22566961222C22312E31207661726E697368225D2C5B22416765222C2230225D2C5B22582D4672616D652D4F7074696F6E73222C2253414D454F524947494E225D2C5B22582D436F6E74656E742D547970652D4F7074696F6E73222C226E6F736E696666225D2C5B22582D5853532D50726F74656374696F6E222C22313B206D6F64653D626C6F636B225D2C5B2252656665727265722D506F6C696379222C227374726963742D6F726967696E2D7768656E2D63726F73732D6F726967696E225D2C5B225065726D697373696F6E732D506F6C696379222C225D2C5B22436F6E74656E742D53656375726974792D506F6C696379222C22757067726164652D696E7365637572652D7265717565737473225D2C5B225374726963742D5472616E73706F72742D5365637572697479222C226D61782D6167653D33313533363030303B20696E636C756465537562446F6D61696E733B207072656C6F6164225D2C5B224163636573732D436F6E74726F6C2D416C6C6F772D4F726967696E222C222A225D2C5B22416C742D537663222C2268333D5C223A3434335C223B206D613D3836343030225D2C5B2243462D524159222C225D2C5B2263662D63616368652D737461747573222C2244594E414D4943225D2C5B22536572766572222C22636C6F7564666C617265225D2C5B22536572766572222C224170616368652F322E34225D2C5B22536572766572222C226E67696E78225D2C5B22582D506F77657265642D4279222C225048502F382E32225D2C5B224C696E6B222C223C68747470733A2F2F7777772E2F77702D6A736F6E2F3E3B2072656C3D5C2268747470733A2F2F6170692E772E6F72672F5C22225D2C5B224C6F636174696F6E222C2268747470733A2F2F7777772E225D2C5B225365742D436F6F6B6965222C225048505345535349443D3B20657870697265733D3B204D61782D4167653D373230303B20706174683D2F3B207365637572653B20487474704F6E6C793B2053616D65536974653D4C6178225D2C5B22507261676D61222C226E6F2D6361636865225D2C5B2245787069726573222C225468752C203139204E6F7620313938312030383A35323A303020474D54225D2C5B2243616368652D436F6E74726F6C222C226E6F2D73746F72652C206E6F2D63616368652C206D7573742D726576616C69646174652C206D61782D6167653D302C20707269766174652C207075626C69632C20732D6D61786167653D333030225D2C5B2245546167222C22572F5C22225D2C5B2256617279222C224163636570742D456E636F64696E672C20436F6F6B69652C20557365722D4167656E74225D2C5B224B6565702D416C697665222C2274696D656F75743D352C206D61783D313030225D2C5B22436F6E6E656374696F6E222C226B6565702D616C697665225D2C5B224163636570742D52616E676573222C226279746573225D2C5B22436F6E74656E742D456E636F64696E67222C226272225D2C5B22436F6E74656E742D456E636F64696E67222C22677A6970225D2C5B225472616E736665722D456E636F64696E67222C226368756E6B6564225D2C5B22436F6E74656E742D4C656E677468222C225B224C6173742D4D6F646966696564222C224D6F6E2C203032204D617220323032362030383A30303A303020474D54225D2C5B2244617465222C225475652C205765642C205468752C204672692C205361742C2053756E2C204A616E2046656220417072204D6179204A756E204A756C2041756720536570204F6374204E6F7620446563203230323720474D54225D2C5B22436F6E74656E742D54797065222C226170706C69636174696F6E2F7273732B786D6C3B20636861727365743D5554462D38225D2C5B22436F6E74656E742D54797065222C22746578742F68746D6C3B20636861727365743D7574662D38225D5D2C2272657175657374223A5B5B22486F7374222C227777772E5B22416363657074222C22746578742F68746D6C2C6170706C69636174696F6E2F7868746D6C2B786D6C2C6170706C69636174696F6E2F786D6C3B713D302E392C2A2F2A3B713D302E38225D2C5B224163636570742D4C616E6775616765222C226E6C2C66793B713D302E382C656E3B713D302E35225D2C5B224163636570742D456E636F64696E67222C22677A69702C206465666C6174652C2062722C207A737464225D2C5B2249662D4D6F6469666965642D53696E6365222C225D2C5B2249662D4E6F6E652D4D61746368222C22572F5C22225D2C5B2252656665726572222C2268747470733A2F2F7777772E225D2C5B22436F6F6B6965222C225D2C5B22557365722D4167656E74222C224C65676765722F302E3120282B68747470733A2F2F3B206D61696C746F3A29225D5D7D');
CREATE TABLE headline_hashes (
	heading INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	quoted BOOLEAN NOT NULL, 
	CONSTRAINT pk_headline_hashes PRIMARY KEY (heading, article_id, quoted), 
	CONSTRAINT fk_headline_hashes_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
)
 WITHOUT ROWID

;
INSERT INTO "headline_hashes" VALUES(3653718450167980101,1,0);
INSERT INTO "headline_hashes" VALUES(6793006910244393621,2,0);
CREATE TABLE incidents (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	site TEXT, 
	kind TEXT NOT NULL, 
	since DATETIME, 
	says TEXT NOT NULL, 
	CONSTRAINT pk_incidents PRIMARY KEY (id)
);
CREATE TABLE index_queue (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	article_id INTEGER NOT NULL, 
	CONSTRAINT fk_index_queue_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
);
CREATE TABLE "indexed" (
	version_id INTEGER NOT NULL, 
	reading_id INTEGER NOT NULL, 
	published TEXT, 
	published_at DATETIME, 
	section TEXT, 
	authors TEXT, 
	language TEXT, 
	place TEXT, 
	CONSTRAINT pk_indexed PRIMARY KEY (version_id), 
	CONSTRAINT fk_indexed_reading_id_readings FOREIGN KEY(reading_id) REFERENCES readings (id), 
	CONSTRAINT fk_indexed_version_id_versions FOREIGN KEY(version_id) REFERENCES versions (id)
);
INSERT INTO "indexed" VALUES(1,1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "indexed" VALUES(2,2,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "indexed" VALUES(3,3,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE annotation_lines (
	number INTEGER NOT NULL, 
	says TEXT NOT NULL, 
	CONSTRAINT pk_annotation_lines PRIMARY KEY (number)
);
CREATE TABLE host_waits (
	host TEXT NOT NULL, 
	until DATETIME NOT NULL, 
	said_at DATETIME NOT NULL, 
	site TEXT NOT NULL, 
	CONSTRAINT pk_host_waits PRIMARY KEY (host)
);
CREATE TABLE site_files (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	since DATETIME NOT NULL, 
	text TEXT, 
	machine TEXT NOT NULL
);
CREATE INDEX ix_site_files_name ON site_files (kind, name, id);
CREATE TABLE shards (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	entry TEXT NOT NULL, 
	site TEXT, 
	first_article INTEGER NOT NULL, 
	last_article INTEGER NOT NULL, 
	versions INTEGER NOT NULL, 
	how TEXT NOT NULL, 
	done_at DATETIME, 
	counts TEXT, 
	plan TEXT, 
	made TEXT
);
CREATE INDEX ix_shards_entry ON shards (kind, entry, id);
CREATE TABLE workers (
	number INTEGER NOT NULL, 
	holder TEXT NOT NULL, 
	started DATETIME NOT NULL, 
	at_most INTEGER NOT NULL, 
	heartbeat REAL NOT NULL, 
	ahead REAL NOT NULL, 
	CONSTRAINT pk_workers PRIMARY KEY (number)
);
CREATE TABLE leases (
	site TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	taken DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (site)
);
CREATE TABLE memories (
	id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	learned_at DATETIME, 
	articles INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	CONSTRAINT pk_memories PRIMARY KEY (id), 
	CONSTRAINT fk_memories_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT uq_memories_site_id_version UNIQUE (site_id, version)
);
CREATE TABLE minhash_bands (
	band INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	CONSTRAINT pk_minhash_bands PRIMARY KEY (band, article_id), 
	CONSTRAINT fk_minhash_bands_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
)
 WITHOUT ROWID

;
CREATE TABLE minhashes (
	article_id INTEGER NOT NULL, 
	sketch BLOB NOT NULL, 
	CONSTRAINT pk_minhashes PRIMARY KEY (article_id), 
	CONSTRAINT fk_minhashes_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
);
CREATE TABLE pins (
	id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	place TEXT NOT NULL, 
	text TEXT NOT NULL, 
	pin TEXT NOT NULL, 
	note TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_pins PRIMARY KEY (id), 
	CONSTRAINT fk_pins_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT uq_pins_site_id_place_text UNIQUE (site_id, place, text)
);
CREATE TABLE readings (
	id INTEGER NOT NULL, 
	capture_id INTEGER NOT NULL, 
	run_id INTEGER, 
	extractor TEXT NOT NULL, 
	rules TEXT NOT NULL, 
	memory INTEGER NOT NULL, 
	fingerprint TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	doubt REAL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	authors TEXT NOT NULL, 
	published DATETIME, 
	modified DATETIME, 
	section TEXT, 
	language TEXT, 
	word_count INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	CONSTRAINT pk_readings PRIMARY KEY (id), 
	CONSTRAINT fk_readings_capture_id_captures FOREIGN KEY(capture_id) REFERENCES captures (id), 
	CONSTRAINT fk_readings_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "readings" VALUES(1,1,NULL,'','',0,'2:37154a4edaed49d18436b8554710d13b9c656ca037734575a68b18ce96c97ed8','14695a894fc81c753bf11dc47a2c8a8b140547496ed3f7cd5890af10c0c95426','article',NULL,'Brug dicht','De brug kost 1,5 miljoen.
Hij gaat dicht.','[]',NULL,NULL,NULL,NULL,8,'{"blocks":["paragraph","paragraph"],"url":"https://krant.example/1"}');
INSERT INTO "readings" VALUES(2,2,NULL,'','',0,'2:382ce862c3253c92c445f3563abbdaaf9a0ffe8326ab32914e8f2fc79f1bab87','e0dea7a9531d997a520bb1e0b5de0e4520584bdbe7fbc2ea3917e53e9f29e225','article',NULL,'Brug dicht','De brug kost 15 miljoen.
Hij gaat dicht.','[]',NULL,NULL,NULL,NULL,8,'{"blocks":["paragraph","paragraph"],"url":"https://krant.example/1"}');
INSERT INTO "readings" VALUES(3,4,NULL,'','',0,'2:48edcf1624500f7b54302757a164cc8b83ed0453a93b044789458e170c1026c3','48edcf1624500f7b54302757a164cc8b83ed0453a93b044789458e170c1026c3','article',NULL,'Markt','De markt is verplaatst.','[]',NULL,NULL,NULL,NULL,4,'{"blocks":["paragraph"],"url":"https://krant.example/1"}');
CREATE TABLE redactions (
	id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	ground TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	who TEXT NOT NULL, 
	contents TEXT NOT NULL, 
	pages TEXT NOT NULL, 
	masked TEXT, 
	marks TEXT, 
	destroyed_at DATETIME, 
	lifted_at DATETIME, 
	CONSTRAINT pk_redactions PRIMARY KEY (id), 
	CONSTRAINT fk_redactions_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
);
CREATE TABLE wayback_requests (
	version_id INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	tries INTEGER NOT NULL, 
	job TEXT, 
	job_at DATETIME, 
	first_asked DATETIME, 
	asked DATETIME, 
	next_at DATETIME NOT NULL, 
	saved_as TEXT, 
	answer TEXT, 
	CONSTRAINT pk_wayback_requests PRIMARY KEY (version_id), 
	CONSTRAINT fk_wayback_requests_version_id_versions FOREIGN KEY(version_id) REFERENCES versions (id)
);
CREATE INDEX ix_wayback_requests_state ON wayback_requests (state, next_at);
CREATE TABLE resealed (
	redaction_id INTEGER NOT NULL, 
	seal_id INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	CONSTRAINT pk_resealed PRIMARY KEY (redaction_id, seal_id), 
	CONSTRAINT fk_resealed_redaction_id_redactions FOREIGN KEY(redaction_id) REFERENCES redactions (id), 
	CONSTRAINT fk_resealed_seal_id_seals FOREIGN KEY(seal_id) REFERENCES seals (id)
);
CREATE TABLE reference_bodies (
	id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	body_id INTEGER NOT NULL, 
	packed_to INTEGER, 
	CONSTRAINT pk_reference_bodies PRIMARY KEY (id), 
	CONSTRAINT fk_reference_bodies_body_id_bodies FOREIGN KEY(body_id) REFERENCES bodies (id), 
	CONSTRAINT fk_reference_bodies_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id)
);
CREATE TABLE screenshots (
	capture_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	digest BLOB NOT NULL, 
	data BLOB NOT NULL, 
	media_type TEXT NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	whole BOOLEAN NOT NULL, 
	browser TEXT NOT NULL, 
	made_of TEXT NOT NULL, 
	lacking INTEGER NOT NULL, 
	CONSTRAINT pk_screenshots PRIMARY KEY (capture_id), 
	CONSTRAINT fk_screenshots_capture_id_captures FOREIGN KEY(capture_id) REFERENCES captures (id)
);
CREATE TABLE article_assets (
	article_id INTEGER NOT NULL, 
	address_id INTEGER NOT NULL, 
	own BOOLEAN NOT NULL, 
	CONSTRAINT pk_article_assets PRIMARY KEY (article_id, address_id), 
	CONSTRAINT fk_article_assets_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id), 
	CONSTRAINT fk_article_assets_address_id_addresses FOREIGN KEY(address_id) REFERENCES addresses (id)
)
 WITHOUT ROWID

;
CREATE TABLE relations (
	article_id INTEGER NOT NULL, 
	other_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	likeness REAL, 
	CONSTRAINT pk_relations PRIMARY KEY (article_id, other_id, kind), 
	CONSTRAINT fk_relations_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id), 
	CONSTRAINT fk_relations_other_id_articles FOREIGN KEY(other_id) REFERENCES articles (id)
)
 WITHOUT ROWID

;
CREATE TABLE runs (
	id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	ended DATETIME, 
	outcome TEXT, 
	settings TEXT NOT NULL, 
	counts TEXT, 
	requests INTEGER, 
	received INTEGER, 
	cpu REAL, 
	memory INTEGER, 
	reasons TEXT, 
	why TEXT, 
	health_signals TEXT, 
	CONSTRAINT pk_runs PRIMARY KEY (id), 
	CONSTRAINT fk_runs_site_id_sites FOREIGN KEY(site_id) REFERENCES sites (id)
);
CREATE TABLE schedule_entries (
	site TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	due_at DATETIME NOT NULL, 
	paused_at DATETIME, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_schedule_entries PRIMARY KEY (site, kind)
);
CREATE TABLE seals (
	id INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	captures TEXT, 
	versions TEXT, 
	runs TEXT, 
	CONSTRAINT pk_seals PRIMARY KEY (id)
);
INSERT INTO "seals" VALUES(1,X'529005D343C0951404B2D6D501A629E8702CB4F4ABF6C9D1916C0A06848F8624','1-5','1-3',NULL);
CREATE TABLE stamps (
	id INTEGER NOT NULL, 
	seal_id INTEGER NOT NULL, 
	stamped BLOB NOT NULL, 
	at DATETIME NOT NULL, 
	authority TEXT NOT NULL, 
	answer BLOB NOT NULL, 
	CONSTRAINT pk_stamps PRIMARY KEY (id), 
	CONSTRAINT fk_stamps_seal_id_seals FOREIGN KEY(seal_id) REFERENCES seals (id)
);
CREATE TABLE sent_notices (
	alarm_id INTEGER NOT NULL, 
	channel TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_sent_notices PRIMARY KEY (alarm_id, channel)
);
CREATE TABLE sites (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	title TEXT, 
	place TEXT, 
	publisher TEXT, 
	issn TEXT, 
	url TEXT, 
	CONSTRAINT pk_sites PRIMARY KEY (id), 
	CONSTRAINT uq_sites_name UNIQUE (name)
);
INSERT INTO "sites" VALUES(1,'krant',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE stated_values (
	id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	field TEXT NOT NULL, 
	value TEXT, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	reader_changed BOOLEAN NOT NULL, 
	CONSTRAINT pk_stated_values PRIMARY KEY (id), 
	CONSTRAINT fk_stated_values_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
);
CREATE TABLE terms (
	id INTEGER NOT NULL, 
	robots TEXT NOT NULL, 
	reserved BOOLEAN, 
	witness TEXT NOT NULL, 
	policy TEXT NOT NULL, 
	said TEXT NOT NULL, 
	ground TEXT NOT NULL, 
	CONSTRAINT pk_terms PRIMARY KEY (id), 
	CONSTRAINT uq_terms_robots_reserved_witness_policy_said_ground UNIQUE (robots, reserved, witness, policy, said, ground)
);
CREATE TABLE verdicts (
	capture_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	kind TEXT NOT NULL, 
	page TEXT, 
	article_id INTEGER, 
	version_id INTEGER, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_verdicts PRIMARY KEY (capture_id), 
	CONSTRAINT fk_verdicts_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id), 
	CONSTRAINT fk_verdicts_capture_id_captures FOREIGN KEY(capture_id) REFERENCES captures (id), 
	CONSTRAINT fk_verdicts_version_id_versions FOREIGN KEY(version_id) REFERENCES versions (id)
);
INSERT INTO "verdicts" VALUES(1,'2026-03-02 08:00:00.000000','new','article',1,1,'');
INSERT INTO "verdicts" VALUES(2,'2026-03-03 08:00:00.000000','changed','article',1,2,'');
INSERT INTO "verdicts" VALUES(3,'2026-03-04 08:00:00.000000','same','article',1,2,'not modified');
INSERT INTO "verdicts" VALUES(4,'2026-03-02 08:00:00.000000','new','article',2,3,'');
INSERT INTO "verdicts" VALUES(5,'2026-03-05 08:00:00.000000','gone',NULL,2,NULL,'HTTP 410');
CREATE TABLE versions (
	id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	capture_id INTEGER NOT NULL, 
	latest_capture_id INTEGER NOT NULL, 
	first_reading_id INTEGER NOT NULL, 
	reading_id INTEGER NOT NULL, 
	fingerprint TEXT NOT NULL, 
	first_seen DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	superseded DATETIME, 
	changed_fields TEXT NOT NULL, 
	edit_kinds TEXT NOT NULL, 
	silent BOOLEAN NOT NULL, 
	words_added INTEGER, 
	words_removed INTEGER, 
	words_moved INTEGER, 
	same_as INTEGER, 
	alternating BOOLEAN NOT NULL, 
	words BLOB, 
	pages TEXT, 
	told_seen_before DATETIME, 
	tried_memory INTEGER, 
	CONSTRAINT pk_versions PRIMARY KEY (id), 
	CONSTRAINT fk_versions_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id), 
	CONSTRAINT fk_versions_capture_id_captures FOREIGN KEY(capture_id) REFERENCES captures (id), 
	CONSTRAINT fk_versions_first_reading_id_readings FOREIGN KEY(first_reading_id) REFERENCES readings (id), 
	CONSTRAINT fk_versions_latest_capture_id_captures FOREIGN KEY(latest_capture_id) REFERENCES captures (id), 
	CONSTRAINT fk_versions_reading_id_readings FOREIGN KEY(reading_id) REFERENCES readings (id), 
	CONSTRAINT uq_versions_article_id_number UNIQUE (article_id, number)
);
INSERT INTO "versions" VALUES(1,1,1,1,1,1,1,'2:37154a4edaed49d18436b8554710d13b9c656ca037734575a68b18ce96c97ed8','2026-03-02 08:00:00.000000','2026-03-02 08:00:00.000000','2026-03-03 08:00:00.000000','[]','[]',0,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "versions" VALUES(2,1,2,2,2,2,2,'2:382ce862c3253c92c445f3563abbdaaf9a0ffe8326ab32914e8f2fc79f1bab87','2026-03-03 08:00:00.000000','2026-03-04 08:00:00.000000',NULL,'["text"]','["correction"]',1,1,1,0,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "versions" VALUES(3,2,1,4,4,3,3,'2:48edcf1624500f7b54302757a164cc8b83ed0453a93b044789458e170c1026c3','2026-03-02 08:00:00.000000','2026-03-02 08:00:00.000000',NULL,'[]','[]',0,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL);
PRAGMA writable_schema=ON;
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','vocabulary','vocabulary',0,'CREATE VIRTUAL TABLE vocabulary USING fts5vocab(''words'', ''row'')');
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','words','words',0,'CREATE VIRTUAL TABLE words USING fts5(title, text, authors, section, content=''searchable'', content_rowid=''id'', tokenize="unicode61 remove_diacritics 2")');
CREATE TABLE 'words_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO "words_config" VALUES('version',4);
CREATE TABLE 'words_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO "words_data" VALUES(1,X'0305150000');
INSERT INTO "words_data" VALUES(10,X'000000000103030003010101020101030101');
INSERT INTO "words_data" VALUES(137438953473,X'000000630230310106010105010135010601010601046272756701080201010301026465010601010202046963687401080301010A0104676161740106010109010368696A010601010801046B6F7374010601010401076D696C6A6F656E01060101070408080C090C0B0A0B');
INSERT INTO "words_data" VALUES(274877906945,X'0000005C0330313502060101050104627275670208020101030102646502060101020204696368740208030101090104676161740206010108010368696A020601010701046B6F7374020601010401076D696C6A6F656E020601010604090C090C0B0A0B');
INSERT INTO "words_data" VALUES(412316860417,X'0000003403306465030601010201026973030601010401056D61726B74030802010103010A766572706C616174737403060101050409090D');
CREATE TABLE 'words_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
INSERT INTO "words_docsize" VALUES(1,X'02090000');
INSERT INTO "words_docsize" VALUES(2,X'02080000');
INSERT INTO "words_docsize" VALUES(3,X'01040000');
CREATE TABLE 'words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO "words_idx" VALUES(1,X'',2);
INSERT INTO "words_idx" VALUES(2,X'',2);
INSERT INTO "words_idx" VALUES(3,X'',2);
CREATE INDEX ix_indexed_published_at ON indexed (published_at, version_id);
CREATE INDEX ix_alarms_open ON alarms (site) WHERE ended IS NULL;
CREATE INDEX ix_bodies_reference_id ON bodies (reference_id) WHERE reference_id IS NOT NULL;
CREATE INDEX ix_articles_absent ON articles (site_id, status) WHERE status != 'live';
CREATE INDEX ix_articles_moved_to ON articles (moved_to) WHERE moved_to IS NOT NULL;
CREATE INDEX ix_articles_pages ON articles (id) WHERE kind = 'page';
CREATE INDEX ix_reference_bodies_site_id ON reference_bodies (site_id, id);
CREATE INDEX ix_runs_site_id ON runs (site_id, id);
CREATE INDEX ix_addresses_article_id ON addresses (article_id) WHERE article_id IS NOT NULL;
CREATE INDEX ix_addresses_due ON addresses (site_id, due_at) WHERE last_visit IS NOT NULL AND due_at IS NOT NULL;
CREATE INDEX ix_addresses_fresh ON addresses (site_id, newness, found_at, id) WHERE last_visit IS NULL AND due_at IS NOT NULL;
CREATE INDEX ix_addresses_assets ON addresses (site_id, last_visit) WHERE role = 'asset';
CREATE INDEX ix_addresses_missed ON addresses (site_id, missed) WHERE missed IS NOT NULL;
CREATE INDEX ix_articles_site_id ON articles (site_id, id);
CREATE INDEX ix_articles_holdings ON articles (site_id, status, kind, latest, first_seen, last_seen);
CREATE INDEX ix_articles_missed_since ON articles (missed_since, id) WHERE status != 'live';
CREATE INDEX ix_versions_later ON versions (id, article_id) WHERE number > 1;
CREATE INDEX ix_article_assets_address_id ON article_assets (address_id);
CREATE INDEX ix_headline_hashes_article_id ON headline_hashes (article_id);
CREATE INDEX ix_redactions_article_id ON redactions (article_id);
CREATE INDEX ix_relations_other_id ON relations (other_id);
CREATE INDEX ix_stated_values_article_id ON stated_values (article_id, field, since);
CREATE INDEX ix_captures_address_id ON captures (address_id, id);
CREATE INDEX ix_captures_bodies ON captures (address_id, id) WHERE body_id IS NOT NULL;
CREATE INDEX ix_captures_body_id ON captures (body_id) WHERE body_id IS NOT NULL;
CREATE INDEX ix_captures_site_id ON captures (site_id, id);
CREATE INDEX ix_readings_capture_id ON readings (capture_id);
CREATE INDEX ix_versions_first_seen ON versions (first_seen, superseded, article_id);
CREATE INDEX ix_versions_latest ON versions (article_id) WHERE superseded IS NULL;
CREATE INDEX ix_versions_pages ON versions (latest_capture_id) WHERE pages IS NOT NULL;
CREATE INDEX ix_versions_silent ON versions (first_seen) WHERE silent;
CREATE INDEX ix_versions_words ON versions (words) WHERE words IS NOT NULL;
CREATE INDEX ix_verdicts_article_id ON verdicts (article_id, at) WHERE article_id IS NOT NULL;
CREATE VIEW searchable AS SELECT indexed.version_id AS id, readings.title, readings.text, readings.authors, readings.section FROM indexed JOIN readings ON readings.id = indexed.reading_id;
CREATE VIEW current_articles AS
SELECT
  articles.id AS article_id,
  sites.name AS site,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.key END AS key,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.url END AS url,
  articles.status AS status,
  versions.number AS version,
  versions.id AS version_id,
  readings.kind AS kind,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.title END AS title,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.text END AS text,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.authors END AS authors,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.section END AS section,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.language END AS language,
  CASE readings.content ->> '$.published.precision' WHEN 'day' THEN substr(readings.content ->> '$.published.value', 1, 10) ELSE readings.content ->> '$.published.value' END AS published,
  readings.published AS published_utc,
  substr(readings.content ->> '$.published.value', 1, 10) AS published_day,
  CASE readings.content ->> '$.modified.precision' WHEN 'day' THEN substr(readings.content ->> '$.modified.value', 1, 10) ELSE readings.content ->> '$.modified.value' END AS modified,
  readings.modified AS modified_utc,
  readings.word_count AS word_count,
  articles.first_seen AS first_seen,
  versions.first_seen AS changed_seen,
  articles.last_seen AS last_seen,
  articles.gone_at AS gone_at,
  EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) AS redacted
FROM articles
JOIN versions ON versions.article_id = articles.id AND versions.number = articles.latest
JOIN sites ON sites.id = articles.site_id
JOIN readings ON readings.id = versions.reading_id
WHERE articles.moved_to IS NULL AND articles.kind != 'page';
CREATE VIEW all_versions AS
SELECT
  articles.id AS article_id,
  sites.name AS site,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.key END AS key,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.url END AS url,
  articles.status AS status,
  versions.number AS version,
  versions.id AS version_id,
  readings.kind AS kind,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.title END AS title,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.text END AS text,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.authors END AS authors,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.section END AS section,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.language END AS language,
  CASE readings.content ->> '$.published.precision' WHEN 'day' THEN substr(readings.content ->> '$.published.value', 1, 10) ELSE readings.content ->> '$.published.value' END AS published,
  readings.published AS published_utc,
  substr(readings.content ->> '$.published.value', 1, 10) AS published_day,
  CASE readings.content ->> '$.modified.precision' WHEN 'day' THEN substr(readings.content ->> '$.modified.value', 1, 10) ELSE readings.content ->> '$.modified.value' END AS modified,
  readings.modified AS modified_utc,
  readings.word_count AS word_count,
  versions.first_seen AS first_seen,
  versions.last_seen AS last_seen,
  versions.superseded AS superseded,
  versions.changed_fields AS changed_fields,
  versions.edit_kinds AS edit_kinds,
  versions.words_added AS words_added,
  versions.words_removed AS words_removed,
  versions.words_moved AS words_moved,
  versions.silent AS silent,
  versions.alternating AS alternating,
  readings.content_hash AS content_hash,
  versions.capture_id AS capture_id,
  EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) AS redacted
FROM versions
JOIN articles ON articles.id = versions.article_id
JOIN sites ON sites.id = articles.site_id
JOIN readings ON readings.id = versions.reading_id
WHERE articles.kind != 'page';
CREATE VIEW kept_pages AS
SELECT
  articles.id AS article_id,
  sites.name AS site,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.key END AS key,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.url END AS url,
  articles.status AS status,
  versions.number AS version,
  versions.id AS version_id,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.title END AS title,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.text END AS text,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.language END AS language,
  CASE readings.content ->> '$.modified.precision' WHEN 'day' THEN substr(readings.content ->> '$.modified.value', 1, 10) ELSE readings.content ->> '$.modified.value' END AS modified,
  readings.word_count AS word_count,
  articles.first_seen AS first_seen,
  versions.first_seen AS changed_seen,
  articles.last_seen AS last_seen,
  articles.gone_at AS gone_at,
  EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) AS redacted
FROM articles
JOIN versions ON versions.article_id = articles.id AND versions.number = articles.latest
JOIN sites ON sites.id = articles.site_id
JOIN readings ON readings.id = versions.reading_id
WHERE articles.moved_to IS NULL AND NOT articles.kind != 'page';
CREATE VIEW edits AS
SELECT
  articles.id AS article_id,
  sites.name AS site,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.key END AS key,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.url END AS url,
  articles.status AS status,
  versions.number AS version,
  versions.id AS version_id,
  versions.first_seen AS seen,
  coalesce(versions.told_seen_before, (SELECT verdicts.at FROM verdicts WHERE verdicts.article_id = versions.article_id AND verdicts.at < versions.first_seen AND verdicts.version_id IS NOT NULL ORDER BY verdicts.at DESC LIMIT 1)) AS seen_before,
  versions.changed_fields AS changed_fields,
  versions.edit_kinds AS edit_kinds,
  versions.words_added AS words_added,
  versions.words_removed AS words_removed,
  versions.words_moved AS words_moved,
  versions.silent AS silent,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE read_earlier.title END AS title_before,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.title END AS title,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE read_earlier.text END AS text_before,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.text END AS text
FROM versions
JOIN versions AS earlier
  ON earlier.article_id = versions.article_id AND earlier.number = versions.number - 1
JOIN articles ON articles.id = versions.article_id
JOIN sites ON sites.id = articles.site_id
JOIN readings ON readings.id = versions.reading_id
JOIN readings AS read_earlier ON read_earlier.id = earlier.reading_id
WHERE versions.changed_fields != '[]' AND NOT versions.alternating AND articles.kind != 'page';
CREATE VIEW disappearances AS
SELECT
  articles.id AS article_id,
  sites.name AS site,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.key END AS key,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE articles.url END AS url,
  articles.status AS status,
  CASE WHEN EXISTS (SELECT 1 FROM redactions WHERE redactions.article_id = articles.id AND redactions.lifted_at IS NULL) THEN NULL ELSE readings.title END AS title,
  articles.last_seen AS last_seen,
  articles.missed_since AS missed_since,
  articles.gone_at AS gone_at,
  articles.gone_reason AS reason
FROM articles
JOIN versions ON versions.article_id = articles.id AND versions.number = articles.latest
JOIN sites ON sites.id = articles.site_id
JOIN readings ON readings.id = versions.reading_id
WHERE articles.status IN ('suspect', 'gone') AND articles.kind != 'page';
CREATE VIEW all_captures AS
SELECT
  captures.id AS capture_id,
  sites.name AS site,
  addresses.url AS url,
  captures.via AS via,
  captures.at AS at,
  captures.status AS status,
  captures.content_type AS content_type,
  bodies.size AS size,
  lower(hex(bodies.digest)) AS sha256,
  verdicts.kind AS verdict,
  verdicts.page AS page,
  verdicts.article_id AS article_id,
  versions.number AS version,
  verdicts.reason AS reason,
  captures.run_id AS run_id
FROM captures
JOIN sites ON sites.id = captures.site_id
JOIN addresses ON addresses.id = captures.address_id
LEFT JOIN bodies ON bodies.id = captures.body_id
LEFT JOIN verdicts ON verdicts.capture_id = captures.id
LEFT JOIN versions ON versions.id = verdicts.version_id;
PRAGMA writable_schema=OFF;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('articles',2);
INSERT INTO "sqlite_sequence" VALUES('index_queue',3);
COMMIT;
PRAGMA application_id = 1279608647;
