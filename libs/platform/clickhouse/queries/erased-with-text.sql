-- What still holds text although its content is erased.
SELECT
    (SELECT count() FROM content_submitted
        WHERE (text != '' OR notEmpty(metadata)) AND (platform, content_id) IN (SELECT platform, content_id FROM content_erased)) AS contents,
    (SELECT count() FROM dead_letter_rejected
        WHERE value IS NOT NULL AND ifNull(key, '') IN (SELECT concat(platform, '/', content_id) FROM content_erased)) AS dead_letters,
    (SELECT count() FROM content_reported
        WHERE reason IS NOT NULL AND (platform, content_id) IN (SELECT platform, content_id FROM content_erased)) AS reports,
    (SELECT count() FROM dataset_stored_rows
        WHERE text != '' AND (platform, content_id) IN (SELECT platform, content_id FROM content_erased)) AS dataset_rows
