import { flowApps, startInstallation } from '../harness/installation.js';
import { realTexts } from '../harness/real-texts.js';
import { DRAW_ENVIRONMENT, drain, strike, type Fault } from './fault-run.js';
import { judge, type Finding } from './oracle.js';
import { shuffled } from './plans.js';
import { seeded } from './seeded.js';
import { createTraffic } from './traffic.js';

export interface Proof {
  readonly findings: readonly Finding[];
  readonly acknowledged: number;
  readonly predictions: number;
  readonly verdicts: number;
  readonly draws: number;
}

/** Sends `events` contents through the topic and the gateway while the plan happens, and judges what is left. */
export async function prove(options: {
  readonly plan: readonly Fault[];
  readonly events: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}): Promise<Proof> {
  const { plan, events, seed, log } = options;
  const random = seeded(seed);
  const installation = await startInstallation({ roles: flowApps, environment: DRAW_ENVIRONMENT });
  try {
    const traffic = createTraffic(installation, realTexts(events));
    // A zombie sends three slices.
    const slices = plan.reduce((sum, fault) => sum + (fault.kind === 'zombie' ? 3 : 1), 0);
    const run = { installation, traffic, random, log, slice: Math.ceil(events / slices) };
    log(`seed ${seed}: ${plan.length} faults around ${events} contents`);
    for (const fault of shuffled(plan, random)) await strike(run, fault);
    const evidence = await drain(installation, traffic.ledger);
    const proof = {
      findings: judge(evidence),
      acknowledged: traffic.ledger.filter((entry) => entry.isAcknowledged).length,
      predictions: evidence.predictions.length,
      verdicts: evidence.verdicts.length,
      draws: evidence.draws.length,
    };
    log(
      `${proof.acknowledged} acknowledged of ${traffic.ledger.length}, ${proof.predictions} predictions, ${proof.verdicts} verdicts, ${proof.draws} draws`,
    );
    return proof;
  } finally {
    await installation.close();
  }
}
