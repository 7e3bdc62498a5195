-- Time of the first verdict, which comes from the bounds of the parts.
SELECT if(count() = 0, NULL, toUnixTimestamp64Milli(min(issued_at))) AS since
FROM verdict_issued
