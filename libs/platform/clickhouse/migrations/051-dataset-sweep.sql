-- When rows of data sets were written: what a build that was given up has left is swept (dataset-orphans.sql). What was written before this
-- column was there counts as written at the next merge.

ALTER TABLE dataset_stored_rows ADD COLUMN IF NOT EXISTS written_at DateTime('UTC') DEFAULT now('UTC') COMMENT 'When it was stored' CODEC(Delta, ZSTD(1));

ALTER TABLE dataset_left_out ADD COLUMN IF NOT EXISTS written_at DateTime('UTC') DEFAULT now('UTC') COMMENT 'When it was stored' CODEC(Delta, ZSTD(1));

ALTER TABLE dataset_stored_reports ADD COLUMN IF NOT EXISTS written_at DateTime('UTC') DEFAULT now('UTC') COMMENT 'When it was stored';
