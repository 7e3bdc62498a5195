import { codecOf } from '#platform/contracts';

const additions = {
  nulls: { type: { type: 'array', items: 'null' }, default: [] },
  empties: { type: { type: 'array', items: { type: 'record', name: 'Empty', fields: [] } }, default: [] },
  numbers: { type: { type: 'array', items: 'int' }, default: [] },
  tree: {
    type: {
      type: 'record',
      name: 'Tree',
      fields: [{ name: 'branches', type: { type: 'array', items: 'Tree' } }],
    },
    default: { branches: [] },
  },
} as const;

/** A field that somebody adds to content.submitted, as a registry with BACKWARD_TRANSITIVE lets him. */
export type Widening = keyof typeof additions;

/** JSON text of content.submitted with one more field, at the end. */
export function widenedSchema(widening: Widening): string {
  const schema = JSON.parse(codecOf('content/submitted').schema) as { fields: unknown[] };
  return JSON.stringify({ ...schema, fields: [...schema.fields, { name: widening, ...additions[widening] }] });
}

export const widenings = Object.keys(additions) as readonly Widening[];
