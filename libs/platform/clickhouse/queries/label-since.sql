-- When the first answer was received; null while there is none. Imports bring dates of long ago.
SELECT if(count() = 0, NULL, toUnixTimestamp64Milli(min(submitted_at))) AS since FROM label_submitted
