-- Removes the text of erased contents from the rows of data sets; hashes stay, so that digests still verify.
ALTER TABLE dataset_stored_rows
UPDATE text = ''
WHERE text != '' AND (platform, content_id) IN (SELECT platform, content_id FROM content_erased)
SETTINGS mutations_sync = 1
