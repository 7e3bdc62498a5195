-- Removes the text of erased contents; rewrites only parts that hold some.
ALTER TABLE content_submitted
UPDATE text = '', metadata = map()
WHERE (text != '' OR notEmpty(metadata)) AND (platform, content_id) IN (SELECT platform, content_id FROM content_erased)
SETTINGS mutations_sync = 1
