-- How many of these tables are there. Asked of the database `system`, which exists before ours does.
SELECT count() AS present
FROM system.tables
WHERE database = {database:String} AND name IN {tables:Array(String)}
