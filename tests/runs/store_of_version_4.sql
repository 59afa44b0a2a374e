PRAGMA user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE runs (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, method TEXT NOT NULL, state TEXT NOT NULL,
        priority INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL, started REAL, heartbeat REAL, finished REAL,
        progress REAL NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '', kpis TEXT, scenario_hash TEXT NOT NULL,
        worker_pid INTEGER, worker_started REAL, worker_token TEXT
    , sweep TEXT, case_number INTEGER, attempts INTEGER NOT NULL DEFAULT 0, launcher TEXT NOT NULL DEFAULT 'here', work REAL, peak_mb REAL, deleted REAL, worker_identity TEXT, boot TEXT, beat_s REAL, begun_s REAL, spent_s REAL, subject TEXT, draft TEXT, draft_revision INTEGER);
INSERT INTO "runs" VALUES('20261129-175408-413c47e5','An old run','data service','straight','queued',0,1.79597484808466601371e+09,NULL,NULL,NULL,0.0,'',NULL,'0ab0ca8a7670686a89b170dfe641270cce104554df107fa7a531a91a5fe5393c',NULL,NULL,NULL,NULL,NULL,0,'here',360.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "runs" VALUES('20261129-175408-45ca3898','Another old run','data service','straight','queued',0,1.7959748481446142197e+09,NULL,NULL,NULL,0.0,'',NULL,'0ab0ca8a7670686a89b170dfe641270cce104554df107fa7a531a91a5fe5393c',NULL,NULL,NULL,NULL,NULL,0,'here',360.0,NULL,1.79597484816088271133e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "runs" VALUES('20261129-175408-773a67ec','An old sweep: Straight line, seed 1','data service','straight','queued',0,1.79597484877314424516e+09,NULL,NULL,NULL,0.0,'',NULL,'0ab0ca8a7670686a89b170dfe641270cce104554df107fa7a531a91a5fe5393c',NULL,NULL,NULL,'a61f3424f9d1170f',0,0,'here',360.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "runs" VALUES('20261129-175408-d1c7f817','An old sweep: Straight line, seed 2','data service','straight','queued',0,1.79597484877351164819e+09,NULL,NULL,NULL,0.0,'',NULL,'1adc68e1bbb058b525971d2f8330746518328347a8e7ce678c70d35aa76ba8ae',NULL,NULL,NULL,'a61f3424f9d1170f',1,0,'here',360.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE sweeps (id TEXT PRIMARY KEY, title TEXT NOT NULL, created REAL NOT NULL, spec TEXT NOT NULL);
INSERT INTO "sweeps" VALUES('a61f3424f9d1170f','An old sweep',1.79597484877302527423e+09,'{"title":"An old sweep","preset":"tiny","scenario":null,"grid":{},"methods":["straight"],"settings":{},"seeds":[1,2],"time_limit_s":null}');
CREATE TABLE workers (
        token TEXT PRIMARY KEY, pid INTEGER NOT NULL, started TEXT NOT NULL, launcher TEXT NOT NULL,
        boot TEXT NOT NULL, beat_s REAL NOT NULL
    );
CREATE INDEX runs_by_state ON runs (state, priority DESC, created);
CREATE UNIQUE INDEX runs_by_sweep ON runs (sweep, case_number) WHERE sweep IS NOT NULL AND deleted IS NULL;
COMMIT;
