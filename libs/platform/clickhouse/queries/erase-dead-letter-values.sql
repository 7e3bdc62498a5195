-- Removes the bytes of dead letters whose key names an erased content.
ALTER TABLE dead_letter_rejected
UPDATE value = NULL
WHERE value IS NOT NULL AND ifNull(key, '') IN (SELECT concat(platform, '/', content_id) FROM content_erased)
SETTINGS mutations_sync = 1
