import { hintFor } from './log-tail.js';

describe('hintFor', () => {
  it('says what to do about a full disk, whichever part met it', () => {
    expect(hintFor(['java.io.IOException: No space left on device'])?.code).toBe('DISK_FULL');
    expect(hintFor(['Code: 243. DB::Exception: Cannot reserve 1.00 MiB: (NOT_ENOUGH_SPACE)'])?.code).toBe('DISK_FULL');
    expect(hintFor(['Error: ENOSPC: no space left, write'])?.advice).toContain('TIDEGATE_HOME');
  });

  it('names the port variables when a port was taken', () => {
    expect(hintFor(['java.net.BindException: Address already in use'])?.advice).toContain('EMBEDDED_KAFKA_PORT');
  });

  it('keeps quiet about what it does not know', () => {
    expect(hintFor(['java.lang.NullPointerException'])).toBeUndefined();
  });
});
