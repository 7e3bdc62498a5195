import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { createClickHouse, type ClickHouse } from '#platform/clickhouse';
import { defaultServices, platformConfig, readEnvironment, release, type PlatformConfig } from '#platform/config';
import { connect, type Connections } from '#platform/role';
import { createWriter, type Writer } from '#platform/stream';
import { createLogger, type Logger } from '#platform/telemetry';

/** What a command works with; each part is made when it is first asked for and closed at the end. */
@Injectable()
export class CliSession implements OnModuleDestroy {
  /** Errors of clients only: what a command has to say goes to standard output. */
  readonly logger: Logger = createLogger({ stage: 'cli', level: 'fatal' });
  private parsed: PlatformConfig | null = null;
  private connected: Connections | null = null;
  private warehouse: ClickHouse | null = null;

  get config(): PlatformConfig {
    if (this.parsed === null) {
      const environment = readEnvironment();
      this.parsed = platformConfig(environment, defaultServices(environment));
    }
    return this.parsed;
  }

  get connections(): Connections {
    return (this.connected ??= connect(this.config, this.logger));
  }

  get clickhouse(): ClickHouse {
    return (this.warehouse ??= createClickHouse(this.config.clickhouse));
  }

  get writer(): Writer {
    return createWriter({ ...this.connections, stage: 'cli', release });
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.connected?.broker.close(), this.warehouse?.close()]);
  }
}
