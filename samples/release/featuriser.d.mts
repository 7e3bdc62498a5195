// SPDX-License-Identifier: Apache-2.0

/** `model`: content of model.json; `terms`: content of tables/terms.bin. The result is not re-entrant and never waits. */
export function createFeaturiser(
  model: object,
  terms: Uint8Array,
): (text: string) => { readonly ids: BigInt64Array; readonly weights: Float32Array };

/** Rounded logit and calibrated probability by category, from the output `logits` of the network for one text. */
export function scoresOf(
  model: object,
  logits: ArrayLike<number>,
): Record<string, { readonly logit: number; readonly probability: number }>;
