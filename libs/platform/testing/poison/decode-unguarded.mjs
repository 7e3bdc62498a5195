// Decodes bytes with avsc alone, as a process that the test may lose: argv is the schema and the body in base64.
import avro from 'avsc';

const [schema, body] = process.argv.slice(2);
const type = avro.Type.forSchema(JSON.parse(schema));
const start = performance.now();
try {
  type.fromBuffer(Buffer.from(body, 'base64'));
  process.stdout.write(`decoded ${performance.now() - start}`);
} catch {
  process.stdout.write(`threw ${performance.now() - start}`);
}
