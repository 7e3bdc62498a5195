-- Remembers that a migration was applied.
INSERT INTO schema_migrations (number, name, sha256, applied_at)
SELECT {number:UInt32}, {name:String}, {sha256:String}, now()
