-- Time up to which all of these topics are readable; null while one of them has not been seen.
SELECT
    if(count(DISTINCT topic) = length({topics:Array(String)}), toUnixTimestamp64Milli(min(complete_until)), NULL) AS complete_until
FROM freshness
WHERE topic IN {topics:Array(String)}
