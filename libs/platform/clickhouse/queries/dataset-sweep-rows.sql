-- Removes what is stored in dataset_stored_rows of data sets that were never published; what a new build writes meanwhile stays.
ALTER TABLE dataset_stored_rows
DELETE WHERE has({dataset_ids:Array(String)}, dataset_id) AND written_at < fromUnixTimestamp64Milli({before:Int64})
SETTINGS mutations_sync = 1
