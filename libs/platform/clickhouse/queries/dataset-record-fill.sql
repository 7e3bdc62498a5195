-- The registry is filled up to an offset.
INSERT INTO dataset_fills
SELECT {until:UInt64}, fromUnixTimestamp64Milli({at:Int64}, 'UTC')
