-- When the newest label before a cut was resolved; null without one.
SELECT if(count() = 0, NULL, toUnixTimestamp64Milli(max(resolved_at))) AS resolved_at
FROM label_resolved
WHERE record_offset < {until:UInt64}
