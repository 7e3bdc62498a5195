-- Items that somebody answered after a pass began to read.
SELECT DISTINCT platform, content_id, revision FROM label_submitted WHERE record_offset > {offset:UInt64}
