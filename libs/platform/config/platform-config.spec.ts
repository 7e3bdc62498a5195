import { ConfigError, parseEnvironment, readEnvironment } from './environment.js';
import { defaultServices, platformConfig } from './platform-config.js';

function configOf(source: Record<string, string>) {
  const environment = parseEnvironment(source);
  return platformConfig(environment, defaultServices(environment));
}

describe('the configuration', () => {
  it('has the documented addresses by default', () => {
    const config = configOf({});
    expect(config.kafka.brokers).toEqual(['127.0.0.1:9092']);
    expect(config.registryUrl).toBe('http://127.0.0.1:8081/apis/ccompat/v7');
    expect(config.clickhouse.url).toBe('http://127.0.0.1:8123');
    expect(config.gateway).toMatchObject({ port: 8080, allowAnonymous: true });
    expect(config.kafka.partitions).toBe(4);
  });

  it('accepts no calls without a key when the broker is not the embedded one', () => {
    const config = configOf({ KAFKA_BROKERS: 'a:9092, b:9092' });
    expect(config.kafka.brokers).toEqual(['a:9092', 'b:9092']);
    expect(config.gateway.allowAnonymous).toBe(false);
    expect(config.kafka.partitions).toBe(12);
  });

  it('names every wrong variable', () => {
    expect(() => parseEnvironment({ CONTENT_PORT: 'eighty', KAFKA_SSL: 'yes' })).toThrow(ConfigError);
    expect(() => parseEnvironment({ CONTENT_PORT: 'eighty', KAFKA_SSL: 'yes' })).toThrow(
      /CONTENT_PORT[\s\S]*KAFKA_SSL/,
    );
  });

  it.each([
    [{ KAFKA_SASL_MECHANISM: 'plain' }, /KAFKA_SASL_USERNAME/],
    [{ OIDC_ISSUER: 'https://issuer.example' }, /OIDC_AUDIENCE/],
    [{ CONSOLE_OIDC_ISSUER: 'https://issuer.example' }, /CONSOLE_OIDC_CLIENT_SECRET and CONSOLE_URL/],
    [{ KAFKA_SESSION_TIMEOUT_MS: '1000', KAFKA_HEARTBEAT_MS: '900' }, /three times/],
  ])('refuses %j', (source, expected) => {
    expect(() => configOf(source)).toThrow(expected);
  });

  it('lets a setting win over what a command has for a default', () => {
    const defaults = { SAMPLING_WINDOW_MS: '60000' };
    expect(readEnvironment({ SAMPLING_WINDOW_MS: '10000' }, defaults).SAMPLING_WINDOW_MS).toBe(10_000);
    expect(readEnvironment({}, defaults).SAMPLING_WINDOW_MS).toBe(60_000);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(configOf({ KAFKA_BROKERS: '' }).kafka.brokers).toEqual(['127.0.0.1:9092']);
  });
});
