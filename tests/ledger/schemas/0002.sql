CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE askers (
	request_id VARCHAR(80) NOT NULL, 
	chat_id VARCHAR(32) NOT NULL, 
	working_message_id INTEGER, refreshed_message_id INTEGER, 
	CONSTRAINT pk_askers PRIMARY KEY (request_id, chat_id), 
	CONSTRAINT fk_askers_request_id FOREIGN KEY(request_id) REFERENCES requests (id)
);
CREATE TABLE balances (
	round_id VARCHAR(80) NOT NULL, 
	platform VARCHAR(32) NOT NULL, 
	amount VARCHAR(64) NOT NULL, 
	currency VARCHAR(8) NOT NULL, 
	as_of VARCHAR(32) NOT NULL, 
	fetched_at VARCHAR(32) NOT NULL, 
	wallets TEXT NOT NULL, 
	covers VARCHAR(64) NOT NULL, 
	close_of DATE, 
	took_ms INTEGER NOT NULL, 
	CONSTRAINT pk_balances PRIMARY KEY (round_id, platform), 
	CONSTRAINT fk_balances_round_id FOREIGN KEY(round_id) REFERENCES snapshots (round_id)
);
CREATE TABLE days (
	day DATE NOT NULL, 
	usd VARCHAR(64) NOT NULL, 
	rub VARCHAR(64) NOT NULL, 
	mark VARCHAR(8) NOT NULL, 
	round_id VARCHAR(80), 
	CONSTRAINT pk_days PRIMARY KEY (day), 
	CONSTRAINT fk_days_round_id FOREIGN KEY(round_id) REFERENCES snapshots (round_id)
);
CREATE INDEX ix_balances_platform_fetched_at ON balances (platform, fetched_at);
CREATE INDEX ix_outbox_state ON outbox (state);
CREATE INDEX ix_rates_fetched_at ON rates (fetched_at);
CREATE INDEX ix_requests_answered_by ON requests (answered_by);
CREATE INDEX ix_snapshots_closed_at ON snapshots (closed_at);
CREATE TABLE missed_slots (
	slot VARCHAR(32) NOT NULL, 
	told_in VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_missed_slots PRIMARY KEY (slot), 
	CONSTRAINT fk_missed_slots_told_in FOREIGN KEY(told_in) REFERENCES snapshots (round_id)
);
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	chat_id VARCHAR(32) NOT NULL, 
	round_id VARCHAR(80), 
	alert_id VARCHAR(120), 
	state VARCHAR(8) NOT NULL, 
	text TEXT, 
	unconfirmed INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	first_attempt_at VARCHAR(32), 
	next_attempt_at VARCHAR(32), 
	sent_at VARCHAR(32), 
	message_id INTEGER, 
	folded_into INTEGER, 
	reason VARCHAR(200), 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT fk_outbox_folded_into FOREIGN KEY(folded_into) REFERENCES outbox (id), 
	CONSTRAINT fk_outbox_round_id FOREIGN KEY(round_id) REFERENCES snapshots (round_id), 
	CONSTRAINT uq_outbox_chat_id_alert_id UNIQUE (chat_id, alert_id), 
	CONSTRAINT uq_outbox_chat_id_round_id UNIQUE (chat_id, round_id)
);
CREATE TABLE rates (
	round_id VARCHAR(80) NOT NULL, 
	rate VARCHAR(64) NOT NULL, 
	source VARCHAR(32) NOT NULL, 
	valid_for DATE NOT NULL, 
	fetched_at VARCHAR(32) NOT NULL, 
	stale BOOLEAN NOT NULL, 
	unconfirmed BOOLEAN NOT NULL, 
	CONSTRAINT pk_rates PRIMARY KEY (round_id), 
	CONSTRAINT fk_rates_round_id FOREIGN KEY(round_id) REFERENCES snapshots (round_id)
);
CREATE TABLE requests (
	id VARCHAR(80) NOT NULL, 
	update_id BIGINT, 
	asked_at VARCHAR(32) NOT NULL, 
	answered_by VARCHAR(80), 
	CONSTRAINT pk_requests PRIMARY KEY (id), 
	CONSTRAINT fk_requests_answered_by FOREIGN KEY(answered_by) REFERENCES snapshots (round_id), 
	CONSTRAINT uq_requests_update_id UNIQUE (update_id)
);
CREATE TABLE settings (
	name VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_settings PRIMARY KEY (name)
);
CREATE TABLE snapshots (
	round_id VARCHAR(80) NOT NULL, 
	scheduled_for VARCHAR(32), 
	closed_at VARCHAR(32) NOT NULL, 
	usd VARCHAR(64), 
	usd_mark VARCHAR(8) NOT NULL, 
	rub VARCHAR(64), 
	rub_mark VARCHAR(8) NOT NULL, 
	took_ms INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	CONSTRAINT pk_snapshots PRIMARY KEY (round_id), 
	CONSTRAINT uq_snapshots_scheduled_for UNIQUE (scheduled_for)
);
