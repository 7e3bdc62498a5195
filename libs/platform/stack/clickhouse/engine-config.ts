/**
 * Users and grants of the embedded engine. Without them the default user may read any file of the machine; with them `file()`, `url()`,
 * `s3()`, `remote()`, functions, users, backups and SHUTDOWN are refused by the engine itself. What grants do not cover (the scalar
 * `file`, dictionaries that run a program, INTO OUTFILE) is refused by statement.ts.
 */
const GRANTS = [
  'SELECT, INSERT, ALTER, DROP, TRUNCATE, OPTIMIZE, SHOW, dictGet, KILL QUERY',
  'CREATE DATABASE, CREATE TABLE, CREATE TEMPORARY TABLE, CREATE VIEW, CREATE DICTIONARY',
  'SYSTEM MERGES, SYSTEM FLUSH, SYSTEM RELOAD DICTIONARY, SYSTEM DROP CACHE, SYSTEM VIEWS',
].join(', ');

export const ENGINE_CONFIG = `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password></password>
      <profile>default</profile>
      <quota>default</quota>
      <networks><ip>::/0</ip></networks>
      <grants><query>GRANT ${GRANTS} ON *.*</query></grants>
    </default>
  </users>
</clickhouse>
`;
