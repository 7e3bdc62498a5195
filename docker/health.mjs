/** Health of the role in this container: exit code 0 while it makes progress. The gateway answers on its own port. */
const { ROLE, CONTENT_PORT, HEALTH_PORT } = process.env;
const port = ROLE === 'content' ? CONTENT_PORT : HEALTH_PORT;
try {
  const answer = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(4_000) });
  process.exit(answer.ok ? 0 : 1);
} catch {
  process.exit(1);
}
