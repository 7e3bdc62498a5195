-- Up to where answers are readable: a pass reads this far and no farther, however long it takes.
SELECT max(record_offset) AS offset, count() AS submissions FROM label_submitted
