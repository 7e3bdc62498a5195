-- Removes what reporters wrote about erased contents: it may quote them.
ALTER TABLE content_reported
UPDATE reason = NULL
WHERE reason IS NOT NULL AND (platform, content_id) IN (SELECT platform, content_id FROM content_erased)
SETTINGS mutations_sync = 1
